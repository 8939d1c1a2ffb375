import { afterAll, describe, expect, test } from "bun:test"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { createOpenRouter } from "@openrouter/ai-sdk-provider"
import { OpenRouter } from "@openrouter/sdk"
import { embedMany } from "ai"
import OpenAI from "openai"
import { mock } from "../../../plugins/mock/index.ts"
import { GatewayError, type Json } from "../../../src/contract/index.ts"
import {
  decodeEmbeddingsRequest,
  decodeRerankRequest,
  encodeEmbeddingsReply,
  encodeRerankReply,
  openrouterFace,
  requestyFace,
} from "../../../src/dialects/index.ts"
import { abilityCall } from "../../kit/media.ts"

/** The official clients against our codecs, with the mock provider's vectors behind them. */
const { embeddings, rerank } = mock.create({ id: "mock", headers: {}, options: {} }).abilities!
const bodies: Json[] = []
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url)
    const face = pathname.startsWith("/api/") ? openrouterFace : requestyFace
    const identity = { id: "gen-1", model: "mock/embed", provider: "mock", providerName: "Mock", createdSeconds: 1 }
    try {
      const body = (await request.json()) as Json
      bodies.push(body)
      if (pathname.endsWith("/embeddings")) {
        const asked = decodeEmbeddingsRequest(body)
        const reply = await embeddings!.run(asked, abilityCall("embed").call)
        return Response.json(encodeEmbeddingsReply(reply, asked, identity, face, 0.000004))
      }
      const asked = decodeRerankRequest(body)
      const reply = await rerank!.run(asked, abilityCall("rerank").call)
      return Response.json(encodeRerankReply(reply, asked, identity, face, 0.001))
    } catch (error) {
      if (!GatewayError.is(error)) throw error
      return Response.json(face.errorBody(error, { requestId: "req_1" }), { status: face.status(error) })
    }
  },
})
afterAll(() => server.stop(true))
const url = `http://127.0.0.1:${server.port}`
const values = ["the red fox", "a brown bear"]

const expected = async (): Promise<readonly (readonly number[])[]> => {
  const asked = decodeEmbeddingsRequest({ model: "m", input: values })
  const { vectors } = await embeddings!.run(asked, abilityCall("embed").call)
  return vectors.map((vector) => ("floats" in vector ? vector.floats : []))
}

describe("openai", () => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "k", maxRetries: 0 })

  test("asks for base64 by itself and decodes it to the same numbers", async () => {
    bodies.length = 0
    const { data, usage, model } = await client.embeddings.create({ model: "mock/embed", input: values })
    expect(bodies[0]).toMatchObject({ encoding_format: "base64" })
    expect(data.map(({ embedding }) => embedding)).toEqual((await expected()) as number[][])
    expect(data.map(({ index }) => index)).toEqual([0, 1])
    expect(usage).toMatchObject({ prompt_tokens: 6, total_tokens: 6 })
    expect(model).toBe("mock/embed")
  })

  test("gets floats, and a length, where it asks for them", async () => {
    const { data } = await client.embeddings.create({
      model: "mock/embed",
      input: [1, 2, 3],
      encoding_format: "float",
      dimensions: 3,
    })
    expect(data).toHaveLength(1)
    expect(data[0]?.embedding).toHaveLength(3)
  })

  test("understands a refusal", async () => {
    const failure = await client.embeddings.create({ model: "mock/embed", input: "" }).catch((error) => error)
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError)
    expect(failure).toMatchObject({ param: "input", code: "invalid_request" })
  })
})

describe("AI SDK", () => {
  test("embedMany by @ai-sdk/openai-compatible", async () => {
    const provider = createOpenAICompatible({ name: "signalbox", baseURL: `${url}/v1`, apiKey: "k" })
    const { embeddings: all, usage } = await embedMany({ model: provider.embeddingModel("mock/embed"), values })
    expect(all).toEqual((await expected()) as number[][])
    expect(usage.tokens).toBe(6)
  })

  test("embedMany by @openrouter/ai-sdk-provider", async () => {
    const provider = createOpenRouter({ baseURL: `${url}/api/v1`, apiKey: "k" })
    const { embeddings: all } = await embedMany({ model: provider.textEmbeddingModel("mock/embed"), values })
    expect(all).toEqual((await expected()) as number[][])
  })
})

describe("@openrouter/sdk", () => {
  const client = new OpenRouter({ serverURL: `${url}/api/v1`, apiKey: "k", retryConfig: { strategy: "none" } })

  test("embeddings", async () => {
    const reply = await client.embeddings.generate({
      requestBody: { model: "mock/embed", input: values, inputType: "search_query", provider: { sort: "price" } },
    })
    if (typeof reply === "string") throw new Error("a text came")
    expect(reply.data.map(({ embedding }) => embedding)).toEqual((await expected()) as number[][])
    expect(reply.usage).toMatchObject({ promptTokens: 6, totalTokens: 6, cost: 0.000004, isByok: false })
    expect(reply.id).toBe("gen-1")
  })

  test("content parts", async () => {
    const image = { type: "image_url", imageUrl: { url: "https://example.com/a.png" } } as const
    const reply = await client.embeddings.generate({
      requestBody: { model: "mock/embed", input: [{ content: [{ type: "text", text: "a fox" }, image] }] },
    })
    expect(reply).toMatchObject({ data: [{ object: "embedding", index: 0 }] })
  })

  test("rerank", async () => {
    const reply = await client.rerank.rerank({
      requestBody: {
        model: "mock/rerank",
        query: "red fox",
        documents: ["bear", { text: "a fox" }, "red fox"],
        topN: 2,
      },
    })
    if (typeof reply === "string") throw new Error("a text came")
    expect(reply.results).toEqual([
      { index: 2, relevanceScore: 1, document: { text: "red fox" } },
      { index: 1, relevanceScore: 0.5, document: { text: "a fox" } },
    ])
    expect(reply.usage).toEqual({ searchUnits: 1, cost: 0.001 })
    expect(reply.provider).toBe("Mock")
  })
})
