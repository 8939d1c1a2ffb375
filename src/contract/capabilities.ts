import type { ChatRequest, WebSearchTool } from "./chat.ts"
import type { GatewayEvent } from "./events.ts"
import type { Offer } from "./offer.ts"

export interface CallInfo {
  readonly requestId: string
  readonly model: string
  readonly keyId: string
  readonly signal: AbortSignal
}

/** A span of text that a guardrail objects to. Offsets in UTF-16 units of the text it was given. */
export interface Finding {
  readonly start: number
  readonly end: number
  /** Kind of thing found: `email`, `card` … Used in masks: `<EMAIL>`. */
  readonly label: string
  readonly reason?: string
}

/**
 * All run, in configured order, each on what the one before left. A throw blocks the request (fails closed); so does a plugin that
 * `plugins.use` names and that does not run, unless it is known to be no guardrail.
 */
export interface Guardrail {
  readonly name: string
  readonly stages: readonly ("input" | "output")[]
  /** Characters to hold back in streams, so that a match that crosses deltas is still seen. */
  readonly window: number
  /** Finds spans; the host masks, reports or blocks. */
  detect(text: string, call: CallInfo): readonly Finding[] | Promise<readonly Finding[]>
  /** What the host does with findings. Default `block`. */
  readonly action?: "report" | "mask" | "block"
}

export interface DetectorOptions {
  /** Phrases that are no findings, in whatever case they are written. Only for detectors that find phrases. */
  readonly allowlist?: readonly string[]
}

/**
 * Finds one kind of thing in texts, for the content filters of guardrails that name it. Which of them a request passes, and what is done
 * about findings, the guardrail says. A throw refuses the request (fails closed).
 */
export interface Detector {
  /** A slug, unique in a roster: `email`, `credit-card` … What content filters name. */
  readonly name: string
  /** What stands in place of a finding, and what is told of it: `[EMAIL]`. */
  readonly label: string
  detect(text: string, call: CallInfo, options?: DetectorOptions): readonly Finding[] | Promise<readonly Finding[]>
}

export interface Candidate {
  readonly offer: Offer
  /** True while the upstream cools down after failures. */
  readonly cooling: boolean
  /** No outage in the last 30 seconds, and most answers of the last half hour were good. */
  readonly stable: boolean
  /** Milliseconds to the first part, median of the last minutes; undefined = no sample yet. */
  readonly latencyMs: number | undefined
  /** Output tokens a second, median of the last minutes; undefined = no sample yet. */
  readonly throughput: number | undefined
  /** Share of good answers of the last half hour, 0 to 1; undefined = too few requests. */
  readonly uptime: number | undefined
  /** What this request would cost there, USD, for its estimated tokens; undefined = nobody knows a price. */
  readonly cost: number | undefined
  /** Requests under way there. */
  readonly inFlight: number
  /** The share that a policy gives it; 1 where none does. */
  readonly weight: number
}

/** What a strategy may decide by. */
export interface StrategyCall extends CallInfo {
  /** What the requests of one conversation have in common; undefined = a request by itself. */
  readonly conversation: string | undefined
  /** 0 ≤ x < 1. The only source of chance that a strategy may use. */
  random(): number
}

/** One named strategy orders the candidates of a request; pure and synchronous. A throw falls back to the configured order. */
export interface Strategy {
  readonly name: string
  order(candidates: readonly Candidate[], call: StrategyCall): readonly Candidate[]
}

/** Applied one after the other, in configured order, before routing. A throw fails the request with `plugin_failed`. */
export interface Transform {
  readonly name: string
  apply(request: ChatRequest, call: CallInfo): ChatRequest | Promise<ChatRequest>
}

/** All get every batch, in parallel, behind a bounded queue. A throw is counted and the batch retried, then dropped; requests never notice. */
export interface Sink {
  readonly name: string
  write(events: readonly GatewayEvent[]): Promise<void>
}

export interface SearchQuery {
  readonly query: string
  readonly maxResults: number
  readonly allowedDomains?: readonly string[]
  readonly blockedDomains?: readonly string[]
  readonly userLocation?: WebSearchTool["userLocation"]
}

export interface SearchResult {
  readonly url: string
  readonly title: string
  /** The passage to show the model, as plain text. */
  readonly content: string
}

/** Searches the web for upstreams that cannot. The first configured one that answers is used; a throw moves on to the next. */
export interface Search {
  readonly name: string
  search(query: SearchQuery, call: CallInfo): Promise<readonly SearchResult[]>
}
