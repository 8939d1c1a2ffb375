import { describe, expect, test } from "bun:test"
import { google } from "../../../plugins/google/provider.ts"
import type { AbilityCall, EmbeddingsRequest, JsonObject, Loss, OutgoingCall } from "../../../src/contract/index.ts"
import { chat } from "../../kit/wire-client.ts"

const { abilities } = google.create({ id: "google", apiKey: "k", baseUrl: "http://h", headers: {}, options: {} })

const calling = (answer: (body: JsonObject) => JsonObject, model = "gemini-embedding-001") => {
  const sent: { readonly url: string; readonly headers: OutgoingCall["headers"]; readonly body: JsonObject }[] = []
  const losses: Loss[] = []
  const call: AbilityCall = {
    model,
    signal: new AbortController().signal,
    send: async ({ url, headers, body }) => {
      const parsed = JSON.parse(String(body)) as JsonObject
      sent.push({ url, headers, body: parsed })
      return Response.json(answer(parsed))
    },
    wait: async () => {},
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}1`,
  }
  return { call, sent, losses }
}

const ask = (fields: Partial<EmbeddingsRequest>): EmbeddingsRequest => ({
  model: "a/b",
  input: [{ type: "text", text: "one" }],
  encoding: "float",
  ...fields,
})
const texts = (count: number) => Array.from({ length: count }, (_, at) => ({ type: "text" as const, text: `t${at}` }))

describe("embeddings", () => {
  const run = abilities?.embeddings?.run
  if (!run) throw new Error("no embeddings")

  test("one input", async () => {
    const { call, sent, losses } = calling(() => ({
      embedding: { values: [0.5] },
      usageMetadata: { promptTokenCount: 4 },
    }))
    const reply = await run(ask({ dimensions: 3, inputType: "search_query", extras: { title: "T" } }), call)
    expect(sent).toMatchObject([
      {
        url: "http://h/v1beta/models/gemini-embedding-001:embedContent",
        headers: { "content-type": "application/json", "x-goog-api-key": "k" },
        body: {
          model: "models/gemini-embedding-001",
          content: { parts: [{ text: "one" }] },
          taskType: "RETRIEVAL_QUERY",
          outputDimensionality: 3,
          title: "T",
        },
      },
    ])
    expect(reply.vectors).toEqual([{ floats: [0.5] }])
    expect(reply.usage?.input.fresh).toBe(4)
    expect(losses).toEqual([])
  })

  test("several, in batches of a hundred, in order", async () => {
    const { call, sent } = calling((body) => ({
      embeddings: (body.requests as JsonObject[]).map(({ content }) => {
        const [part] = (content as { parts: { text: string }[] }).parts
        return { values: [Number(part?.text.slice(1))] }
      }),
    }))
    const reply = await run(ask({ input: texts(250) }), call)
    expect(sent.map(({ url }) => url)).toEqual(
      Array(3).fill("http://h/v1beta/models/gemini-embedding-001:batchEmbedContents"),
    )
    expect(reply.vectors).toEqual(Array.from({ length: 250 }, (_, at) => ({ floats: [at] })))
    expect(reply.usage).toBeUndefined()
  })

  test("media with text is one content", async () => {
    const { call, sent } = calling(() => ({ embedding: { values: [1] } }))
    const image = { type: "media", kind: "image", mime: "image/png", source: { type: "data", base64: "AA==" } } as const
    await run(ask({ input: [{ type: "content", content: [{ type: "text", text: "a" }, image] }] }), call)
    expect(sent[0]?.body.content).toEqual({
      parts: [{ text: "a" }, { inlineData: { mimeType: "image/png", data: "AA==" } }],
    })
  })

  test("what has no form here is reported or refused", async () => {
    const { call, losses } = calling(() => ({ embedding: { values: [1] } }))
    await run(ask({ inputType: "image", user: "u", extras: { truncate: "END" } }), call)
    expect(losses.map(({ path }) => path)).toEqual(["input_type", "user", "truncate"])
    const refused = await run(ask({ input: [{ type: "tokens", tokens: [1] }] }), call).catch((error) => error)
    expect(refused).toMatchObject({ code: "unsupported_parameter", param: "input[0]" })
  })

  test("an answer of another length is no answer", async () => {
    const { call } = calling(() => ({ embeddings: [{ values: [1] }] }))
    const failed = await run(ask({ input: texts(2) }), call).catch((error) => error)
    expect(failed).toMatchObject({ code: "bad_provider_response" })
  })

  test("only models that embed", () => {
    expect(abilities?.embeddings?.serves?.("gemini-embedding-2")).toBe(true)
    expect(abilities?.embeddings?.serves?.("gemini-3-flash")).toBe(false)
  })
})

describe("countTokens", () => {
  const run = abilities?.countTokens?.run
  if (!run) throw new Error("no countTokens")

  test("over the whole request", async () => {
    const { call, sent } = calling(() => ({ totalTokens: 31 }), "gemini-3-flash")
    const tools = [{ type: "function" as const, name: "f" }]
    expect(await run(chat({ text: "hi", tools }), call)).toBe(31)
    expect(sent).toMatchObject([
      {
        url: "http://h/v1beta/models/gemini-3-flash:countTokens",
        body: {
          generateContentRequest: {
            model: "models/gemini-3-flash",
            contents: [{ role: "user", parts: [{ text: "hi" }] }],
            tools: [{ functionDeclarations: [{ name: "f" }] }],
          },
        },
      },
    ])
  })

  test("an answer without a number", async () => {
    const { call } = calling(() => ({}), "gemini-3-flash")
    expect(await run(chat({}), call).catch((error) => error)).toMatchObject({ code: "bad_provider_response" })
  })
})
