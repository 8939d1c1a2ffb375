import { usd } from "../../ledger/money.ts"
import { type UsageDimension, type UsageQuery, type UsageRow, usageKinds } from "../../ledger/usage/types.ts"
import { timeText } from "../shown.ts"

/** Dimensions in the words of the management API. */
export const dimensionNames: Readonly<Record<string, UsageDimension>> = {
  key: "key",
  member: "member",
  group: "group",
  service_account: "serviceAccount",
  project: "project",
  requested_model: "requestedModel",
  model: "model",
  provider: "provider",
  api: "api",
  kind: "kind",
  byok: "byok",
  app: "app",
  origin: "origin",
  title: "title",
}

const wordOf = new Map(Object.entries(dimensionNames).map(([word, dimension]) => [dimension as string, word]))

const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
const mean = (sum: number, count: number): number | null => (count === 0 ? null : Math.round(sum / count))

export type UsageLine = Readonly<Record<string, string | number | null>>

/** One flat line, the same for JSON, CSV and lines of JSON: money in USD, times in milliseconds. */
export function usageLine(row: UsageRow, query: UsageQuery): UsageLine {
  const { latency = [], firstPart = [] } = query
  const line: Record<string, string | number | null> = {}
  if (row.start !== undefined) line.start = timeText(row.start)
  for (const dimension of query.groupBy) line[wordOf.get(dimension) ?? dimension] = row.values[dimension] ?? null
  line.requests = row.requests
  for (const kind of usageKinds) line[`${kind}_requests`] = row.kinds[kind]
  Object.assign(line, {
    failed: row.failed,
    cancelled: row.cancelled,
    input_tokens: row.inputTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    output_tokens: row.outputTokens,
    reasoning_tokens: row.reasoningTokens,
    total_tokens: row.inputTokens + row.outputTokens,
    cost: usd(row.costNano),
    byok_cost: usd(row.byokNano),
    byok_requests: row.byokRequests,
    cache_hits: row.cacheHits,
    cache_hit_rate: share(row.cacheHits, row.requests),
    cache_saved: usd(row.cacheSavedNano),
    prompt_cache_rate: share(row.cacheReadTokens, row.inputTokens),
    prompt_cache_saved: usd(row.promptCacheSavedNano),
    error_rate: share(row.failed, row.requests),
    latency_ms: mean(row.durationMs, row.timed),
    first_part_ms: mean(row.firstPartMs, row.begun),
  })
  for (const [at, quantile] of latency.entries()) line[`latency_${nameOf(quantile)}_ms`] = row.latencyMs?.[at] ?? null
  for (const [at, quantile] of firstPart.entries())
    line[`first_part_${nameOf(quantile)}_ms`] = row.firstPartMsAt?.[at] ?? null
  return line
}

/** 0.95 is `p95`. */
const nameOf = (quantile: number): string => `p${Math.round(quantile * 1_000) / 10}`
