import type { JsonObject } from "../../src/contract/index.ts"
import type { Ask, Client, Said } from "../kit/clients/client.ts"
import { type Family, modelOf, type Scenario, wordsFor } from "../kit/families/family.ts"
import { base64Of, pdfOf } from "../kit/pdf.ts"

/** What was asked of one upstream by one client, in order, and what came of it. */
export interface Seen {
  readonly said: readonly Said[]
  /** What arrived upstream, as JSON text. */
  readonly bodies: readonly string[]
  readonly client: Client
  readonly family: Family
}

/** Something that a format can carry, and what shows that it was carried. */
export interface Feature {
  readonly name: string
  readonly scenario: Scenario
  /** Why this client's format has no words for it; it is left out of the matrix. */
  wordless?(client: Client): string | undefined
  readonly ask: Partial<Ask>
  /** Rounds in which tools are called and answered. */
  readonly rounds?: number
  /** What was lost on the way; undefined where everything arrived. */
  missing(seen: Seen): string | undefined
}

const weather: JsonObject = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city"],
}
export const tools = ["get_weather", "get_time"].map((name) => ({ name, parameters: weather }))
export const toolResult = "17 degrees and a little rain"
const system = "Answer like a lighthouse keeper."
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const page = "Profit rose by nine percent"
const pdf = base64Of(pdfOf([page]))
const schema: JsonObject = {
  type: "object",
  properties: { answer: { type: "integer" } },
  required: ["answer"],
  additionalProperties: false,
}

const unless = (holds: unknown, words: string): string | undefined => (holds ? undefined : words)
const all = (...checks: readonly (string | undefined)[]): string | undefined =>
  checks.find((check) => check !== undefined)

/** An answer's own word for having been cut, and for having been stopped, by client. */
const words: Readonly<Record<"length" | "filtered", Readonly<Record<string, RegExp>>>> = {
  length: {
    "chat-completions": /^length$/,
    responses: /^max_output_tokens$/,
    messages: /^max_tokens$/,
    gemini: /^MAX_TOKENS$/,
  },
  filtered: {
    "chat-completions": /^content_filter$/,
    responses: /^content_filter$/,
    messages: /^refusal$/,
    gemini: /^SAFETY$/,
  },
}

/** Tokens that the fakes report in the scenario `cache`, whatever their own words for them. */
const cacheInput: Readonly<Record<string, number>> = {
  "chat-completions": 1200,
  responses: 1200,
  messages: 1307,
  gemini: 1230,
  converse: 405,
  cohere: 1000,
}

const twoCalls = (said: readonly Said[]): boolean => {
  const calls = said[0]?.calls ?? []
  return calls.length === 2 && calls[0]!.id !== calls[1]!.id
}

const times = (text: string, part: string): number => text.split(part).length - 1
const breakpoint = /"cache_control"|"cachePoint"|"prompt_cache_breakpoint"/g

export const features: readonly Feature[] = [
  {
    name: "text and system",
    scenario: "plain",
    ask: { system },
    missing: ({ bodies, said }) =>
      all(unless(bodies[0]?.includes(system), "the system text"), unless(said[0]?.text, "the answer")),
  },
  {
    name: "tools, two turns",
    scenario: "tool",
    ask: { tools },
    rounds: 1,
    missing: ({ bodies, said }) =>
      all(
        unless(said[0]?.calls.length === 1, "the call"),
        unless(bodies[0]?.includes('"get_time"') && bodies[0].includes('"days"'), "a tool or its parameters"),
        unless(bodies[1]?.includes(toolResult), "the result"),
      ),
  },
  {
    name: "parallel tools",
    scenario: "parallel tools",
    ask: { tools },
    rounds: 1,
    missing: ({ bodies, said }) =>
      all(unless(twoCalls(said), "one of the calls"), unless(times(bodies[1] ?? "", toolResult) === 2, "a result")),
  },
  {
    name: "images",
    scenario: "plain",
    ask: { png },
    missing: ({ bodies }) => unless(bodies[0]?.includes(png), "the image"),
  },
  {
    name: "PDF",
    scenario: "plain",
    ask: { pdf },
    missing: ({ bodies }) => unless(bodies[0]?.includes(pdf) || bodies[0]?.includes(page), "the document"),
  },
  {
    name: "structured output",
    scenario: "json",
    ask: { schema },
    missing: ({ bodies, said }) =>
      all(
        unless(/answer.*integer/s.test(bodies[0] ?? ""), "the schema"),
        unless(said[0]?.text.trim().startsWith("{"), "an answer in JSON"),
      ),
  },
  {
    name: "reasoning shown",
    scenario: "thinking",
    ask: { effort: "low" },
    missing: ({ said }) => all(unless(said[0]?.reasoning, "the thoughts"), unless(said[0]?.text, "the answer")),
  },
  {
    name: "reasoning state, two tool turns",
    scenario: "thinking tool",
    ask: { tools, effort: "low" },
    rounds: 3,
    missing: ({ bodies, family }) =>
      all(
        unless(bodies[1]?.includes(family.state ?? ""), "what the first turn must bring back"),
        unless(bodies.at(-1)?.includes(family.state ?? ""), "what the last turn must bring back"),
      ),
  },
  {
    name: "cache breakpoints",
    scenario: "plain",
    wordless: ({ name }) =>
      name === "gemini" || name === "responses" ? "caches by itself, without breakpoints" : undefined,
    ask: { system, cache: true },
    missing: ({ bodies }) => unless((bodies[0]?.match(breakpoint) ?? []).length === 2, "a breakpoint"),
  },
  {
    name: "prompt cache key",
    scenario: "plain",
    wordless: ({ name }) => (name === "responses" ? undefined : "is asked for in the words of Responses"),
    ask: { cache: true },
    missing: ({ bodies }) => unless(bodies[0]?.includes("a-session"), "the key"),
  },
  {
    name: "stop reason: length",
    scenario: "length",
    ask: { maxTokens: 4000 },
    missing: ({ bodies, said, client }) =>
      all(
        unless(bodies[0]?.includes("4000"), "the limit"),
        unless(words.length[client.name]?.test(said[0]?.finish ?? ""), `the reason, which became ${said[0]?.finish}`),
      ),
  },
  {
    name: "stop reason: content filter",
    scenario: "filtered",
    ask: {},
    missing: ({ said, client }) =>
      unless(
        // In the words of Responses a refusal is an answer of its own kind, and that answer is complete.
        words.filtered[client.name]?.test(said[0]?.finish ?? "") || (client.name === "responses" && said[0]?.refusal),
        `the reason, which became ${said[0]?.finish}`,
      ),
  },
  {
    name: "usage with cached tokens",
    scenario: "cache",
    ask: {},
    missing: ({ said, family }) =>
      unless(said[0]?.tokens?.input === cacheInput[family.name], `input tokens: ${said[0]?.tokens?.input}`),
  },
  {
    name: "citations",
    scenario: "cited",
    ask: {},
    missing: ({ said }) =>
      unless(
        said[0]?.cited.some((url) => url.startsWith("https://example.com/")),
        "the source",
      ),
  },
  {
    name: "unknown fields",
    scenario: "plain",
    ask: { more: { field_of_tomorrow: { a: [1] } } },
    missing: ({ bodies }) => unless(bodies[0]?.includes("field_of_tomorrow"), "the field"),
  },
]

/** The words and the model that make this upstream do it. */
export const askFor = (feature: Feature, family: Family, stream: boolean): Ask => ({
  ...feature.ask,
  model: modelOf(family, feature.scenario),
  text: wordsFor(family, feature.scenario),
  stream,
})
