import type { Features } from "./features.ts"

/** Classes of models by what they cost, and of requests by what they need. */
export const tiers = ["low", "medium", "high", "xhigh", "max"] as const
export type Tier = (typeof tiers)[number]

/** USD per million tokens, three parts of input to one of output; the first that is not exceeded counts. */
const dearest: readonly (readonly [usd: number, tier: Tier])[] = [
  [0.6, "low"],
  [2.5, "medium"],
  [8, "high"],
  [20, "xhigh"],
]

export const tierOfPrice = (price: { readonly input: number; readonly output: number }): Tier => {
  const blend = (3 * price.input + price.output) / 4
  return dearest.find(([usd]) => blend <= usd)?.[1] ?? "max"
}

/** What is asked for beside the text of the opening. */
export interface Asked {
  readonly tools: boolean
  readonly media: boolean
  readonly structured: boolean
  /** The client itself asks for reasoning. */
  readonly reasoning: boolean
}

const points: readonly (readonly [
  points: number,
  name: string,
  applies: (features: Features, asked: Asked) => boolean,
])[] = [
  [30, "maths", ({ maths }) => maths],
  [25, "code", ({ code }) => code],
  [20, "analysis", ({ thought }) => thought],
  [20, "tools", (_, { tools }) => tools],
  [20, "reasoning asked for", (_, { reasoning }) => reasoning],
  [15, "a very long text", ({ length }) => length > 40_000],
  [10, "a long text", ({ length }) => length > 4_000],
  [10, "another script than Latin", ({ foreign }) => foreign],
  [5, "media", (_, { media }) => media],
  [5, "structured output", (_, { structured }) => structured],
  [-20, "a small task", ({ simple }) => simple],
]

/** What a request starts with, and from how many points on the next tier is wanted. */
const base = 15
const steps: readonly (readonly [from: number, tier: Tier])[] = [
  [75, "xhigh"],
  [45, "high"],
  [25, "medium"],
]

interface Difficulty {
  readonly points: number
  readonly tier: Tier
  /** What counted. */
  readonly reasons: readonly string[]
}

/** How strong a model a request wants: a sum of points, and the tier that it reaches. The dearest tier is never wanted by itself. */
export function difficultyOf(features: Features, asked: Asked): Difficulty {
  const counted = points.filter(([, , applies]) => applies(features, asked))
  const sum = counted.reduce((all, [each]) => all + each, base)
  return {
    points: sum,
    tier: steps.find(([from]) => sum >= from)?.[1] ?? "low",
    reasons: counted.map(([, name]) => name),
  }
}

/** What is known of a model that may be chosen. */
export interface Option {
  readonly tier: Tier
  /** Nobody knows what it costs. */
  readonly isUnpriced: boolean
  readonly reasons: boolean | undefined
  readonly tools: boolean | undefined
  /** By its name or family made for code. */
  readonly coder: boolean
  /** Months since its release. */
  readonly age: number | undefined
  /** Left alone just now because it fails. */
  readonly isDown: boolean
}

/** How well a model fits: more is better. A model that is too weak is worse than one that is too dear. */
export function fit(option: Option, wanted: Tier, { code, maths, thought }: Features, asked: Asked): number {
  const distance = tiers.indexOf(option.tier) - tiers.indexOf(wanted)
  let score = distance < 0 ? 3 * distance : -1.5 * distance
  if (option.reasons && (maths || thought || asked.reasoning)) score += 1.5
  if (option.coder && code) score += 1
  if (option.coder && !code) score -= 1
  if (option.tools && asked.tools) score += 0.5
  if (option.age !== undefined) score += option.age <= 6 ? 1 : option.age <= 12 ? 0.5 : option.age > 24 ? -1.5 : 0
  if (option.isUnpriced) score -= 1
  if (option.isDown) score -= 100
  return score
}
