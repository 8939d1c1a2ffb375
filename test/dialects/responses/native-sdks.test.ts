import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { createOpenAI } from "@ai-sdk/openai"
import { OpenRouter } from "@openrouter/sdk"
import { generateText, jsonSchema, streamText, type ToolSet, tool } from "ai"
import OpenAI from "openai"
import { responses } from "../../../src/dialects/index.ts"
import { responsesStreams } from "../../kit/responses-streams.ts"
import { patchFor, throughTap } from "../../kit/responses-upstream.ts"

/** The vendors' own clients judge what the native lane lets through, over HTTP on loopback. The model's name chooses the answer. */

const answers = {
  words: responsesStreams["reasoning summaries, text, citation"]!,
  calls: responsesStreams["calls in parallel, one without arguments, and a custom one"]!,
  limit: responsesStreams["an answer that is cut at its limit"]!,
} as const

const streamed = { headers: { "content-type": "text/event-stream" } }

let server: ReturnType<typeof Bun.serve>
beforeAll(() => {
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (incoming) => {
      const patch = patchFor(new URL(incoming.url).pathname.startsWith("/api/") ? "openrouter" : "requesty")
      const body = (await incoming.json()) as { model: string; stream?: boolean }
      const bytes = new TextEncoder().encode(answers[body.model === "cut" ? "words" : (body.model as "words")].text)
      if (body.model === "cut") return new Response(throughTap([bytes.subarray(0, 2500)], patch).text, streamed)
      if (body.stream) return new Response(throughTap([bytes], patch).text, streamed)
      const { whole } = answers[body.model as "words"]
      return new Response(responses.native!.reply(JSON.stringify(whole), patch, "vendor").text, {
        headers: { "content-type": "application/json" },
      })
    },
  })
})
afterAll(() => server.stop(true))

const said = 'Grüße from "Köln"\n\t😀 a\\b'
const openai = () => new OpenAI({ apiKey: "k", baseURL: new URL("/v1", server.url).href, maxRetries: 0 })

describe("OpenAI's SDK", () => {
  test("reads a whole reply", async () => {
    const reply = await openai().responses.create({ model: "words", input: "hi" })
    expect(reply).toMatchObject({ id: "resp_gateway123", output_text: said, usage: { cost: 0.25 } })
  })

  test("iterates a stream", async () => {
    const seen: string[] = []
    for await (const event of await openai().responses.create({ model: "words", input: "hi", stream: true }))
      seen.push(event.type)
    expect(seen[0]).toBe("response.created")
    expect(seen.at(-1)).toBe("response.completed")
  })

  test("its stream helper makes the same answer of it", async () => {
    for (const model of ["words", "calls"] as const) {
      const final = await openai().responses.stream({ model, input: "hi" }).finalResponse()
      const whole = await openai().responses.create({ model, input: "hi" })
      expect(final.output.map(({ type }) => type)).toEqual(whole.output.map(({ type }) => type))
      expect(final.output_text).toBe(whole.output_text)
    }
  })

  test("is told of a cut stream", async () => {
    const final = await openai().responses.stream({ model: "cut", input: "hi" }).finalResponse()
    expect(final).toMatchObject({ status: "failed", error: { message: expect.stringContaining("ended before") } })
  })
})

describe("the AI SDK", () => {
  const model = (name: string) =>
    createOpenAI({ apiKey: "k", baseURL: new URL("/v1", server.url).href }).responses(name)
  const tools = {
    weather: tool({ inputSchema: jsonSchema({ type: "object" }) }),
    clock: tool({ inputSchema: jsonSchema({ type: "object" }) }),
  } as unknown as ToolSet

  test("reads a whole reply", async () => {
    const reply = await generateText({ model: model("words"), prompt: "hi", maxRetries: 0 })
    expect(reply.text).toBe(said)
    expect(reply.usage).toMatchObject({ inputTokens: 36, outputTokens: 87 })
    expect(reply.sources).toHaveLength(1)
  })

  test("reads a stream with reasoning", async () => {
    const reply = streamText({ model: model("words"), prompt: "hi", maxRetries: 0 })
    expect(await reply.text).toBe(said)
    expect(await reply.reasoningText).toContain("First thought")
    expect(await reply.finishReason).toBe("stop")
  })

  test("reads calls in parallel", async () => {
    const reply = streamText({ model: model("calls"), prompt: "hi", tools, maxRetries: 0, onError: () => undefined })
    const calls = (await reply.toolCalls).filter(({ toolName }) => toolName !== "apply_patch")
    expect(calls.map(({ toolName, input }) => [toolName, input])).toEqual([
      ["weather", { city: "Köln" }],
      ["clock", {}],
    ])
  })

  test("knows the limit", async () => {
    const reply = streamText({ model: model("limit"), prompt: "hi", maxRetries: 0 })
    expect(await reply.finishReason).toBe("length")
  })

  test("is told of a cut stream", async () => {
    const errors: unknown[] = []
    const reply = streamText({
      model: model("cut"),
      prompt: "hi",
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    })
    await reply.consumeStream()
    expect(errors.length + (((await reply.finishReason) as string) === "error" ? 1 : 0)).toBeGreaterThan(0)
  })
})

describe("OpenRouter's SDK", () => {
  const client = () =>
    new OpenRouter({ apiKey: "k", serverURL: new URL("/api/v1", server.url).href, retryConfig: { strategy: "none" } })

  test("reads a whole reply", async () => {
    const reply = await client().beta.responses.send({ responsesRequest: { model: "words", input: "hi" } })
    expect(reply).toMatchObject({ id: "resp_gateway123", status: "completed", usage: { cost: 0.25 } })
  })

  test("reads a stream to its end", async () => {
    const events = await client().beta.responses.send({
      responsesRequest: { model: "words", input: "hi", stream: true },
    })
    if (!(Symbol.asyncIterator in events)) throw new Error("no stream")
    const types: string[] = []
    for await (const event of events) {
      types.push(event.type)
      expect("isUnknown" in event && event.isUnknown).toBe(false)
    }
    expect(types.at(-1)).toBe("response.completed")
    expect(types.length).toBeGreaterThan(10)
  })
})
