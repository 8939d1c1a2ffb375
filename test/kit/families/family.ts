import type { JsonObject } from "../../../src/contract/index.ts"

/** What an upstream may be made to do. */
export const scenarios = [
  "plain",
  "empty",
  "tool",
  "parallel tools",
  "zero tool",
  "thinking",
  "thinking tool",
  "json",
  "cited",
  "length",
  "filtered",
  "cache",
  "rate limit",
  "no money",
  "overloaded",
  "server error",
  "bad key",
  "forbidden",
  "missing model",
  "overflow",
  "bad request",
  "cut",
  "error first",
  "error in 200",
  "error later",
  "malformed event",
  "stall",
] as const
export type Scenario = (typeof scenarios)[number]

/** A fake upstream behind a provider of a gateway. */
export interface Family {
  /** Of the wire format, or of the cloud that it is reached through. */
  readonly name: string
  /** Public name of the model to ask. */
  readonly model: string
  /** Where another model is needed to see something. */
  readonly models?: Partial<Record<Scenario, string>>
  readonly providers: readonly Readonly<Record<string, unknown>>[]
  readonly environment?: Readonly<Record<string, string>>
  /** The text that makes the fake do it, or why it cannot. */
  readonly words: Readonly<Record<Scenario, string | { readonly skip: string }>>
  /** What the reply to `thinking tool` must bring back in the next turn. */
  readonly state?: string
  /** Bodies that arrived upstream for this model, refused ones included. */
  bodies(model: string): readonly JsonObject[]
  /** Settles when the latest request's client leaves before the end; undefined where the fake cannot see that. */
  left?(): Promise<unknown>
  stop(): Promise<void>
}

export const price = { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 }

export const modelOf = (family: Family, scenario: Scenario): string => family.models?.[scenario] ?? family.model

/** The words of a scenario; throws where the fake cannot do it. */
export const wordsFor = (family: Family, scenario: Scenario): string => {
  const words = family.words[scenario]
  if (typeof words !== "string") throw new Error(`${family.name} cannot be made to: ${scenario}`)
  return words
}

/** Words that are the names of the scenarios themselves, but for those given. */
export const ownWords = (different: Partial<Record<Scenario, string | { readonly skip: string }>>): Family["words"] =>
  Object.fromEntries(scenarios.map((name) => [name, different[name] ?? name])) as Record<Scenario, string>
