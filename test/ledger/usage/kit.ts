import type { Generation } from "../../../src/contract/generation.ts"
import { emptyUsage } from "../../../src/contract/usage.ts"
import { generation, NOW } from "../../store/support.ts"

/** Numbers that look random, the same in each run. */
export const seeded = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
  return {
    next,
    below: (limit: number) => Math.floor(next() * limit),
    oneOf: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)]!,
  }
}
export type Seeded = ReturnType<typeof seeded>

const apis = ["chat-completions", "messages", "embeddings", "images", "speech", "transcription", "rerank"] as const

/** Any request that there can be, about. */
export const randomGeneration = (random: Seeded, number: number): Generation => {
  const model = random.oneOf(["openai/gpt", "anthropic/claude", "local/tiny"])
  const isHit = random.next() < 0.1
  const tags: Record<string, unknown> =
    random.next() < 0.5 ? { Repo: random.oneOf(["a", "b"]), Size: random.below(3) } : {}
  return generation({
    id: `g${number}`,
    requestId: `r${number}`,
    keyId: random.oneOf(["k1", "k2", "k3"]),
    ...(random.next() < 0.7
      ? { owner: { member: random.oneOf(["m1", "m2"]), group: random.oneOf(["g1", "g2"]) } }
      : {}),
    model,
    requestedModel: random.oneOf([model, "alias/fast"]),
    provider: random.oneOf(["one", "two"]),
    api: random.oneOf(apis),
    status: random.next() < 0.1 ? 502 : 200,
    cancelled: random.next() < 0.1,
    usage: {
      input: {
        ...emptyUsage.input,
        fresh: random.below(100_000),
        cacheRead: random.below(300),
        cacheWrite1h: random.below(9),
      },
      output: { ...emptyUsage.output, text: random.below(5_000), reasoning: random.below(70) },
    },
    costNano: isHit ? 0 : random.below(8_000_000_000),
    ...(random.next() < 0.2 ? { byok: true } : {}),
    ...(isHit ? { cache: { cache: "exact", savedNano: random.below(1_000) } } : {}),
    price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite1h: 6 },
    durationMs: random.below(100_000),
    ...(random.next() < 0.8 ? { firstPartMs: random.below(3_000) } : {}),
    ...(random.next() < 0.5 ? { origin: "https://cline.bot", originTitle: random.oneOf(["Cline", "Cline 2"]) } : {}),
    ...(random.next() < 0.5 ? { labels: { requesty: { extra: tags, tags: ["x"] }, trace: { id: number } } } : {}),
  })
}

/** A moment of the last `days` days before `NOW`. */
export const randomMoment = (random: Seeded, days: number): number => NOW - random.below(days * 86_400_000)
