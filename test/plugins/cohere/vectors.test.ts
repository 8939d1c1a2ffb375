import { afterAll, describe, expect, test } from "bun:test"
import { cohere } from "../../../plugins/cohere/provider.ts"
import type { EmbeddingsRequest } from "../../../src/contract/index.ts"
import { vectorAs } from "../../../src/dialects/index.ts"
import { startFakeCohere } from "../../kit/fake-cohere.ts"
import { abilityCall } from "../../kit/media.ts"

const fake = startFakeCohere()
afterAll(() => fake.stop())
const { abilities } = cohere.create({ id: "cohere", apiKey: "k", baseUrl: fake.url, headers: {}, options: {} })
const texts = (...all: readonly string[]) => all.map((text) => ({ type: "text" as const, text }))

const embed = async (more: Partial<EmbeddingsRequest>) => {
  const { call, lost } = abilityCall("embed-v4.0")
  fake.requests.length = 0
  const request: EmbeddingsRequest = { model: "m", input: texts("one"), encoding: "float", ...more }
  const reply = await abilities!.embeddings!.run(request, call)
  return { reply, lost: lost(), bodies: fake.requests.map(({ body }) => body) }
}

describe("embeddings", () => {
  test("the input type that Cohere demands is made up, and told", async () => {
    const { reply, lost, bodies } = await embed({})
    expect(bodies).toEqual([
      { model: "embed-v4.0", texts: ["one"], input_type: "search_document", embedding_types: ["float"] },
    ])
    expect(lost).toEqual(["approximated input_type"])
    expect(reply).toEqual({
      id: "embed_fake",
      vectors: [{ floats: [5, 0, 0.5] }],
      usage: {
        input: { fresh: 3, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
        output: { text: 0, reasoning: 0, audio: 0, image: 0 },
      },
    })
  })

  test("in base64, of a length, of a type, with Cohere's own fields; others are told as lost", async () => {
    const { reply, lost, bodies } = await embed({
      encoding: "base64",
      dimensions: 256,
      inputType: "search_query",
      user: "u",
      extras: { truncate: "END", store: true },
    })
    expect(bodies[0]).toEqual({
      model: "embed-v4.0",
      texts: ["one"],
      input_type: "search_query",
      embedding_types: ["base64"],
      output_dimension: 256,
      truncate: "END",
    })
    expect(lost).toEqual(["dropped user", "dropped store"])
    expect(vectorAs(reply.vectors[0]!, "float")).toEqual([5, 0, 0.5])
  })

  test("over 96 inputs are several calls, joined in order, usage summed", async () => {
    const words = Array.from({ length: 200 }, (_, index) => "x".repeat(index + 1))
    const { reply, lost, bodies } = await embed({ input: texts(...words), inputType: "clustering" })
    expect(bodies.map(({ texts }) => (texts as string[]).length).toSorted()).toEqual([8, 96, 96])
    expect(reply.vectors.map((vector) => vectorAs(vector, "float")[0])).toEqual(words.map(({ length }) => length + 2))
    expect(reply.usage?.input.fresh).toBe(600)
    expect(lost).toEqual([])
  })

  test("images go with texts; tokens are refused, so that another upstream is asked", async () => {
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" } } as const
    const { bodies } = await embed({
      input: [...texts("a cat"), { type: "content", content: [{ type: "text", text: "this" }, image] }],
      inputType: "search_document",
    })
    expect(bodies[0]?.inputs).toEqual([
      { content: [{ type: "text", text: "a cat" }] },
      {
        content: [
          { type: "text", text: "this" },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        ],
      },
    ])
    const failing = embed({ input: [{ type: "tokens", tokens: [1] }] })
    expect(failing).rejects.toMatchObject({ code: "unsupported_parameter", param: "input[0]", retry: "next" })
  })
})

test("rerank, with search units", async () => {
  const { call, lost } = abilityCall("rerank-v3.5")
  fake.requests.length = 0
  const documents = [{ text: "red fox" }, { text: "brown bear" }, { text: "brown fox" }]
  const reply = await abilities!.rerank!.run(
    { model: "m", query: "brown fox", documents, topN: 9, extras: { max_tokens_per_doc: 100, foo: 1 } },
    call,
  )
  expect(fake.requests[0]?.body).toEqual({
    model: "rerank-v3.5",
    query: "brown fox",
    documents: ["red fox", "brown bear", "brown fox"],
    top_n: 3,
    max_tokens_per_doc: 100,
  })
  expect(lost()).toEqual(["dropped foo"])
  expect(reply.results.map(({ index }) => index)).toEqual([2, 0, 1])
  expect(reply.usage?.counters).toEqual({ searches: 1 })
})

test("failures mean what they mean in chats", () => {
  const failure = { status: 498, headers: new Headers(), body: '{"message":"denied"}' }
  expect(abilities!.embeddings!.classify!(failure)).toMatchObject({ code: "content_filter", provider: "cohere" })
})
