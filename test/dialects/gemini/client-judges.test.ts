import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test"
import { createGoogleGenerativeAI } from "@ai-sdk/google"
import { GoogleGenAI, Type } from "@google/genai"
import { generateText, streamText } from "ai"
import {
  type ChatPart,
  type ChatRequest,
  type EmbeddingsRequest,
  GatewayError,
  type Json,
} from "../../../src/contract/index.ts"
import {
  createJsonArrayWriter,
  decodeBatchEmbedContents,
  decodeCountTokens,
  decodeEmbedContent,
  encodeBatchEmbedContents,
  encodeCountTokens,
  encodeEmbedContent,
  geminiClient,
  requestyFace,
} from "../../../src/dialects/index.ts"
import { call, stop, streamed, text, thought, usage, whole } from "./client-kit.ts"

/** Google's own client, and the AI SDK's for this API, judge what the encoders write and are read by the decoders. */

let answer: readonly ChatPart[] = []
let chats: ChatRequest[] = []
let embeddings: EmbeddingsRequest[] = []
let server: ReturnType<typeof Bun.serve>

const reply = (url: URL, body: Json): Response => {
  const [, model = "", method = ""] = /\/models\/([^:]+):(\w+)$/.exec(url.pathname) ?? []
  const stream = method === "streamGenerateContent"
  const address = { model: decodeURIComponent(model), stream }
  const vectors = { vectors: [{ floats: [0.5, -1] }, { base64: "AAAAPwAAgL8=" }], usage }
  if (method === "countTokens") {
    chats.push(decodeCountTokens(body, address))
    return Response.json(encodeCountTokens(31))
  }
  if (method === "embedContent") {
    embeddings.push(decodeEmbedContent(body, address))
    return Response.json(encodeEmbedContent(vectors, 0.1))
  }
  if (method === "batchEmbedContents") {
    embeddings.push(decodeBatchEmbedContents(body, address))
    return Response.json(encodeBatchEmbedContents(vectors, 0.1))
  }
  chats.push(geminiClient.decodeRequest(body, address))
  const failed = answer.find((part) => part.type === "error")
  if (failed && !stream)
    return Response.json(geminiClient.errorBody(failed.error, requestyFace, { requestId: "r" }), {
      status: requestyFace.status(failed.error),
    })
  if (!stream) return Response.json(whole(answer))
  const events = geminiClient.keepAlive(requestyFace) + streamed(answer)
  if (url.searchParams.get("alt") === "sse")
    return new Response(events, { headers: { "content-type": "text/event-stream" } })
  const writer = createJsonArrayWriter()
  const parts = [writer.push(new TextEncoder().encode(events)), writer.end()]
  return new Response(Buffer.concat(parts), { headers: { "content-type": "application/json" } })
}

beforeAll(() => {
  server = Bun.serve({ port: 0, fetch: async (request) => reply(new URL(request.url), (await request.json()) as Json) })
})
afterAll(() => server.stop(true))
beforeEach(() => {
  chats = []
  embeddings = []
  answer = [{ type: "start" }, ...text("Hello "), ...text("world", 1), ...stop]
})

const client = () => new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: server.url.href } })
const model = "anthropic/claude-sonnet"

describe("@google/genai", () => {
  test("generateContent", async () => {
    const response = await client().models.generateContent({
      model,
      contents: "hi",
      config: {
        systemInstruction: "be brief",
        maxOutputTokens: 5,
        thinkingConfig: { thinkingBudget: 100 },
        responseMimeType: "application/json",
        responseSchema: { type: Type.OBJECT, properties: { a: { type: Type.STRING } } },
        tools: [{ functionDeclarations: [{ name: "f", parametersJsonSchema: { type: "object" } }] }],
      },
    })
    expect(response.text).toBe("Hello world")
    expect(response.usageMetadata).toMatchObject({ promptTokenCount: 110, thoughtsTokenCount: 7, cost: 0.25 })
    expect(response.candidates?.[0]?.finishReason).toBe("STOP" as never)
    expect(chats).toMatchObject([
      {
        messages: [{ role: "system" }, { role: "user", content: [{ text: "hi" }] }],
        maxOutputTokens: 5,
        reasoning: { budget: 100 },
        responseFormat: { schema: { type: "object", properties: { a: { type: "string" } } } },
        tools: [{ name: "f", parameters: { type: "object" } }],
      },
    ])
  })

  test("function calls, with thoughts apart", async () => {
    answer = [{ type: "start" }, ...thought("deepseek-v1", "hm", 0), ...call("c1", "f", '{"a":1}', 1), ...stop]
    const response = await client().models.generateContent({ model, contents: "hi" })
    expect(response.functionCalls).toEqual([{ id: "c1", name: "f", args: { a: 1 } }])
    expect(response.candidates?.[0]?.content?.parts?.[0]).toEqual({ text: "hm", thought: true })
  })

  test("generateContentStream", async () => {
    const stream = await client().models.generateContentStream({ model, contents: "hi" })
    const chunks = await Array.fromAsync(stream)
    expect(chunks.map((chunk) => chunk.text).join("")).toBe("Hello world")
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({ totalTokenCount: 137 })
    expect(chats[0]?.stream).toBe(true)
  })

  test("a stream that fails is an error of the SDK with status", async () => {
    answer = [...text("a"), { type: "error", error: new GatewayError("provider_overloaded", "busy") }]
    const stream = await client().models.generateContentStream({ model, contents: "hi" })
    const failed = await Array.fromAsync(stream).catch((error) => error)
    expect(failed).toMatchObject({ name: "ApiError", status: 503 })
    const refused = await client()
      .models.generateContent({ model, contents: "hi" })
      .catch((error) => error)
    expect(refused).toMatchObject({ name: "ApiError", status: 503 })
    expect(JSON.parse(refused.message).error).toMatchObject({ status: "UNAVAILABLE", message: "busy" })
  })

  for (const isStream of [false, true])
    test(`chats keep a tool turn of another vendor, ${isStream ? "streamed" : "whole"}`, async () => {
      const chat = client().chats.create({ model })
      const send = async (message: Parameters<typeof chat.sendMessage>[0]["message"]) => {
        if (!isStream) return chat.sendMessage({ message })
        return (await Array.fromAsync(await chat.sendMessageStream({ message }))).at(-1)
      }
      const thinking = (id: string) => thought("anthropic-claude-v1", `why ${id}`, 0, { signature: `sig-${id}` })
      for (const id of ["c1", "c2"]) {
        answer = [{ type: "start" }, ...thinking(id), ...call(id, "f", '{"a":1}', 1), ...stop]
        await send(id === "c1" ? "go" : { functionResponse: { id: "c1", name: "f", response: { output: "one" } } })
      }
      answer = [{ type: "start" }, ...text("done"), ...stop]
      await send({ functionResponse: { id: "c2", name: "f", response: { output: "two" } } })
      const turn = (id: string) => [
        { type: "reasoning", format: "anthropic-claude-v1", text: `why ${id}`, signature: `sig-${id}` },
        { type: "tool-call", id, name: "f", arguments: '{"a":1}', kind: "function" },
      ]
      expect(chats.at(-1)?.messages).toEqual([
        { role: "user", content: [{ type: "text", text: "go" }] },
        { role: "assistant", content: turn("c1") },
        { role: "tool", callId: "c1", name: "f", content: [{ type: "text", text: "one" }] },
        { role: "assistant", content: turn("c2") },
        { role: "tool", callId: "c2", name: "f", content: [{ type: "text", text: "two" }] },
      ] as never)
    })

  test("countTokens", async () => {
    const counted = await client().models.countTokens({ model, contents: ["one", "two"] })
    expect(counted.totalTokens).toBe(31)
    expect(chats[0]?.messages).toHaveLength(1)
    expect(decodeCountTokens({ generate_content_request: { model: "models/x", contents: "a" } })).toMatchObject({
      model: "x",
    })
  })

  test("embedContent", async () => {
    const config = { taskType: "RETRIEVAL_QUERY", outputDimensionality: 2 }
    const embedded = await client().models.embedContent({ model, contents: ["one", "two"], config })
    expect(embedded.embeddings).toEqual([{ values: [0.5, -1] }, { values: [0.5, -1] }])
    expect(embeddings).toEqual([
      {
        model,
        input: [
          { type: "text", text: "one" },
          { type: "text", text: "two" },
        ],
        encoding: "float",
        dimensions: 2,
        inputType: "search_query",
      },
    ])
  })
})

describe("embedding one content, and batches that cannot be one call", () => {
  test(":embedContent", async () => {
    const body = {
      content: { parts: [{ text: "a" }, { inlineData: { mimeType: "image/png", data: "AA==" } }] },
      title: "t",
    }
    const response = await fetch(new URL("/v1beta/models/m:embedContent", server.url), {
      method: "POST",
      body: JSON.stringify(body),
    })
    expect(await response.json()).toEqual({
      embedding: { values: [0.5, -1] },
      usageMetadata: { promptTokenCount: 110, totalTokenCount: 110, cost: 0.1 },
    })
    expect(embeddings[0]).toMatchObject({
      input: [{ type: "content", content: [{}, { kind: "image" }] }],
      extras: { title: "t" },
    })
  })

  test("mistakes are named", () => {
    const paramOf = (requests: Json): string => {
      try {
        decodeBatchEmbedContents({ requests })
        return ""
      } catch (thrown) {
        return (thrown as GatewayError).param ?? "?"
      }
    }
    const content = { parts: [{ text: "a" }] }
    expect(paramOf([])).toBe("requests")
    expect(paramOf([{}])).toBe("requests[0].content")
    expect(paramOf([{ content: { parts: [] } }])).toBe("requests[0].content.parts")
    expect(paramOf([{ content }, { content, taskType: "CLUSTERING" }])).toBe("requests[1]")
  })
})

test("without alt=sse the stream is a JSON array", async () => {
  const response = await fetch(new URL("/v1beta/models/m:streamGenerateContent", server.url), {
    method: "POST",
    body: JSON.stringify({ contents: "hi" }),
  })
  const chunks = (await response.json()) as { candidates: { finishReason?: string }[] }[]
  expect(chunks).toHaveLength(3)
  expect(chunks.at(-1)?.candidates[0]?.finishReason).toBe("STOP")
})

describe("@ai-sdk/google", () => {
  const languageModel = () =>
    createGoogleGenerativeAI({ apiKey: "k", baseURL: new URL("/v1beta", server.url).href })("gemini-3-pro")

  test("generateText", async () => {
    const { text: said, usage: used } = await generateText({ model: languageModel(), prompt: "hi" })
    expect(said).toBe("Hello world")
    expect(used.inputTokens).toBe(110)
    expect(used.outputTokens).toBe(27)
  })

  test("streamText, with thoughts and a call", async () => {
    answer = [
      { type: "start" },
      ...thought("unknown", "hm", 0),
      ...text("Well.", 1),
      ...call("c1", "f", '{"a":1}', 2),
      ...stop,
    ]
    const result = streamText({ model: languageModel(), prompt: "hi" })
    expect(await result.text).toBe("Well.")
    expect(await result.reasoningText).toBe("hm")
    expect((await result.toolCalls).map(({ toolName, input }) => [toolName, input])).toEqual([["f", { a: 1 }]])
    expect(await result.finishReason).toBe("tool-calls")
  })
})
