import { afterAll, describe, expect, test } from "bun:test"
import { cohereV2 } from "../../plugins/cohere/dialect/index.ts"
import { type Dialect, emptyUsage, type Json } from "../../src/contract/index.ts"
import { chatCompletions, gemini, messages, messagesClient, responses } from "../../src/dialects/index.ts"
import { startGateway } from "../kit/gateway.ts"
import { generationOf } from "../kit/upstreams.ts"
import { chat, counter } from "../kit/wire-client.ts"
import { startWireServer } from "../kit/wire-server.ts"

/** Faults that fuzzing found, each as the smallest thing that showed it. */

/** Words that every object of JavaScript knows. */
const inherited = ["__proto__", "constructor", "toString"]

const text = { type: "text", text: "hi" }
const ending: readonly (readonly [Dialect, (word: string) => Json])[] = [
  [chatCompletions, (finish_reason) => ({ choices: [{ index: 0, message: { content: "hi" }, finish_reason }] })],
  [messages, (stop_reason) => ({ type: "message", content: [text], stop_reason, usage: {} })],
  [gemini, (finishReason) => ({ candidates: [{ content: { parts: [{ text: "hi" }] }, finishReason }] })],
  [responses, (reason) => ({ object: "response", status: "incomplete", incomplete_details: { reason }, output: [] })],
  [cohereV2, (finish_reason) => ({ id: "c", finish_reason, message: { content: [text] } })],
]

describe("a finish reason that is a word of the language is one that nobody knows", () => {
  for (const [dialect, body] of ending)
    for (const word of inherited)
      test(`${dialect.name}: ${word}`, () => {
        const source = { profile: {}, model: "m", request: chat(), newId: counter() }
        const finish = dialect.decodeReply(body(word), source).find(({ type }) => type === "finish")
        expect(finish).toMatchObject({ type: "finish", reason: "other" })
      })
})

describe("a number that counts nothing is none", () => {
  const endless = Number.POSITIVE_INFINITY
  const read = (dialect: Dialect, body: Json) =>
    dialect.decodeReply(body, { profile: {}, model: "m", request: chat(), newId: counter() })

  for (const dialect of [chatCompletions, responses])
    test(`${dialect.name}: tokens without end`, () => {
      const choices = [{ index: endless, message: { content: "hi" }, finish_reason: "stop" }]
      const usage = { prompt_tokens: endless, input_tokens: endless, completion_tokens: 3, output_tokens: 3 }
      const parts = read(dialect, { choices, object: "response", status: "completed", output: [], usage })
      expect(parts).toContainEqual(
        expect.objectContaining({ type: "usage", usage: { ...emptyUsage, output: { ...emptyUsage.output, text: 3 } } }),
      )
    })

  for (const index of [endless, -1, "x", null])
    test(`the first answer is the first, whatever its number: ${index}`, () => {
      const chosen = read(chatCompletions, { choices: [{ index, message: { content: "hi" }, finish_reason: "stop" }] })
      const candidate = read(gemini, {
        candidates: [{ index, content: { parts: [{ text: "hi" }] }, finishReason: "STOP" }],
      })
      for (const parts of [chosen, candidate]) expect(parts.some((part) => "choice" in part && part.choice)).toBe(false)
    })
})

test("a service tier that is a word of the language stays a text", () => {
  const body = { model: "a/b", max_tokens: 1, messages: [{ role: "user", content: "hi" }], service_tier: "constructor" }
  expect(messagesClient.decodeRequest(body).serviceTier).toBe("constructor")
})

describe("a call that names no tool is a failure of the upstream", () => {
  const calls = (index: number, name: string) => [{ index, id: "c", function: { name, arguments: "{}" } }]
  const nameless = { role: "assistant", content: null, tool_calls: calls(0, "") }
  const event = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const upstream = startWireServer(({ body }) => {
    if (!body.stream)
      return {
        status: 200,
        body: JSON.stringify({ choices: [{ index: 0, message: nameless, finish_reason: "tool_calls" }] }),
      }
    const said = body.model === "late" ? [event({ content: "Let me look." })] : []
    const events = [...said, event({ tool_calls: calls(0, "") }), event({}, "tool_calls"), "data: [DONE]\n\n"]
    return { events, end: "close" }
  })
  const starting = startGateway({
    providers: [{ id: "up", plugin: "openai-compatible", base_url: `${upstream.url}/v1` }],
    retries: { same_upstream: 0 },
  })
  afterAll(async () => {
    await (await starting).stop()
    await upstream.stop()
  })
  const ask = async (model: string, stream: boolean) => {
    const gateway = await starting
    const body = { model: `up/${model}`, max_tokens: 9, stream, messages: [{ role: "user", content: "hi" }] }
    const response = await gateway.post("/v1/messages", body)
    return {
      status: response.status,
      text: await response.text(),
      code: (await generationOf(gateway, response)).error_code,
    }
  }

  test("whole", async () => {
    expect(await ask("early", false)).toMatchObject({ status: 502, code: "bad_provider_response" })
  })

  test("streamed, before anything else", async () => {
    expect(await ask("early", true)).toMatchObject({ status: 502, code: "bad_provider_response" })
  })

  test("streamed, after words", async () => {
    const { status, text: told, code } = await ask("late", true)
    expect([status, code]).toEqual([200, "bad_provider_response"])
    expect(told).toContain("event: error")
    expect(told).not.toContain('content_block_start\ndata: {"type":"content_block_start","index":1')
  })
})
