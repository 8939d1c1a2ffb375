/** What usage is kept by. `app` is what names itself by origin and title; `extra.<name>` a tag that the client put on its requests. */
export type UsageDimension = (typeof plainDimensions)[number] | `extra.${string}`

/**
 * `requestedModel` is what the client wrote, `model` what answered; `kind` which ability was used, `api` in which format; `byok` "true" or
 * "false"; `origin` and `title` are the two halves of `app`, whose value is the number of the app as text.
 */
export const plainDimensions = [
  "key",
  "member",
  "group",
  "serviceAccount",
  "project",
  "requestedModel",
  "model",
  "provider",
  "api",
  "kind",
  "byok",
  "app",
  "origin",
  "title",
] as const

/** What is summed. Tokens are counts, money is integer nano-dollars, times are milliseconds. */
export const usageMeasures = [
  "requests",
  "failed",
  "cancelled",
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  /** All that it cost, on whomsoever's credential; `byokNano` is what of it was on credentials that somebody brought. */
  "costNano",
  "byokNano",
  /** Requests on such credentials. */
  "byokRequests",
  /** Answers that were remembered, and what they would have cost again. */
  "cacheHits",
  "cacheSavedNano",
  /** What the upstreams' prompt caches made cheaper, less what writing them made dearer. */
  "promptCacheSavedNano",
  /** Requests that were answered in full, and how long they took together. */
  "timed",
  "durationMs",
  /** Requests whose first part came, and how long those took together. */
  "begun",
  "firstPartMs",
] as const
export type UsageMeasure = (typeof usageMeasures)[number]

/** Which ability a request used. */
export const usageKinds = ["completions", "embeddings", "images", "speech", "transcription", "rerank"] as const
export type UsageKind = (typeof usageKinds)[number]

/** `null`: where there is none. In texts `*` stands for anything. */
export type UsageValue = string | null
export type UsageCondition = UsageValue | readonly UsageValue[] | { readonly not: UsageValue | readonly UsageValue[] }

export interface UsageQuery {
  /** Milliseconds UTC: hours that begin from `from`, whose own hour counts whole, until before `to`. */
  readonly from: number
  readonly to: number
  /** Absent: one sum over the whole time. Weeks begin on Monday; all is UTC. */
  readonly resolution?: "hour" | "day" | "week" | "month"
  readonly groupBy: readonly UsageDimension[]
  /** All of them hold; of the values of a list one has to fit, and with `not` none may. */
  readonly filter?: { readonly [Dimension in UsageDimension]?: UsageCondition }
  /** Those that are read; the others are 0. Absent: all. */
  readonly measures?: readonly UsageMeasure[]
  /** Quantiles between 0 and 1, within 5 per cent of the true ones: of whole answers, and of the time to their first part. */
  readonly latency?: readonly number[]
  readonly firstPart?: readonly number[]
}

/** One group that has at least one request. */
export interface UsageRow extends Readonly<Record<UsageMeasure, number>> {
  /** First millisecond of its hour, day, week or month; absent without a resolution. */
  readonly start?: number
  /** Of each dimension that was asked for. */
  readonly values: { readonly [Dimension in UsageDimension]?: UsageValue }
  /** `requests` by ability. */
  readonly kinds: Readonly<Record<UsageKind, number>>
  /** In the order of the quantiles that were asked for; null where nothing was timed. */
  readonly latencyMs?: readonly (number | null)[]
  readonly firstPartMsAt?: readonly (number | null)[]
}
