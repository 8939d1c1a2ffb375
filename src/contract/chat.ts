import type { GatewayError } from "./errors.ts"
import type { Json, JsonObject } from "./json.ts"
import type { Usage } from "./usage.ts"

/** Fields that belong to one wire format and are sent on only to that same format. Key: dialect name. */
export type Extras = Readonly<Record<string, JsonObject>>

/** Key in `Extras` of fields that clients address to the gateway itself: no encoder sends them on, and leaving them out is no loss. */
export const gatewayExtras = "gateway"

/** Where a turn or an opaque thing was made, so that it is never sent to a vendor that did not make it. */
export interface Origin {
  /** A reasoning format tag in OpenRouter's vocabulary: `anthropic-claude-v1`, `google-gemini-v1`, `openai-responses-v1` … */
  readonly format: string
  readonly model?: string
}

export interface CacheBreakpoint {
  readonly ttl?: "5m" | "1h"
}

interface PartBase {
  readonly cache?: CacheBreakpoint
  readonly extras?: Extras
}

export interface TextContent extends PartBase {
  readonly type: "text"
  readonly text: string
}
export interface RefusalContent extends PartBase {
  readonly type: "refusal"
  readonly text: string
}
/** Reasoning of an earlier turn. Signatures and encrypted data are carried untouched or dropped with a loss, never changed. */
export interface ReasoningContent extends PartBase {
  readonly type: "reasoning"
  readonly text?: string
  readonly summary?: boolean
  readonly signature?: string
  readonly encrypted?: string
  readonly id?: string
  /** A format tag; `unknown` when the client did not say. */
  readonly format: string
}
export interface ToolCallContent extends PartBase {
  readonly type: "tool-call"
  readonly id: string
  readonly name: string
  /** The arguments as JSON text (or free text for `custom`), exactly as the model wrote them; never empty for `function`. */
  readonly arguments: string
  readonly kind: "function" | "custom"
  /** Gemini's thought signature on a call. */
  readonly signature?: string
}
export interface MediaContent extends PartBase {
  readonly type: "media"
  readonly kind: "image" | "audio" | "video" | "file"
  readonly source:
    | { readonly type: "url"; readonly url: string }
    | { readonly type: "data"; readonly base64: string }
    | { readonly type: "id"; readonly id: string }
  /** Lower-case MIME type where known. */
  readonly mime?: string
  readonly name?: string
  readonly detail?: string
}
/** Something that only one dialect understands. */
export interface OpaqueContent extends PartBase {
  readonly type: "opaque"
  readonly dialect: string
  readonly data: Json
}
export type Content = TextContent | RefusalContent | ReasoningContent | ToolCallContent | MediaContent | OpaqueContent

export type Message =
  | {
      readonly role: "system" | "developer" | "user"
      readonly content: readonly Content[]
      readonly name?: string
      readonly extras?: Extras
    }
  | {
      readonly role: "assistant"
      readonly content: readonly Content[]
      readonly name?: string
      readonly extras?: Extras
    }
  | {
      readonly role: "tool"
      readonly callId: string
      readonly name?: string
      readonly content: readonly Content[]
      readonly isError?: boolean
      readonly extras?: Extras
    }

export type Tool =
  | {
      readonly type: "function"
      readonly name: string
      readonly description?: string
      /** JSON Schema of the arguments. */
      readonly parameters?: JsonObject
      readonly strict?: boolean
      readonly cache?: CacheBreakpoint
      readonly extras?: Extras
    }
  | {
      readonly type: "custom"
      readonly name: string
      readonly description?: string
      readonly format?: Json
      readonly extras?: Extras
    }
  | { readonly type: "opaque"; readonly dialect: string; readonly data: Json }

export type ToolChoice =
  | "auto"
  | "none"
  | "required"
  | { readonly name: string }
  | { readonly opaque: Json; readonly dialect: string }

export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max"

export interface ReasoningRequest {
  readonly effort?: Effort
  /** Tokens. */
  readonly budget?: number
  readonly enabled?: boolean
  readonly summary?: "auto" | "concise" | "detailed"
  /** Think, but do not show it to the client. */
  readonly exclude?: boolean
}

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json-object" }
  | {
      readonly type: "json-schema"
      readonly name: string
      readonly schema: JsonObject
      readonly strict?: boolean
      readonly description?: string
    }
  | { readonly type: "opaque"; readonly dialect: string; readonly data: Json }

export interface Sampling {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly minP?: number
  readonly topA?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly repetitionPenalty?: number
  readonly seed?: number
  readonly logitBias?: Readonly<Record<string, number>>
  readonly logprobs?: boolean
  readonly topLogprobs?: number
}

/** A chat request in no vendor's words. Frozen by convention: whoever changes one makes a new one. */
export interface ChatRequest {
  /** The public model name; the encoder takes the upstream's own name from its target. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly responseFormat?: ResponseFormat
  readonly reasoning?: ReasoningRequest
  readonly sampling: Sampling
  readonly maxOutputTokens?: number
  readonly stop?: readonly string[]
  /** How many choices; absent = 1. */
  readonly choices?: number
  readonly stream: boolean
  readonly modalities?: readonly string[]
  readonly serviceTier?: string
  readonly verbosity?: string
  /** End user id, not a key. */
  readonly user?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly promptCacheKey?: string
  /** Top-level automatic prompt caching. */
  readonly cache?: CacheBreakpoint
  /** Top-level fields without a meaning here; sent on where the dialect matches, otherwise reported as lost. */
  readonly extras?: Extras
}

export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "error" | "other"

/** `index` numbers the blocks of one answer, `choice` the answers of a request with n > 1 (absent = 0). */
interface BlockPart {
  readonly index: number
  readonly choice?: number
}

/**
 * One step of an answer. Duties of whoever yields parts: `start` comes first; each block is opened once, gets its deltas and is
 * closed once; one `finish` per choice; one `usage` (the last wins); nothing after `end`. A failure before the first
 * content-bearing part is thrown; after it, it is an `error` part, and nothing follows. A whole reply is the folded stream.
 */
export type ChatPart =
  | {
      readonly type: "start"
      readonly id?: string
      readonly model?: string
      readonly systemFingerprint?: string
      readonly serviceTier?: string
    }
  | ({ readonly type: "text-start" } & BlockPart)
  | ({ readonly type: "text-delta"; readonly text: string; readonly logprobs?: Json } & BlockPart)
  | ({ readonly type: "text-end" } & BlockPart)
  | ({
      readonly type: "reasoning-start"
      readonly format: string
      readonly id?: string
      readonly summary?: boolean
    } & BlockPart)
  | ({
      readonly type: "reasoning-delta"
      readonly text?: string
      readonly signature?: string
      readonly encrypted?: string
    } & BlockPart)
  | ({ readonly type: "reasoning-end" } & BlockPart)
  | ({
      readonly type: "tool-call-start"
      readonly id: string
      readonly name: string
      readonly kind: "function" | "custom"
    } & BlockPart)
  | ({ readonly type: "tool-call-delta"; readonly arguments: string } & BlockPart)
  | ({ readonly type: "tool-call-end"; readonly signature?: string } & BlockPart)
  | ({ readonly type: "refusal-delta"; readonly text: string } & BlockPart)
  | ({ readonly type: "media"; readonly media: MediaContent } & BlockPart)
  | ({
      readonly type: "citation"
      readonly url: string
      readonly title?: string
      /** Where the cited passage is, in UTF-16 units of the whole answer's text (all text blocks of the choice in a row). */
      readonly startIndex?: number
      readonly endIndex?: number
      readonly content?: string
    } & BlockPart)
  | ({ readonly type: "opaque"; readonly dialect: string; readonly data: Json } & BlockPart)
  | { readonly type: "usage"; readonly usage: Usage }
  | {
      readonly type: "finish"
      readonly reason: FinishReason
      readonly raw: string | null
      readonly stopSequence?: string
      readonly choice?: number
    }
  | { readonly type: "error"; readonly error: GatewayError }

/** Something that a translation dropped, clamped or approximated. Shown in `x-signalbox-losses` and the generation record. */
export interface Loss {
  /** JSON path in the client's request or reply, for example `messages[3].content[0]` or `logit_bias`. */
  readonly path: string
  readonly action: "dropped" | "clamped" | "approximated" | "moved"
  /** Says why, in one clause. */
  readonly reason: string
}
