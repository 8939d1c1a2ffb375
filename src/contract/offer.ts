import type { Price } from "./usage.ts"

/** What a model is for; absent = chat. */
export type ModelKind = "chat" | "embeddings" | "rerank" | "images" | "speech" | "transcription"

/** What a model can do, as far as known; absent = unknown, which never excludes it. */
export interface Traits {
  readonly tools?: boolean
  readonly vision?: boolean
  readonly reasoning?: boolean
  readonly pdf?: boolean
  readonly audio?: boolean
  readonly structuredOutput?: boolean
  readonly promptCache?: boolean
  readonly imageOutput?: boolean
}

/** A model at a provider: what a request can be sent to. */
export interface OfferSeed {
  /** Public name, `author/model`. */
  readonly model: string
  /** The name that the upstream wants. */
  readonly upstream: string
  /** The name by which list prices know it, where that is not `upstream`. */
  readonly listName?: string
  readonly kind?: ModelKind
  readonly name?: string
  readonly description?: string
  /** Tokens. */
  readonly context?: number
  /** Tokens. */
  readonly maxOutput?: number
  readonly price?: Price
  readonly traits?: Traits
  readonly created?: number
}

export interface Offer extends OfferSeed {
  /** Id of the configured provider. */
  readonly provider: string
  readonly region?: string
  readonly zdr?: boolean
}
