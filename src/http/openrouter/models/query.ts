import type { QueryReader } from "../../fields/query.ts"

/** Use cases that OpenRouter sorts models into. Nobody tells that of a model here, so they choose none. */
const categories = [
  "programming",
  "roleplay",
  "marketing",
  "marketing/seo",
  "technology",
  "science",
  "translation",
  "legal",
  "finance",
  "health",
  "trivia",
  "academia",
] as const

export const sorts = [
  "most-popular",
  "newest",
  "top-weekly",
  "pricing-low-to-high",
  "pricing-high-to-low",
  "context-high-to-low",
  "throughput-high-to-low",
  "latency-low-to-high",
  "intelligence-high-to-low",
  "coding-high-to-low",
  "agentic-high-to-low",
  "design-arena-elo-high-to-low",
] as const
export type ModelSort = (typeof sorts)[number]

/** Figures of public rankings, which are not kept here: read, so that a typing mistake is told, and then choose none. */
const rankings = ["intelligence_index", "coding_index", "agentic_index", "tool_success_rate"]

/** What a list of models was asked for. Absent = not asked. Words are in lower case. */
export interface ModelQuery {
  readonly offset: number
  readonly limit: number | undefined
  readonly sort: ModelSort | undefined
  readonly search: string | undefined
  readonly parameters: readonly string[] | undefined
  readonly input: readonly string[] | undefined
  /** `undefined` = every kind. */
  readonly output: readonly string[] | undefined
  readonly context: number | undefined
  /** USD per million tokens. */
  readonly minPrice: number | undefined
  readonly maxPrice: number | undefined
  readonly minOutputPrice: number | undefined
  readonly maxOutputPrice: number | undefined
  readonly architectures: readonly string[] | undefined
  readonly authors: readonly string[] | undefined
  readonly providers: readonly string[] | undefined
  readonly distillable: boolean | undefined
  readonly zdr: boolean
  readonly region: string | undefined
  readonly minAgeDays: number | undefined
  readonly maxAgeDays: number | undefined
  readonly rss: boolean
}

const largestPage = 1000

/** Where a page begins and how long it is; without a limit everything is given. */
export const readPage = (read: QueryReader): Pick<ModelQuery, "offset" | "limit"> => ({
  offset: read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0,
  limit: read.integer("limit", 0, largestPage),
})

/** What is made, `text` unless something else is asked for; `all` for everything. */
export function readOutput(read: QueryReader): readonly string[] | undefined {
  const words = read.words("output_modalities") ?? ["text"]
  return words.includes("all") ? undefined : words
}

/** Throws `invalid_request` for what has the wrong form. */
export function readQuery(read: QueryReader): ModelQuery {
  read.oneOf("category", categories)
  for (const name of rankings) {
    read.number(`min_${name}`)
    read.number(`max_${name}`)
  }
  const rss = read.flag("use_rss") ?? false
  read.flag("use_rss_chat_links")
  return {
    ...readPage(read),
    sort: read.oneOf("sort", sorts),
    search: read.text("q")?.toLowerCase(),
    parameters: read.words("supported_parameters"),
    input: read.words("input_modalities"),
    output: readOutput(read),
    context: read.integer("context", 0, Number.MAX_SAFE_INTEGER),
    minPrice: read.number("min_price"),
    maxPrice: read.number("max_price"),
    minOutputPrice: read.number("min_output_price"),
    maxOutputPrice: read.number("max_output_price"),
    architectures: read.words("arch"),
    authors: read.words("model_authors"),
    providers: read.words("providers"),
    distillable: read.flag("distillable"),
    zdr: read.flag("zdr") ?? false,
    region: read.text("region")?.toLowerCase(),
    minAgeDays: read.number("min_age_days"),
    maxAgeDays: read.number("max_age_days"),
    rss,
  }
}
