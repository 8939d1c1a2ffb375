import { afterAll, describe, expect, test } from "bun:test"
import type { EmbeddingsRequest } from "../../../src/contract/index.ts"
import { failureOf, runAbility } from "../../kit/signed-client.ts"
import { chat } from "../../kit/wire-client.ts"
import { startRig } from "./kit.ts"

const { fake, create } = await startRig()
const provider = create()
const { embeddings, images, speech, countTokens } = provider.abilities ?? {}
afterAll(() => fake.stop())

const embed = (model: string, more: Partial<EmbeddingsRequest> = {}) =>
  runAbility(embeddings, model, {
    model: "author/model",
    input: ["one", "three"].map((text) => ({ type: "text" as const, text })),
    encoding: "float",
    ...more,
  })
const last = () => fake.requests.at(-1)!

describe("embeddings", () => {
  test("by predict, in one call", async () => {
    const before = fake.requests.length
    const { reply } = await embed("text-embedding-005", { inputType: "search_query", dimensions: 256 })
    expect(fake.requests).toHaveLength(before + 1)
    expect(last().path).toEndWith("/publishers/google/models/text-embedding-005:predict")
    expect(last().body).toEqual({
      instances: [
        { content: "one", task_type: "RETRIEVAL_QUERY" },
        { content: "three", task_type: "RETRIEVAL_QUERY" },
      ],
      parameters: { autoTruncate: false, outputDimensionality: 256 },
    })
    expect(reply.vectors).toEqual([{ floats: [3, 0.5, -0.25] }, { floats: [5, 0.5, -0.25] }])
    expect(reply.usage?.input.fresh).toBe(8)
  })

  test("by predict, one at a time where the model takes no more, in order", async () => {
    const before = fake.requests.length
    const { reply } = await embed("publishers/google/models/gemini-embedding-001")
    expect(fake.requests).toHaveLength(before + 2)
    expect(reply.vectors).toEqual([{ floats: [3, 0.5, -0.25] }, { floats: [5, 0.5, -0.25] }])
  })

  test("by embedContent, with media", async () => {
    const image = { type: "media", kind: "image", mime: "image/png", source: { type: "data", base64: "aGk=" } } as const
    const { reply } = await embed("gemini-embedding-2", {
      input: [{ type: "content", content: [{ type: "text", text: "a cat" }, image] }],
      inputType: "clustering",
    })
    expect(last().path).toEndWith("/gemini-embedding-2:embedContent")
    expect(last().body).toEqual({
      content: { parts: [{ text: "a cat" }, { inlineData: { mimeType: "image/png", data: "aGk=" } }] },
      embedContentConfig: { autoTruncate: false, taskType: "CLUSTERING" },
    })
    expect(reply).toMatchObject({ vectors: [{ floats: [5, 0.5, -0.25] }], usage: { input: { fresh: 4 } } })
  })

  test("tell what they cannot carry", async () => {
    const { losses } = await embed("text-embedding-005", {
      user: "u",
      extras: { truncate: "END", auto_truncate: true },
    })
    expect(losses.map(({ path }) => path).sort()).toEqual(["truncate", "user"])
    expect(last().body.parameters).toEqual({ autoTruncate: true })
    const tokens = await failureOf(() => embed("text-embedding-005", { input: [{ type: "tokens", tokens: [1] }] }))
    expect(tokens).toMatchObject({ code: "unsupported_parameter", param: "input[0]" })
  })

  test("are Google's embedding models' alone", () => {
    expect(
      ["google/gemini-embedding-001", "text-multilingual-embedding-002"].every((model) => embeddings?.serves?.(model)),
    ).toBe(true)
    expect(["gemini-3-flash", "claude-opus-4-8", "intfloat/e5-maas"].some((model) => embeddings?.serves?.(model))).toBe(
      false,
    )
  })
})

describe("counting tokens", () => {
  test("as Google counts Gemini's", async () => {
    const { reply } = await runAbility(
      countTokens,
      "google/gemini-3-flash",
      chat({ text: "hello", maxOutputTokens: 9 }),
    )
    expect(reply).toBe(31)
    expect(last().path).toEndWith("/publishers/google/models/gemini-3-flash:countTokens")
    expect(last().body).toEqual({
      contents: [{ role: "user", parts: [{ text: "hello" }] }],
      generationConfig: { maxOutputTokens: 9 },
    })
  })
  test("as Anthropic counts Claude's", async () => {
    const { reply } = await runAbility(countTokens, "claude-opus-4-8", chat({ text: "hello" }))
    expect(reply).toBe(17)
    expect(last().path).toEndWith("/publishers/anthropic/models/count-tokens:rawPredict")
    expect(last().body).toEqual({
      model: "claude-opus-4-8",
      anthropic_version: "vertex-2023-10-16",
      messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
    })
  })
  test("open models cannot be counted", () => {
    expect(countTokens?.serves?.("meta/llama-4-maas")).toBe(false)
  })
})

test("images by Imagen", async () => {
  const request = { model: "a/b", prompt: "a cat", images: [], count: 2, responseFormat: "b64_json" } as const
  const { reply } = await runAbility(images, "google/imagen-4.0-generate-001", request)
  expect(last().path).toEndWith("/publishers/google/models/imagen-4.0-generate-001:predict")
  expect(last().body).toMatchObject({ instances: [{ prompt: "a cat" }], parameters: { sampleCount: 2 } })
  expect(reply.images).toHaveLength(2)
})

test("images and speech of Gemini models, by generateContent", () => {
  expect(images?.serves?.("publishers/google/models/gemini-2.5-flash-image")).toBe(true)
  expect(images?.serves?.("gemini-3-flash")).toBe(false)
  expect(speech?.serves?.("google/gemini-2.5-flash-preview-tts")).toBe(true)
})

test("a refused token is forgotten by abilities too", async () => {
  await embed("text-embedding-005")
  fake.revoke()
  expect(await failureOf(() => embed("text-embedding-005"))).toBeInstanceOf(Error)
  expect((await embed("text-embedding-005")).reply.vectors).toHaveLength(2)
})
