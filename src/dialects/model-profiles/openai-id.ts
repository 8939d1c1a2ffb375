/** What an OpenAI model id says about its model; no list of models is needed. */
export interface ModelId {
  /** `gpt-5.6-mini` = 5.6, `gpt-4o` = 4; undefined for other names. */
  readonly generation: number | undefined
  /** Number of an o-series model: `o4-mini` = 4. */
  readonly series: number | undefined
  /** What follows the number: `mini`, `chat-latest`; empty for the plain model. */
  readonly variant: string
  /** Thinks before it answers, and therefore has other rules for its parameters. */
  readonly reasoning: boolean
  readonly searchPreview: boolean
}

/** Reads an id. A fine-tuned model (`ft:gpt-4o-mini:org::id`) keeps the rules of its base. */
export const readModelId = (id: string): ModelId => {
  const base = id.startsWith("ft:") ? (id.split(":")[1] ?? id) : id
  const gpt = /^gpt-(\d+(?:\.\d+)?)(?:o\b)?-?(.*)$/.exec(base)
  const series = /^o(\d+)-?(.*)$/.exec(base)
  const generation = gpt?.[1] === undefined ? undefined : Number(gpt[1])
  const variant = gpt?.[2] ?? series?.[2] ?? ""
  return {
    generation,
    series: series?.[1] === undefined ? undefined : Number(series[1]),
    variant,
    // gpt-5-chat and later chat variants answer at once, like the models before generation 5.
    reasoning: series !== null || (generation !== undefined && generation >= 5 && !variant.startsWith("chat")),
    searchPreview: base.includes("-search-preview") || /^gpt-5-search-api/.test(base),
  }
}
