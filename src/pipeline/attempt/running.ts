import type { GatewayError, Loss, PriceSource, Usage } from "../../contract/index.ts"
import type { LiveOffer, Measured, OfferPrice } from "../services.ts"
import type { Start } from "./start.ts"

/** An output limit that the budget imposes, per choice, and how that is told. */
export interface OutputCap {
  readonly tokens: number
  readonly loss: Loss
}

/** An attempt as its request knows it, from its start to what it cost. */
export interface Running {
  readonly start: Start
  readonly offer: LiveOffer
  readonly startedAt: number
  readonly status: number
  /** Its upstream was called. */
  readonly isSent: boolean
  readonly lane: "native" | "translated" | "direct"
  /** Why it was cancelled. */
  readonly reason: GatewayError | undefined
  /** What is counted as its input. */
  readonly measured: Measured
  /** A list of its own each time. */
  readonly losses: Loss[]
  readonly price: OfferPrice
  readonly cap: OutputCap | undefined
  /** The gateway searched the web for it. */
  readonly hasSearched: boolean
  usage: Usage | undefined
  costNano: number
  priceSource: PriceSource
  readonly upstreamId: string | undefined
  readonly finishReason: string | undefined
  readonly nativeFinishReason: string | undefined
  readonly contentLength: number
  readonly toolsAreGood: boolean | undefined
  /** Another attempt answered first. */
  isOutrun: boolean
  /** It is not all that its request used: its record tells its own part. */
  isShare: boolean
  /** Set by `endAttempt`. */
  hasEnded: boolean
  /** Cancels the upstream. The first reason counts. */
  abort(reason: GatewayError): void
  /** No deadline and no client watch any more. */
  close(): void
}
