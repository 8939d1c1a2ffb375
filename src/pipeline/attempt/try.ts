import { GatewayError, type Loss, type PriceSource, type SearchResult, type Usage } from "../../contract/index.ts"
import type { Piece } from "../admit/pieces.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer, Measured, OfferPrice } from "../services.ts"
import { addLoss } from "./add-loss.ts"
import type { Deadline } from "./deadlines.ts"
import type { OutputCap, Running } from "./running.ts"
import type { Start } from "./start.ts"

const unpriced: OfferPrice = { source: "none" }

/**
 * One try at one offer: its abort switch, its deadline, why it was switched off, and all that is known of this attempt alone, so that two
 * can run side by side. The exchange takes over what belongs to the answer when one of them commits (`lanes/commit.ts`).
 */
export class Try implements Running {
  readonly exchange: Exchange
  /** Its place at the upstream, which `endAttempt` gives back. */
  readonly start: Start
  readonly offer: LiveOffer
  readonly startedAt: number
  readonly #controller = new AbortController()
  readonly #deadline: Deadline
  readonly #onClientGone: () => void
  /** When the first part with content must have come, milliseconds UTC. */
  #contentBy: number
  /** Why the switch was thrown. */
  reason: GatewayError | undefined
  /** HTTP status of the upstream; 0 = none came. */
  status = 0
  isSent = false
  lane: "native" | "translated" | "direct" = "translated"

  /** What this upstream alone is not given. */
  #lost: Loss[] | undefined
  /** What is counted as its input: the request, or what searches and files have made of it for this upstream. */
  measured: Measured
  /** Output limit that the budget imposes. */
  cap: OutputCap | undefined
  /** What of its answer is held for, where that is not all of it. */
  piece: Piece | undefined
  /** What of the hold is meant for it. */
  shareNano: number
  /** The pages that it was shown. */
  shownResults: readonly SearchResult[] | undefined

  price: OfferPrice = unpriced
  usage: Usage | undefined
  costNano = 0
  priceSource: PriceSource = "none"
  upstreamId: string | undefined
  finishReason: string | undefined
  nativeFinishReason: string | undefined
  /** Characters of answer that passed, for an estimate when no usage comes. */
  contentLength = 0
  /** Whether its calls of tools could be run; undefined: it made none, or nobody looked. */
  toolsAreGood: boolean | undefined
  /** How it was asked to go on with what another one had begun. */
  continuedBy: "prefill" | "words" | undefined
  /** Some models begin again all the same: most servers of chat completions open a new turn behind a begun one. */
  mayRepeat = false
  /** Another attempt answered first. */
  isOutrun = false
  /** It is not all that this request used: its record tells its own part. */
  isShare = false
  /** Set by `endAttempt`. */
  hasEnded = false

  constructor(exchange: Exchange, start: Start, firstDeadlineMs: number) {
    const { services, inbound } = exchange
    const { offer } = start
    this.exchange = exchange
    this.start = start
    this.offer = offer
    this.startedAt = services.now()
    this.#contentBy = this.startedAt + orNever(firstDeadlineMs)
    exchange.underWay.add(this)
    this.measured = exchange
    this.cap = exchange.cap
    this.piece = exchange.piece
    this.shareNano = exchange.shareNano
    this.isShare = start.role === "continuation"
    const expire = (why?: GatewayError) => this.abort(why ?? this.#timeout())
    this.#deadline = services.deadlines.watch(orNever(firstDeadlineMs), expire, orNever(offer.live.timeouts.totalMs))
    this.#onClientGone = () => {
      if (!exchange.flight?.isAwaited) this.abort(clientClosed())
    }
    inbound.signal.addEventListener("abort", this.#onClientGone)
    if (inbound.signal.aborted) this.#onClientGone()
  }

  get hasSearched(): boolean {
    return this.shownResults !== undefined
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

  /** The first part with content must come within its time, whatever precedes it. */
  expectContent(): void {
    const { firstPartMs } = this.offer.live.timeouts
    this.#contentBy = this.exchange.services.now() + orNever(firstPartMs)
    this.expectWithin(firstPartMs)
  }

  /** Something came that says nothing yet: more must come within the usual time between two parts. */
  expectMore(): void {
    const left = this.#contentBy - this.exchange.services.now()
    this.#deadline.move(Math.max(0, Math.min(orNever(this.offer.live.timeouts.idleMs), left)))
  }

  /** No deadline and no client watch any more. */
  close(): void {
    this.#deadline.stop()
    this.exchange.inbound.signal.removeEventListener("abort", this.#onClientGone)
  }

  /** All that this upstream is not given, in the client's words; first what none is given. */
  get losses(): Loss[] {
    const losses = this.exchange.ownLosses.slice()
    if (this.cap) losses.push(this.cap.loss)
    if (this.#lost) losses.push(...this.#lost)
    return losses
  }

  /** Adds a loss once. Of an attempt that answers, it is the answer's. */
  readonly lose = (given: Loss): void => {
    const { exchange } = this
    if (exchange.answering === this) exchange.lose(given)
    else {
      this.#lost ??= []
      addLoss(this.#lost, exchange.inClientWords(given), exchange.ownLosses)
    }
  }

  #timeout(): GatewayError {
    const waited = this.exchange.services.now() - this.startedAt
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

/** Why the slower one of two attempts is cancelled: as little its upstream's fault as a client that leaves. */
export const outrun = (): GatewayError => new GatewayError("client_closed", "Another attempt answered first.")

export const clientClosed = (): GatewayError => new GatewayError("client_closed", "The client closed the connection.")
