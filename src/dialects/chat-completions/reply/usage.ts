import { isObject, type Json, type JsonObject, type Profile, type Usage } from "../../../contract/index.ts"
import type { Mutable } from "../../../contract/mutable.ts"

type Quirk = Profile["usageQuirk"]

const count = (...values: (Json | undefined)[]): number => {
  for (const value of values)
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return Math.round(value)
  return 0
}

const objectOf = (...values: (Json | undefined)[]): JsonObject => values.find(isObject) ?? {}

/** What the upstream says it costs, USD. Perplexity nests it. */
const reportedCost = (raw: JsonObject): number | undefined => {
  const { cost } = raw
  const direct = isObject(cost) ? cost.total_cost : cost
  if (typeof direct !== "number" || direct < 0) return undefined
  // With a key of one's own, OpenRouter's cost is its fee; the vendor's bill is told apart.
  const details = objectOf(raw.cost_details)
  const upstream =
    raw.is_byok === true && typeof details.upstream_inference_cost === "number" ? details.upstream_inference_cost : 0
  return direct + upstream
}

const searches = (raw: JsonObject): number =>
  count(
    objectOf(raw.server_tool_use).web_search_requests,
    objectOf(raw.server_tool_use_details).web_search_requests,
    raw.num_search_queries,
  )

/**
 * `usage` of this dialect in disjoint buckets. Spellings differ by vendor: `prompt_token_details` is Mistral's slip,
 * `prompt_cache_hit_tokens` DeepSeek's, top-level `cached_tokens` Moonshot's, `caching_tokens` Requesty's,
 * `cache_creation_input_tokens` inside the total Alibaba's, `citation_tokens` (what was read of found pages) Perplexity's.
 */
export const decodeUsage = (raw: JsonObject, quirk?: Quirk): Usage => {
  const input = objectOf(raw.prompt_tokens_details, raw.prompt_token_details, raw.input_tokens_details)
  const output = objectOf(raw.completion_tokens_details, raw.output_tokens_details)
  const prompt = count(raw.prompt_tokens, raw.input_tokens)
  const completion = count(raw.completion_tokens, raw.output_tokens)
  const topLevel = [raw.cached_tokens, raw.num_cached_tokens, raw.prompt_cache_hit_tokens]
  const cacheRead =
    quirk === "cached-top-level" ? count(...topLevel, input.cached_tokens) : count(input.cached_tokens, ...topLevel)
  const cacheWrite = count(input.cache_write_tokens, input.caching_tokens, input.cache_creation_input_tokens)
  const [audioIn, imageIn] = [count(input.audio_tokens), count(input.image_tokens)]
  const reasoning = count(output.reasoning_tokens, raw.reasoning_tokens)
  const [audioOut, imageOut] = [count(output.audio_tokens), count(output.image_tokens)]
  // More reasoning than completion can only mean that it was counted apart (DeepInfra does so for Gemini models).
  const outside = quirk === "reasoning-outside" || reasoning > completion
  const text = completion - audioOut - imageOut - (outside ? 0 : reasoning)
  const cost = reportedCost(raw)
  const webSearch = searches(raw)
  const citationTokens = count(raw.citation_tokens)
  // Filled in, not spread: this runs for every answer.
  const usage: Mutable<Usage> = {
    input: {
      // A cache counter above the total means that this upstream's total leaves it out.
      fresh:
        cacheRead + cacheWrite > prompt ? prompt : Math.max(0, prompt - cacheRead - cacheWrite - audioIn - imageIn),
      cacheRead,
      cacheWrite,
      cacheWrite1h: 0,
      audio: audioIn,
      image: imageIn,
    },
    output: { text: Math.max(0, text), reasoning, audio: audioOut, image: imageOut },
  }
  if (webSearch > 0 || citationTokens > 0)
    usage.counters = { ...(webSearch > 0 ? { webSearch } : {}), ...(citationTokens > 0 ? { citationTokens } : {}) }
  if (cost !== undefined) usage.reportedCostUsd = cost
  return usage
}

/** The usage object of a reply or chunk, wherever this upstream puts it. */
export const findUsage = (chunk: JsonObject): JsonObject | undefined => {
  if (isObject(chunk.usage)) return chunk.usage
  // Groq streams it in a field of its own; Moonshot and some vLLM builds put it into the choice.
  if (isObject(chunk.x_groq) && isObject(chunk.x_groq.usage)) return chunk.x_groq.usage
  const first = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined
  return isObject(first) && isObject(first.usage) ? first.usage : undefined
}
