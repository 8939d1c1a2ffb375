import { usd } from "../../../ledger/money.ts"
import type { UsageMeasure, UsageRow } from "../../../ledger/usage/types.ts"

export interface Metric {
  readonly label: string
  readonly format: "number" | "currency" | "percent" | "latency" | "throughput"
  /** An average, which cannot be summed. */
  readonly isRate: boolean
  readonly needs: readonly UsageMeasure[]
  /** Quantiles that it needs. */
  readonly latency?: number
  readonly firstPart?: number
  /** Null where there is nothing to divide by. */
  read(row: UsageRow, quantile: number | null): number | null
}

const count = (label: string, measure: UsageMeasure): Metric => ({
  label,
  format: "number",
  isRate: false,
  needs: [measure],
  read: (row) => row[measure],
})

const money = (label: string, measure: UsageMeasure): Metric => ({
  label,
  format: "currency",
  isRate: false,
  needs: [measure],
  read: (row) => usd(row[measure]),
})

const ratio = (
  label: string,
  part: UsageMeasure,
  whole: UsageMeasure,
  format: Metric["format"] = "percent",
  factor = 1,
): Metric => ({
  label,
  format,
  isRate: true,
  needs: [part, whole],
  read: (row) => (row[whole] === 0 ? null : (row[part] / row[whole]) * factor),
})

const quantileOf = (label: string): Metric => ({
  label,
  format: "latency",
  isRate: true,
  needs: [],
  read: (_, found) => found,
})
const latency = (label: string, quantile: number): Metric => ({ ...quantileOf(label), latency: quantile })
const firstPart = (label: string, quantile: number): Metric => ({ ...quantileOf(label), firstPart: quantile })

/** What can be asked for, by name. */
export const metrics: Readonly<Record<string, Metric>> = {
  request_count: count("Request Count", "requests"),
  total_usage: {
    ...money("Total Usage", "costNano"),
    needs: ["costNano", "byokNano"],
    read: (row) => usd(row.costNano - row.byokNano),
  },
  byok_usage_inference: money("BYOK Inference Cost", "byokNano"),
  byok_request_count: count("BYOK Requests", "byokRequests"),
  tokens_total: {
    ...count("Total Tokens", "inputTokens"),
    needs: ["inputTokens", "outputTokens"],
    read: (row) => row.inputTokens + row.outputTokens,
  },
  tokens_prompt: count("Prompt Tokens", "inputTokens"),
  tokens_completion: count("Completion Tokens", "outputTokens"),
  reasoning_tokens: count("Reasoning Tokens", "reasoningTokens"),
  cached_tokens: count("Cached Tokens", "cacheReadTokens"),
  cache_write_tokens: count("Cache Write Tokens", "cacheWriteTokens"),
  cache_hit_rate: ratio("Prompt Cache Hit Rate", "cacheReadTokens", "inputTokens"),
  prompt_cache_savings: money("Prompt Cache Savings", "promptCacheSavedNano"),
  response_cache_hits: count("Response Cache Hits", "cacheHits"),
  response_cache_hit_rate: ratio("Response Cache Hit Rate", "cacheHits", "requests"),
  response_cache_savings: money("Response Cache Savings", "cacheSavedNano"),
  error_count: count("Errors", "failed"),
  error_rate: ratio("Error Rate", "failed", "requests"),
  cancelled_count: count("Cancelled Requests", "cancelled"),
  avg_cost: ratio("Average Cost", "costNano", "requests", "currency", 1e-9),
  avg_latency: ratio("Average Latency", "durationMs", "timed", "latency"),
  p50_latency: latency("Latency P50", 0.5),
  p90_latency: latency("Latency P90", 0.9),
  p95_latency: latency("Latency P95", 0.95),
  p99_latency: latency("Latency P99", 0.99),
  avg_ttft: ratio("Average Time to First Token", "firstPartMs", "begun", "latency"),
  p50_ttft: firstPart("Time to First Token P50", 0.5),
  p90_ttft: firstPart("Time to First Token P90", 0.9),
  p95_ttft: firstPart("Time to First Token P95", 0.95),
  p99_ttft: firstPart("Time to First Token P99", 0.99),
  throughput: ratio("Tokens per Second", "outputTokens", "durationMs", "throughput", 1_000),
}
