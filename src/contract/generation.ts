import type { Loss } from "./chat.ts"
import type { JsonObject } from "./json.ts"
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
  /** Which of the provider's several credentials, by its place: `2` is the second. */
  readonly credential?: number
  /** Id of the credential where somebody brought it; empty: with the request. */
  readonly upstreamKey?: string
  /** Why there was this attempt beside the first: a second one raced it, or went on with what a broken stream had said. */
  readonly role?: "hedge" | "continuation"
  /** What it used and cost, where that is not the whole request's: losers of a race, and what broke off and was gone on with. */
  readonly usage?: Usage
  readonly costNano?: number
  /** Milliseconds that it waited for a place at the upstream before `startedAt`. */
  readonly queuedMs?: number
}

/** An offer that could not be tried, and which rule said so. */
export interface Exclusion {
  /** `provider/upstream` */
  readonly offer: string
  /** The rule: `only`, `ignore`, `zdr`, `max_price`, `context_length` … (table in pipeline/plan). */
  readonly constraint: string
  readonly detail?: string
  /** Id of the guardrail that says so. */
  readonly guardrail?: string
}

/** How a conversation began, as far as routers judge by it (`openrouter/auto`); features of the text, and none of the text. */
export interface RouteOpening {
  readonly code: boolean
  readonly maths: boolean
  /** It asks to weigh, plan, prove or explain at length. */
  readonly thought: boolean
  /** It asks for something small: a greeting, a translation, a label. */
  readonly simple: boolean
  /** Much of it is in another script than the Latin one. */
  readonly foreign: boolean
  /** Characters. */
  readonly length: number
  /** The same for the same text. */
  readonly hash: string
  /** Models and patterns that the request lets the router choose from, those that it does not, and the dearest tier. */
  readonly allowed?: readonly string[]
  readonly excluded?: readonly string[]
  readonly ceiling?: string
}

/** What a request demands of an offer, as far as planning reads it; enough to plan it again under another configuration. */
export interface RouteDemand {
  /** The names to try, in order, as the client gave them. */
  readonly models: readonly string[]
  /** The client named none; `models` has the default of its key or of the configuration. */
  readonly isDefault?: boolean
  /** `tools`, `vision`, `pdf`, `audio`, `reasoning`, `structured_output` …; of what is no conversation the ability. Absent: none. */
  readonly needs?: readonly string[]
  /** Request parameters that it sends. Absent: none. */
  readonly parameters?: readonly string[]
  /** Estimated input tokens, and the output limit it asks for. */
  readonly inputTokens: number
  readonly maxOutputTokens?: number
  /** The client's `provider` object, as sent. */
  readonly provider?: JsonObject
  /** Region of the listener that it came by. */
  readonly region?: string
  /** Where a preset was laid under it: what the client wrote as `model` and `preset`. */
  readonly written?: { readonly model?: string; readonly preset?: string }
  /** A search of the web: beside other tools, or what the request is about. */
  readonly search?: "offered" | "demanded"
  /** Only where a router was asked. */
  readonly opening?: RouteOpening
}

/** How a request was routed, and why. Written for every request: what is empty is left out. */
export interface RouteRecord {
  /** Who ordered the attempts. */
  readonly strategy: string
  /** `provider/upstream` in the order in which they were to be tried. */
  readonly planned: readonly string[]
  readonly excluded?: readonly Exclusion[]
  /** What was decided on the way, in order: alias taken, draw of a policy, conversation kept where it was … */
  readonly notes?: readonly string[]
  readonly demand: RouteDemand
  /** Hash of what names the conversation; requests with the same one should stay at one upstream. */
  readonly conversation?: string
  /** The client named the conversation; absent: it is known by how it begins. */
  readonly conversationIsNamed?: boolean
}

/** An answer that was remembered. */
export interface CacheRecord {
  readonly cache: string
  /** What it would have cost again. */
  readonly savedNano: number
  /** The generation that it was made by. */
  readonly sourceId?: string
  readonly ageMs?: number
}

/** What the key of a request belonged to when it was made; ids. */
export interface GenerationOwner {
  readonly member?: string
  readonly serviceAccount?: string
  readonly group?: string
  /** Absent: the one that is always there. */
  readonly project?: string
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
  /** Absent: nobody's in particular. */
  readonly owner?: GenerationOwner
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
  /** It was made with a credential that somebody brought: what it cost is not the gateway's money. */
  readonly byok?: boolean
  /** The unit prices it was billed with. */
  readonly price?: Price
  /** Whole request, milliseconds. */
  readonly durationMs: number
  /** To the first content part; absent when none came. */
  readonly firstPartMs?: number
  readonly attempts: readonly AttemptRecord[]
  readonly losses: readonly Loss[]
  /** Without attempts where it was refused before it was planned. Absent in rows of earlier versions. */
  readonly route?: RouteRecord
  readonly cache?: CacheRecord
  /** `slug` or `slug@version` of the preset that was laid under it. */
  readonly preset?: string
  readonly user?: string
  /** The run or conversation, by the client's own name: `session_id`, or a header of its agent. */
  readonly sessionId?: string
  readonly origin?: string
  readonly originTitle?: string
  readonly userAgent?: string
  /** Free labels of the request: metadata, trace, `requesty.*`, `X-Requesty-*`. */
  readonly labels?: Readonly<Record<string, unknown>>
}
