import type { Loss } from "./chat.ts"
import type { Price, PriceSource, Usage } from "./usage.ts"

/** One try at one offer. */
export interface AttemptRecord {
  readonly provider: string
  readonly model: string
  /** HTTP status of the upstream; 0 = none arrived. */
  readonly status: number
  readonly startedAt: number
  readonly durationMs: number
  readonly lane: "native" | "translated" | "direct"
  readonly outcome: "ok" | "failed" | "cancelled"
  /** Code and words of the failure. */
  readonly code?: string
  readonly reason?: string
}

/** Which of the inference APIs a request used. */
export type ApiName =
  | "chat-completions"
  | "responses"
  | "messages"
  | "completions"
  | "gemini"
  | "embeddings"
  | "rerank"
  | "images"
  | "speech"
  | "transcription"

/** A finished request as the ledger keeps it. Money in integer nano-dollars, times in milliseconds UTC. */
export interface Generation {
  /** The id that the client saw in the answer. */
  readonly id: string
  readonly requestId: string
  readonly upstreamId?: string
  readonly keyId: string
  readonly createdAt: number
  /** The model that was asked for and the one that answered. */
  readonly requestedModel: string
  readonly model: string
  readonly provider: string
  readonly upstreamModel: string
  readonly api: ApiName
  readonly face: "openrouter" | "requesty"
  readonly streamed: boolean
  readonly cancelled: boolean
  /** 200, or the status of the error that the client got. */
  readonly status: number
  readonly errorCode?: string
  readonly finishReason?: string
  readonly nativeFinishReason?: string
  readonly usage: Usage
  readonly costNano: number
  readonly priceSource: PriceSource
  /** The unit prices it was billed with. */
  readonly price?: Price
  /** Whole request, milliseconds. */
  readonly durationMs: number
  /** To the first content part; absent when none came. */
  readonly firstPartMs?: number
  readonly attempts: readonly AttemptRecord[]
  readonly losses: readonly Loss[]
  readonly user?: string
  /** The run or conversation, by the client's own name: `session_id`, or a header of its agent. */
  readonly sessionId?: string
  readonly origin?: string
  readonly originTitle?: string
  readonly userAgent?: string
  /** Free labels of the request: metadata, trace, `requesty.*`, `X-Requesty-*`. */
  readonly labels?: Readonly<Record<string, unknown>>
}
