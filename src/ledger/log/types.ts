/** One request as the log lists it. Ids and names as the ledger has them; absent texts are empty. Times are milliseconds UTC. */
export interface LogRow {
  /** Where its record is: the number of its batch, and its place in it. Both together are the cursor. */
  readonly batch: number
  readonly place: number
  /** When it was billed. */
  readonly at: number
  readonly texts: Readonly<Record<TextName, string>>
  readonly numbers: Readonly<Record<NumberName, number>>
  readonly tags: Readonly<Record<string, string>>
}

/** What requests are filtered and told apart by. */
export const textNames = [
  "status",
  "error",
  "model",
  "requested_model",
  "provider",
  "upstream_model",
  "api",
  "face",
  "key_id",
  "member",
  "group",
  "service_account",
  "project",
  "app",
  "app_title",
  "agent",
  "finish_reason",
  "streamed",
  "cancelled",
  "cached",
  "byok",
  "preset",
  "guardrail",
  "user",
  "session",
  "trace",
  "conversation",
  "id",
] as const
export type TextName = (typeof textNames)[number]

/** A tag's name stands behind this prefix, where names of columns are meant. In any case: those that come as headers have none. */
export const tagPrefix = "extra."

/** By what ranges are asked for. Money in nano-dollars, times in milliseconds; `first_token` is -1 where none came. */
export const numberNames = [
  "cost",
  "latency",
  "first_token",
  "input_tokens",
  "cached_tokens",
  "output_tokens",
  "reasoning_tokens",
  "attempts",
  "losses",
] as const
export type NumberName = (typeof numberNames)[number]

/** One of the columns has one of the values; `*` stands for any number of characters. */
export interface LogCondition {
  readonly columns: readonly string[]
  readonly values: readonly string[]
  /** None of them has any. */
  readonly isNot?: boolean
}

/** Both ends inclusive. */
export interface LogRange {
  readonly column: NumberName
  readonly min?: number
  readonly max?: number
}

/** Which requests are meant. */
export interface LogFilter {
  /** First moment, and the one after the last. */
  readonly from?: number
  readonly to?: number
  /** All of them hold. */
  readonly conditions: readonly LogCondition[]
  readonly ranges: readonly LogRange[]
  /** Ids of generations, with the moments at which they were billed within a few milliseconds; one of them is it. */
  readonly ids?: readonly { readonly id: string; readonly at: number }[]
}

/** Where a page ends: the next one begins with what was written down before it. */
export interface LogCursor {
  readonly batch: number
  readonly place: number
}

export interface LogSearch {
  readonly filter: LogFilter
  readonly limit: number
  readonly before?: LogCursor
  /** How long may be looked, milliseconds. What was found by then is the page, and the cursor says where to go on. */
  readonly budgetMs: number
}

export interface LogPage {
  readonly rows: readonly LogRow[]
  /** Absent: there is nothing further. */
  readonly next?: LogCursor
  /** Requests of the ledger that are not in the log yet are newer than what was searched; only after a start with a ledger that is far ahead. */
  readonly behind: boolean
}

export interface LogFacet {
  readonly value: string
  readonly count: number
}

export interface LogFacets {
  /** The most frequent ones; empty is absent. */
  readonly facets: readonly LogFacet[]
  /** Different values there are. */
  readonly values: number
  readonly requests: number
  readonly behind: boolean
}

/** Requests of one conversation together. */
export interface LogSession {
  readonly conversation: string
  /** The client's own name for it; empty where it is known by how it begins. */
  readonly session: string
  readonly firstAt: number
  readonly lastAt: number
  readonly requests: number
  readonly failed: number
  readonly costNano: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly keyId: string
  /** Those that answered, at most ten. */
  readonly models: readonly string[]
}

export interface LogSessions {
  /** The latest ones first. */
  readonly sessions: readonly LogSession[]
  readonly behind: boolean
}

/** What a thread that searches the log is asked. */
export type LogQuestion =
  | { readonly kind: "open"; readonly options: LogIndexOptions }
  | { readonly kind: "step"; readonly rows: number }
  | { readonly kind: "remove"; readonly before: number }
  | { readonly kind: "close" }
  | ({ readonly kind: "search" } & LogSearch)
  | {
      readonly kind: "facets"
      readonly filter: LogFilter
      readonly column: string
      readonly limit: number
    }
  | { readonly kind: "sessions"; readonly filter: LogFilter; readonly limit: number }

/** Where the ledger is, and the file that the log's columns are in. */
export interface LogIndexOptions {
  readonly file: string
  readonly ledger: { readonly path: string } | { readonly url: string; readonly authToken?: string }
}

export interface LogStep {
  /** Rows that were read, and whether all of the ledger has been. */
  readonly rows: number
  readonly done: boolean
}
