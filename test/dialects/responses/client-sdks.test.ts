import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { createOpenAI } from "@ai-sdk/openai"
import { OpenRouter } from "@openrouter/sdk"
import { generateText, streamText, type ToolSet, tool } from "ai"
import OpenAI from "openai"
import { zodResponsesFunction, zodTextFormat } from "openai/helpers/zod"
import { z } from "zod"
import { type ChatPart, emptyUsage, type Face, GatewayError, isObject, type Json } from "../../../src/contract/index.ts"
import { openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { decode, replyOf, streamOf } from "../../kit/responses-client.ts"

/** The vendors' own clients judge what the encoders write, over HTTP on loopback. The answer is chosen by the name of the model. */

const words = (...texts: string[]): ChatPart[] => [
  { type: "text-start", index: 5 },
  ...texts.map((text): ChatPart => ({ type: "text-delta", text, index: 5 })),
  { type: "text-end", index: 5 },
]
const call = (index: number, id: string, name: string, ...pieces: string[]): ChatPart[] => [
  { type: "tool-call-start", id, name, kind: "function", index },
  ...pieces.map((text): ChatPart => ({ type: "tool-call-delta", arguments: text, index })),
  { type: "tool-call-end", index },
]
const usage: ChatPart = {
  type: "usage",
  usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh: 7 }, output: { ...emptyUsage.output, text: 3 } },
}
const thought: ChatPart[] = [
  { type: "reasoning-start", format: "anthropic-claude-v1", index: 0 },
  { type: "reasoning-delta", text: "hmm", index: 0 },
  { type: "reasoning-delta", signature: "sig", index: 0 },
  { type: "reasoning-end", index: 0 },
]

const answers: Readonly<Record<string, readonly ChatPart[]>> = {
  words: [...thought, ...words("Hello ", "world"), { type: "citation", url: "https://x", title: "X", index: 5 }],
  calls: [
    ...thought,
    ...words("On it."),
    ...call(7, "c1", "weather", '{"city":', '"Köln"}'),
    ...call(8, "c2", "now"),
    { type: "tool-call-start", id: "c3", name: "patch", kind: "custom", index: 9 },
    { type: "tool-call-delta", arguments: "*** Begin", index: 9 },
    { type: "tool-call-end", index: 9 },
  ],
  json: words('{"answer"', ":42}"),
  refusal: [{ type: "refusal-delta", text: "No.", index: 0 }],
  image: [
    {
      type: "media",
      media: { type: "media", kind: "image", source: { type: "data", base64: "AAAA" }, mime: "image/png" },
      index: 0,
    },
  ],
  raw: [
    { type: "reasoning-start", format: "openai-responses-v1", id: "rs_9", index: 0 },
    { type: "reasoning-delta", text: "raw", index: 0 },
    { type: "reasoning-delta", encrypted: "gAAA", index: 0 },
    { type: "reasoning-end", index: 0 },
    ...words("ok"),
  ],
  search: [
    {
      type: "opaque",
      dialect: "messages",
      data: { type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } },
      index: 0,
    },
    ...words("found"),
  ],
  empty: [],
}

const partsOf = (name: string): ChatPart[] => {
  const body = answers[name] ?? []
  const reason = name === "calls" ? "tool-calls" : "stop"
  return [{ type: "start" }, ...body, { type: "finish", reason, raw: null }, usage]
}

const seen: Json[] = []
let server: ReturnType<typeof Bun.serve>
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    fetch: async (incoming) => {
      const face: Face = new URL(incoming.url).pathname.startsWith("/api/") ? openrouterFace : requestyFace
      const body = (await incoming.json()) as Json
      seen.push(body)
      const request = decode(body)
      if (request.model === "cut") {
        const parts = partsOf("words").slice(0, 8)
        const { text } = streamOf(parts, face, request, new GatewayError("stream_interrupted", "the upstream hung up"))
        return new Response(text, { headers: { "content-type": "text/event-stream" } })
      }
      const parts = partsOf(request.model)
      if (!request.stream) return Response.json(replyOf(parts, face, request))
      return new Response(streamOf(parts, face, request).text, { headers: { "content-type": "text/event-stream" } })
    },
  })
})
afterAll(() => server.stop(true))

const openai = () => new OpenAI({ apiKey: "k", baseURL: new URL("/v1", server.url).href, maxRetries: 0 })
const names = Object.keys(answers)
const expected: Readonly<Record<string, string>> = {
  words: "Hello world",
  calls: "On it.",
  json: '{"answer":42}',
  raw: "ok",
  search: "found",
}

describe("openai", () => {
  test.each(names)("%s: what the stream helper folds is the whole reply", async (model) => {
    const streamed = await openai().responses.stream({ model, input: "hi" }).finalResponse()
    const whole = await openai().responses.create({ model, input: "hi" })
    expect(whole.output_text).toBe(expected[model] ?? "")
    expect(streamed.output_text).toBe(whole.output_text)
    expect(
      JSON.parse(JSON.stringify(streamed.output, (key, value) => (/^parsed/.test(key) ? undefined : value))),
    ).toEqual(JSON.parse(JSON.stringify(whole.output)))
    expect(whole.usage).toMatchObject({ input_tokens: 7, output_tokens: 3, total_tokens: 10, cost: 0.5 })
    expect(streamed.usage).toEqual(whole.usage!)
  })

  test("every event is one that the library knows, and its snapshots grow", async () => {
    const stream = openai().responses.stream({ model: "calls", input: "hi" })
    const snapshots: string[] = []
    stream.on("response.function_call_arguments.delta", (event) => snapshots.push(event.snapshot))
    await stream.done()
    expect(snapshots).toEqual(['{"city":', '{"city":"Köln"}'])
  })

  test("structured answers and calls are parsed", async () => {
    const format = zodTextFormat(z.object({ answer: z.number() }), "answer")
    const parsed = await openai().responses.parse({ model: "json", input: "hi", text: { format } })
    expect(parsed.output_parsed).toEqual({ answer: 42 })
    const tools = [zodResponsesFunction({ name: "weather", parameters: z.object({ city: z.string() }) })]
    const calls = await openai().responses.parse({ model: "calls", input: "hi", tools })
    const found = calls.output.find((item) => item.type === "function_call")
    expect(found?.type === "function_call" && found.parsed_arguments).toEqual({ city: "Köln" })
  })

  test("a failure in the middle is a failed response with its words", async () => {
    const final = await openai().responses.stream({ model: "cut", input: "hi" }).finalResponse()
    expect(final).toMatchObject({ status: "failed", error: { code: "server_error", message: "the upstream hung up" } })
  })
})

describe("@ai-sdk/openai", () => {
  const model = (name: string) =>
    createOpenAI({ apiKey: "k", baseURL: new URL("/v1", server.url).href }).responses(name)
  const tools = {
    weather: tool({ inputSchema: z.object({ city: z.string() }) }),
    now: tool({ inputSchema: z.object({}) }),
  } as unknown as ToolSet
  const fails = ({ error }: { error: unknown }) => {
    throw error
  }

  test.each(names.filter((name) => name !== "calls"))("%s, whole and streamed", async (name) => {
    const whole = await generateText({ model: model(name), prompt: "hi", maxRetries: 0 })
    const streamed = streamText({ model: model(name), prompt: "hi", maxRetries: 0, onError: fails })
    // This library shows a refusal as text.
    const text = expected[name] ?? (name === "refusal" ? "No." : "")
    expect([whole.text, await streamed.text]).toEqual([text, text])
    expect(whole.usage).toMatchObject({ inputTokens: 7, outputTokens: 3 })
    expect(await streamed.finishReason).toBe(whole.finishReason)
  })

  test("reasoning is shown, and what signs it comes back in the next turn", async () => {
    const first = streamText({ model: model("calls"), prompt: "hi", tools, maxRetries: 0, onError: fails })
    expect(await first.reasoningText).toBe("hmm")
    expect((await first.toolCalls).map(({ toolName, input }) => [toolName, input])).toEqual(
      expect.arrayContaining([
        ["weather", { city: "Köln" }],
        ["now", {}],
      ]),
    )
    const history = (await first.response).messages
    const output = { type: "text" as const, value: "sunny" }
    const results = (await first.toolCalls).map(({ toolCallId, toolName }) => ({
      type: "tool-result" as const,
      toolCallId,
      toolName,
      output,
    }))
    await generateText({
      model: model("words"),
      messages: [{ role: "user", content: "hi" }, ...history, { role: "tool", content: results }],
      tools,
      maxRetries: 0,
      providerOptions: { openai: { store: false } },
    })
    const turn = decode(seen.at(-1)!).messages.find(({ role }) => role === "assistant")
    expect(turn?.content[0]).toMatchObject({
      type: "reasoning",
      format: "anthropic-claude-v1",
      text: "hmm",
      signature: "sig",
    })
    expect(turn?.content.filter(({ type }) => type === "tool-call").length).toBeGreaterThanOrEqual(2)
  })

  test("a failure in the middle is an error", async () => {
    const errors: unknown[] = []
    const result = streamText({
      model: model("cut"),
      prompt: "hi",
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    })
    await result.consumeStream()
    expect(JSON.stringify(errors)).toContain("the upstream hung up")
  })
})

describe("@openrouter/sdk", () => {
  const client = () => new OpenRouter({ apiKey: "k", serverURL: new URL("/api/v1", server.url).href })

  test.each(names)("%s, whole", async (model) => {
    const tools = [{ type: "function" as const, name: "weather", parameters: { type: "object" } }]
    const result = await client().beta.responses.send({
      responsesRequest: { model, input: "hi", tools, instructions: "Be brief." },
    })
    if (!("output" in result)) throw new Error("no response")
    expect(result.usage).toMatchObject({ inputTokens: 7, totalTokens: 10, cost: 0.5 })
    // Items that the library cannot read become raw ones of an unknown kind.
    expect(result.output.filter((item) => isObject(item) && "raw" in item)).toEqual([])
    const whole = replyOf(partsOf(model), openrouterFace).output as { type: string }[]
    expect(result.output.map(({ type }) => type)).toEqual(whole.map(({ type }) => type) as never)
  })

  test.each(names)("%s, streamed", async (model) => {
    const events = await client().beta.responses.send({ responsesRequest: { model, input: "hi", stream: true } })
    if (!(Symbol.asyncIterator in events)) throw new Error("no stream")
    const kinds: string[] = []
    for await (const event of events) {
      kinds.push(event.type)
      expect("isUnknown" in event && event.isUnknown).toBe(false)
    }
    expect(kinds[0]).toBe("response.created")
    expect(kinds.at(-1)).toBe("response.completed")
  })
})
