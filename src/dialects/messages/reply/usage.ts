import { isObject, type Json, type JsonObject, type Usage } from "../../../contract/index.ts"

const count = (value: Json | undefined): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.trunc(value) : undefined

/** What `Usage`, the start of an answer or the face says in its own words. */
const understood: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "cache_creation",
  "output_tokens_details",
  "server_tool_use",
  "service_tier",
  "cost",
  "cost_details",
  "is_byok",
])

/**
 * Collects the usage of one answer. `message_start` brings the input counters, `message_delta` the output and, sometimes, corrections of
 * the input: the last number wins, an absent or null one changes nothing.
 */
export class UsageCounter {
  #seen: JsonObject = {}

  get any(): boolean {
    return Object.keys(this.#seen).length > 0
  }

  take(usage: Json | undefined): boolean {
    if (!isObject(usage)) return false
    for (const [key, value] of Object.entries(usage)) if (value !== null) this.#seen[key] = value
    return true
  }

  /** Fields that only this format understands (`inference_geo`, `iterations`, `speed` …). */
  rest(): JsonObject {
    return Object.fromEntries(Object.entries(this.#seen).filter(([key]) => !understood.has(key)))
  }

  /** Fresh input, cache reads and cache writes are three disjoint counters here; thinking is part of the output. */
  usage(): Usage {
    const total = sumIterations(this.#seen) ?? this.#seen
    const writes = count(total.cache_creation_input_tokens) ?? 0
    const split = isObject(this.#seen.cache_creation) ? this.#seen.cache_creation : {}
    const hour = Math.min(writes || Number.POSITIVE_INFINITY, count(split.ephemeral_1h_input_tokens) ?? 0)
    const fiveMinutes = writes > 0 ? writes - hour : (count(split.ephemeral_5m_input_tokens) ?? 0)
    const output = count(total.output_tokens) ?? 0
    const details = isObject(this.#seen.output_tokens_details) ? this.#seen.output_tokens_details : {}
    const reasoning = Math.min(output, count(details.thinking_tokens) ?? 0)
    const counters = serverTools(this.#seen.server_tool_use)
    return {
      input: {
        fresh: count(total.input_tokens) ?? 0,
        cacheRead: count(total.cache_read_input_tokens) ?? 0,
        cacheWrite: fiveMinutes,
        cacheWrite1h: hour,
        audio: 0,
        image: 0,
      },
      output: { text: output - reasoning, reasoning, audio: 0, image: 0 },
      ...(Object.keys(counters).length > 0 ? { counters } : {}),
      // Gateways as upstreams say what they charged.
      ...(typeof this.#seen.cost === "number" ? { reportedCostUsd: this.#seen.cost } : {}),
    }
  }
}

/**
 * With compaction, the top-level counters hold the last pass only; `iterations` lists all of them. A server-side fallback already sums
 * up on top. An advisor's tokens belong to another model and are not in these counters.
 */
const sumIterations = (usage: JsonObject): JsonObject | undefined => {
  const all = (Array.isArray(usage.iterations) ? usage.iterations : []).filter(isObject)
  const own = all.filter(({ type }) => type === "message" || type === "compaction")
  if (own.length === 0 || all.some(({ type }) => type === "fallback_message")) return undefined
  const sum = (field: string) => own.reduce((total, pass) => total + (count(pass[field]) ?? 0), 0)
  return {
    input_tokens: sum("input_tokens"),
    cache_read_input_tokens: sum("cache_read_input_tokens"),
    cache_creation_input_tokens: sum("cache_creation_input_tokens"),
    output_tokens: sum("output_tokens"),
  }
}

const serverTools = (value: Json | undefined): Record<string, number> => {
  const tools = isObject(value) ? value : {}
  const searches = count(tools.web_search_requests) ?? 0
  const fetches = count(tools.web_fetch_requests) ?? 0
  return { ...(searches > 0 ? { webSearch: searches } : {}), ...(fetches > 0 ? { webFetch: fetches } : {}) }
}
