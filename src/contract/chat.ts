import type { Json, JsonObject } from "./json.ts"
import type { LossCode } from "./loss-codes.ts"

/** Fields that belong to one wire format and are sent on only to that same format. Key: dialect name. */
export type Extras = Readonly<Record<string, JsonObject>>

/** Key in `Extras` of fields that clients address to the gateway itself: no encoder sends them on, and leaving them out is no loss. */
export const gatewayExtras = "gateway"

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
  /** A tag of OpenRouter's vocabulary: `anthropic-claude-v1`, `google-gemini-v1` …; `unknown` when the client did not say. */
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
  | WebSearchTool
  | { readonly type: "opaque"; readonly dialect: string; readonly data: Json }

/** Search of the web: by the upstream itself where it can (`Profile.webSearch`), otherwise by a search plugin of the gateway. */
export interface WebSearchTool {
  readonly type: "web-search"
  /** Searches in one answer. */
  readonly maxUses?: number
  /** Results per search. */
  readonly maxResults?: number
  readonly contextSize?: "low" | "medium" | "high"
  readonly allowedDomains?: readonly string[]
  readonly blockedDomains?: readonly string[]
  /**
   * OpenRouter's word: `native` is the upstream's own search or none; any name but `auto` asks the gateway's search plugins, that of
   * this name first. Absent or `auto`: the upstream's own where it has one.
   */
  readonly engine?: string
  /** In place of the gateway's own words in front of the results of a search plugin. */
  readonly searchPrompt?: string
  readonly userLocation?: {
    readonly city?: string
    readonly region?: string
    readonly country?: string
    readonly timezone?: string
  }
  readonly cache?: CacheBreakpoint
  /** The tool as the client's format wrote it (`type: web_search_20250305` and further fields), for the same format. */
  readonly extras?: Extras
}

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
  /** Anthropic's wish for the text of the thinking; what the next turn must bring back comes either way. */
  readonly display?: "summarized" | "omitted"
  /** Only an effort was named: whether to think at all is left to the model (Anthropic's `output_config.effort` alone). */
  readonly implicit?: boolean
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
  /**
   * How the client wants PDF read: as text by the gateway (`ocr`: it hoped for more than the text inside), or by the upstream alone.
   * Absent: by the upstream where it can, otherwise as text.
   */
  readonly pdfReading?: "text" | "ocr" | "native"
  /** Top-level automatic prompt caching. */
  readonly cache?: CacheBreakpoint
  /** Top-level fields without a meaning here; sent on where the dialect matches, otherwise reported as lost. */
  readonly extras?: Extras
}

/** Something that a translation dropped, clamped or approximated. Shown in `x-signalbox-losses` and the generation record. */
export interface Loss {
  /** JSON path in the client's request or reply, for example `messages[3].content[0]` or `logit_bias`. */
  readonly path: string
  readonly action: "dropped" | "clamped" | "approximated" | "moved"
  readonly code: LossCode
  /** Says why, in one clause. */
  readonly reason: string
}
