import { attributed, GatewayError, messageOf, type OutgoingCall, type WireFailure } from "../contract/index.ts"
import type { Deadline } from "./deadlines.ts"
import type { Exchange } from "./exchange.ts"
import type { LiveOffer, LiveWire } from "./services.ts"
import { affinityOf } from "./session.ts"

/** The largest error body that is read; the rest is dropped. */
const errorBodyBytes = 64 * 1024

/** One try at one offer: its abort switch, its deadline, and why it was switched off. */
export class Try {
  readonly offer: LiveOffer
  readonly startedAt: number
  readonly #controller = new AbortController()
  readonly #exchange: Exchange
  readonly #deadline: Deadline
  readonly #onClientGone: () => void
  /** Why the switch was thrown. */
  reason: GatewayError | undefined
  /** HTTP status of the upstream; 0 = none came. */
  status = 0
  lane: "native" | "translated" | "direct" = "translated"

  constructor(exchange: Exchange, offer: LiveOffer, firstDeadlineMs: number) {
    const { services, inbound } = exchange
    this.offer = offer
    this.startedAt = services.now()
    this.#exchange = exchange
    const expire = (why?: GatewayError) => this.abort(why ?? this.#timeout())
    this.#deadline = services.deadlines.watch(orNever(firstDeadlineMs), expire, orNever(offer.live.timeouts.totalMs))
    this.#onClientGone = () => this.abort(clientClosed())
    inbound.signal.addEventListener("abort", this.#onClientGone)
    if (inbound.signal.aborted) this.#onClientGone()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Cancels the upstream. The first reason counts. */
  abort(reason: GatewayError): void {
    if (this.reason) return
    this.reason = reason
    this.#controller.abort(reason)
  }

  /** The next part must come within this time. */
  expectWithin(milliseconds: number): void {
    this.#deadline.move(orNever(milliseconds))
  }

  /** No deadline and no client watch any more. */
  close(): void {
    this.#deadline.stop()
    this.#exchange.inbound.signal.removeEventListener("abort", this.#onClientGone)
  }

  #timeout(): GatewayError {
    const waited = this.#exchange.services.now() - this.startedAt
    return new GatewayError(
      "provider_timeout",
      `${this.offer.live.name} did not answer in time (${Math.round(waited / 100) / 10} s).`,
      {
        provider: this.offer.provider,
        upstreamStatus: this.status,
      },
    )
  }
}

/** 0 in the configuration = no deadline. */
const orNever = (milliseconds: number): number => (milliseconds > 0 ? milliseconds : Number.POSITIVE_INFINITY)

export const clientClosed = (): GatewayError => new GatewayError("client_closed", "The client closed the connection.")

/** Sends a conversation by a wire. Answers only with a 2xx; anything else is thrown. No promise of its own where nothing is signed. */
export function send(
  exchange: Exchange,
  current: Try,
  { wire }: LiveWire,
  body: string,
  stream: boolean,
  forwarded: Readonly<Record<string, string>>,
): Promise<Response> {
  const { upstream } = current.offer
  const session = affinityOf(exchange.fields, exchange.inbound.headers)
  const endpoint = wire.endpoint({
    model: upstream,
    stream,
    forwarded,
    lose: exchange.lose,
    ...(session === undefined ? {} : { session }),
  })
  const request = { url: endpoint.url, headers: endpoint.headers, body }
  const classify = (failure: WireFailure) =>
    wire.classify?.(failure) ?? wire.dialect.decodeError(failure, current.offer.provider)
  if (!wire.sign) return dispatch(exchange, current, request, classify)
  // What a signature fails with, the attempt makes a failure of this upstream.
  return wire.sign(request, current.signal).then((ready) => dispatch(exchange, current, ready, classify))
}

/** The single door to upstreams: every call of every route goes through here. Answers only with a 2xx; anything else is thrown. */
export async function dispatch(
  exchange: Exchange,
  current: Try,
  { url, method = "POST", headers, body }: OutgoingCall,
  classify: (failure: WireFailure) => GatewayError,
): Promise<Response> {
  try {
    const response = await exchange.services.fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: current.signal,
      // A redirect would carry the upstream's credentials to a host that nobody configured.
      redirect: "manual",
      // Our own deadlines rule; the runtime's would cut long answers.
      timeout: false,
    } as RequestInit)
    current.status = response.status
    if (response.ok) return response
    throw await failure(response, current, classify)
  } catch (thrown) {
    throw current.reason ?? asFailure(thrown, current)
  }
}

async function failure(
  response: Response,
  current: Try,
  classify: (failure: WireFailure) => GatewayError,
): Promise<GatewayError> {
  const { offer } = current
  const body = await readBounded(response)
  if (response.status >= 300 && response.status < 400) {
    return new GatewayError(
      "provider_down",
      `${offer.live.name} answered with a redirect, which is not followed. Check its base_url.`,
      {
        provider: offer.provider,
        upstreamStatus: response.status,
        retry: "next",
      },
    )
  }
  return classify({ status: response.status, headers: response.headers, body })
}

async function readBounded(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ""
  const decoder = new TextDecoder()
  let text = ""
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    if (text.length > errorBodyBytes) {
      await reader.cancel()
      return text.slice(0, errorBodyBytes)
    }
  }
}

/** Whatever went wrong on the way to or from an upstream, as an error that says who and how. */
export function asFailure(thrown: unknown, current: Try): GatewayError {
  if (current.reason) return current.reason
  const { offer, status } = current
  if (GatewayError.is(thrown)) return attributed(thrown, offer.provider, offer.live.name)
  const code = (thrown as { code?: unknown } | null)?.code
  const words = typeof code === "string" ? code : messageOf(thrown)
  return new GatewayError("provider_down", `${offer.live.name} cannot be reached (${words}).`, {
    provider: offer.provider,
    upstreamStatus: status,
    cause: thrown,
  })
}
