import { describe, expect, test } from "bun:test"
import { mock } from "../../plugins/mock/index.ts"
import type { EmbeddingInput, EmbeddingsRequest } from "../../src/contract/index.ts"
import { vectorAs } from "../../src/dialects/index.ts"
import { abilityCall } from "../kit/media.ts"

const { abilities, models } = mock.create({ id: "mock", headers: {}, options: {} })
const { embeddings, rerank } = abilities!
const text = (words: string): EmbeddingInput => ({ type: "text", text: words })
const embed = async (input: readonly EmbeddingInput[], more: Partial<EmbeddingsRequest> = {}) => {
  const request: EmbeddingsRequest = { model: "mock/embed", input, encoding: "float", ...more }
  const { vectors, usage } = await embeddings!.run(request, abilityCall("embed").call)
  return { vectors: vectors.map((vector) => vectorAs(vector, "float") as number[]), tokens: usage?.input.fresh }
}
const dot = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)

describe("mock/embed", () => {
  test("gives the same text the same vector, of length 1 and the size that was asked for", async () => {
    const { vectors, tokens } = await embed([text("the red fox"), text("The red fox!"), text("")], { dimensions: 64 })
    expect(vectors[0]).toEqual(vectors[1]!)
    expect(tokens).toBe(6)
    for (const vector of vectors) {
      expect(vector).toHaveLength(64)
      expect(dot(vector, vector)).toBeCloseTo(1, 5)
    }
  })

  test("puts texts with words in common near each other", async () => {
    const all = ["the red fox runs", "the red fox sleeps", "quarterly revenue statement"].map(text)
    const [one = [], other = [], far = []] = (await embed(all, { dimensions: 256 })).vectors
    expect(dot(one, other)).toBeGreaterThan(dot(one, far) + 0.3)
  })

  test("takes tokens and media", async () => {
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a" } } as const
    const { vectors, tokens } = await embed([
      { type: "tokens", tokens: [1, 2] },
      { type: "content", content: [{ type: "text", text: "a fox" }, image] },
    ])
    expect(vectors).toHaveLength(2)
    expect(vectors[0]).not.toEqual(vectors[1]!)
    expect(tokens).toBe(5)
  })
})

test("mock/rerank scores by the query's words, and counts search units", async () => {
  const documents = Array.from({ length: 101 }, (_, index) => ({ text: index === 7 ? "red fox" : "a fox" }))
  const { call } = abilityCall("mock/rerank")
  const { results, usage } = await rerank!.run({ model: "m", query: "Red fox", documents, topN: 2 }, call)
  expect(results).toEqual([
    { index: 7, score: 1 },
    { index: 0, score: 0.5 },
  ])
  expect(usage?.counters).toEqual({ searches: 2 })
})

test("each model does its own thing only", async () => {
  expect(embeddings!.serves!("embed")).toBe(true)
  expect(embeddings!.serves!("echo")).toBe(false)
  expect(rerank!.serves!("embed")).toBe(false)
  const wrong = embeddings!.run({ model: "m", input: [text("a")], encoding: "float" }, abilityCall("echo").call)
  expect(await wrong.catch((error) => error)).toMatchObject({ code: "upstream_model_not_found" })
  expect(models?.find(({ model }) => model === "mock/embed")?.kind).toBe("embeddings")
  expect(models?.find(({ model }) => model === "mock/rerank")?.kind).toBe("rerank")
})
