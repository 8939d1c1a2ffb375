import { withoutCredential } from "../../catalog/brought.ts"
import { attributed, GatewayError, messageOf, type OutgoingCall, type WireFailure } from "../../contract/index.ts"
import type { LiveWire } from "../services.ts"
import { affinityOf } from "../session.ts"
import type { Running } from "./running.ts"
import type { Try } from "./try.ts"

/** The largest error body that is read; the rest is dropped. */
const errorBodyBytes = 64 * 1024

/** Sends a conversation by a wire. Answers only with a 2xx; anything else is thrown. No promise of its own where nothing is signed. */
export function send(
  current: Try,
  { wire }: LiveWire,
  body: string,
  stream: boolean,
  forwarded: Readonly<Record<string, string>>,
): Promise<Response> {
  const { exchange } = current
  const { upstream } = current.offer
  const session = affinityOf(exchange)
  const endpoint = wire.endpoint({
    model: upstream,
    stream,
    forwarded,
    lose: current.lose,
    ...(session === undefined ? {} : { session }),
  })
  const request = { url: endpoint.url, headers: endpoint.headers, body }
  const classify = (failure: WireFailure) =>
    wire.classify?.(failure) ?? wire.dialect.decodeError(failure, current.offer.provider)
  if (!wire.sign) return dispatch(current, request, classify)
  // What a signature fails with, the attempt makes a failure of this upstream.
  return wire.sign(request, current.signal).then((ready) => dispatch(current, ready, classify))
}

/** The single door to upstreams: every call of every route goes through here. Answers only with a 2xx; anything else is thrown. */
export async function dispatch(
  current: Try,
  { url, method = "POST", headers, body }: OutgoingCall,
  classify: (failure: WireFailure) => GatewayError,
): Promise<Response> {
  try {
    current.isSent = true
    const response = await current.exchange.services.fetch(url, {
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
  const body = withoutCredential(await readBounded(response), offer.live)
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
  const error = classify({ status: response.status, headers: response.headers, body })
  if (current.start.brought) error.message = wordsOfBrought(error, offer.live.name) ?? error.message
  return error
}

/** The usual words blame the gateway's own account, which has no part in it; whoever brought the credential has to do something. */
function wordsOfBrought({ code }: GatewayError, provider: string): string | undefined {
  if (code === "provider_auth") return `${provider} refuses the credential that was brought for it`
  if (code === "provider_quota") return `The account that was brought for ${provider} has no money or quota left`
  return undefined
}

/** The upstream broke off after it had begun: not the same as being unreachable. */
export const interrupted = (error: GatewayError): GatewayError =>
  error.code === "provider_down"
    ? new GatewayError("stream_interrupted", `The upstream's stream broke off. ${error.message}`, {
        cause: error,
        ...(error.provider ? { provider: error.provider } : {}),
      })
    : error

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
export function asFailure(thrown: unknown, current: Pick<Running, "offer" | "reason" | "status">): GatewayError {
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
