/**
 * Tokens of one answer in disjoint buckets: nothing is counted twice, so the sum of the input buckets is what OpenAI calls
 * `prompt_tokens`, and the sum of the output buckets is `completion_tokens`. Integers, never negative.
 */
export interface Usage {
  readonly input: {
    /** Fresh text tokens: neither cached nor written to a cache nor audio nor image. */
    readonly fresh: number
    readonly cacheRead: number
    /** Written to a cache that lives 5 minutes (Anthropic) or has no tariff by age. */
    readonly cacheWrite: number
    /** Written to a cache that lives an hour. */
    readonly cacheWrite1h: number
    readonly audio: number
    readonly image: number
  }
  readonly output: {
    readonly text: number
    readonly reasoning: number
    readonly audio: number
    readonly image: number
  }
  /** Things billed by the piece: `webSearch`, `images`, `searches` (rerank units), `characters` (speech), `seconds` (of audio). */
  readonly counters?: Readonly<Record<string, number>>
  /** True when the upstream reported nothing and these are our own counts. */
  readonly estimated?: boolean
  /** What the upstream itself says this cost, USD, if it says so. */
  readonly reportedCostUsd?: number
}

export const emptyUsage: Usage = {
  input: { fresh: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
  output: { text: 0, reasoning: 0, audio: 0, image: 0 },
}

export const inputTokens = ({ input }: Usage): number =>
  input.fresh + input.cacheRead + input.cacheWrite + input.cacheWrite1h + input.audio + input.image

export const outputTokens = ({ output }: Usage): number => output.text + output.reasoning + output.audio + output.image

const addCounts = <T extends Readonly<Record<string, number>>>(one: T, other: T): T => {
  const sum: Record<string, number> = { ...one }
  for (const [name, value] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + value
  return sum as T
}

/** What two calls used together. */
export const addUsage = (one: Usage, other: Usage): Usage => {
  const counters = addCounts(one.counters ?? {}, other.counters ?? {})
  const costs = [one.reportedCostUsd, other.reportedCostUsd].filter((cost) => cost !== undefined)
  return {
    input: addCounts(one.input, other.input),
    output: addCounts(one.output, other.output),
    ...(Object.keys(counters).length === 0 ? {} : { counters }),
    ...(one.estimated || other.estimated ? { estimated: true } : {}),
    // One call that names no cost makes the sum unknown.
    ...(costs.length === 2 ? { reportedCostUsd: costs.reduce((sum, cost) => sum + cost, 0) } : {}),
  }
}

/** USD per million tokens, per bucket of `Usage`. A bucket without a price of its own is billed as its side's base price. */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  readonly cacheWrite1h?: number
  readonly audioInput?: number
  readonly audioOutput?: number
  readonly imageInput?: number
  readonly imageOutput?: number
  readonly reasoning?: number
  /** USD per request, on top of tokens. */
  readonly request?: number
  /** USD per piece, by the name of the counter in `Usage.counters`. A counter without a price is free. */
  readonly perUnit?: Readonly<Record<string, number>>
  /** Higher prices above an input size; the last tier whose `above` is exceeded replaces the prices it names. */
  readonly tiers?: readonly (Partial<Omit<Price, "tiers">> & { readonly above: number })[]
}

/** Who said what it costs: the file or the plugin, the answer itself, the upstream's list of models, our own table, public lists, nobody. */
export type PriceSource = "config" | "upstream" | "provider-list" | "overlay" | "models.dev" | "genai-prices" | "none"
