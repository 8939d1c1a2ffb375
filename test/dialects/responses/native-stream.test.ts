import { describe, expect, test } from "bun:test"
import { inputTokens, type Usage } from "../../../src/contract/index.ts"
import { createSseDecoder } from "../../../src/dialects/index.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { responsesStreams } from "../../kit/responses-streams.ts"
import { decodeText, patchFor, throughTap } from "../../kit/responses-upstream.ts"

const encoder = new TextEncoder()
const done = "data: [DONE]\n\n"

interface Event {
  readonly type: string
  readonly sequence_number?: number
  readonly response?: Record<string, unknown>
  readonly [key: string]: unknown
}

const eventsOf = (text: string): Event[] => {
  const sse = createSseDecoder()
  return [...sse.push(encoder.encode(text)), ...sse.end()]
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }) => JSON.parse(data) as Event)
}

/** The upstream's stream with nothing done to it but the patches that are documented. */
const expected = (text: string) =>
  eventsOf(text).map((event) => {
    if (!event.response) return event
    const response = { ...event.response, id: "resp_gateway123", model: "vendor/modèle" }
    const { usage } = response as { usage?: object | null }
    return { ...event, response: usage ? { ...response, usage: { ...usage, cost: 0.25 } } : response }
  })

describe.each(Object.entries(responsesStreams))("%s", (_name, { text }) => {
  const bytes = encoder.encode(text)

  test("goes through with id, model and cost changed, and nothing else", () => {
    const { text: out, summary } = throughTap([bytes])
    expect(eventsOf(out)).toEqual(expected(text))
    expect(summary).toMatchObject({ complete: true, terminated: true, error: undefined, upstreamId: "resp_68af" })
    expect(summary.upstreamModel).toBe("gpt-5.6-2026-09-01")
    // Events without a response object are the upstream's, byte for byte.
    const plain = text
      .replaceAll("\r", "")
      .split("\n\n")
      .filter((event) => event !== "" && !event.includes('"response":'))
    for (const event of plain) expect(out).toContain(`${event}\n\n`)
  })

  test("gives the same bytes wherever the upstream's are cut", () => {
    const whole = throughTap([bytes]).text
    for (let cut = 1; cut < bytes.length; cut++)
      expect(throughTap([bytes.subarray(0, cut), bytes.subarray(cut)]).text).toBe(whole)
  })

  test("says on both faces what the translated lane says", () => {
    const meant = foldParts(decodeText(text))
    for (const face of ["requesty", "openrouter"] as const) {
      const seen = foldParts(decodeText(throughTap([bytes], patchFor(face)).text))
      expect(seen.blocks).toEqual(meant.blocks)
      expect(seen.finish).toEqual(meant.finish)
      expect(seen.usage).toEqual({ ...meant.usage!, reportedCostUsd: 0.25 })
    }
  })

  test("a stream that is cut ends with a failed response, numbered on", () => {
    for (let cut = 1; cut < bytes.length - 4; cut += 7) {
      const { text: out, summary } = throughTap([bytes.subarray(0, cut)])
      const events = eventsOf(out)
      expect(events.at(-1)).toMatchObject({
        type: "response.failed",
        response: { id: "resp_gateway123", model: "vendor/modèle", status: "failed" },
      })
      expect(summary).toMatchObject({ complete: false, error: { code: "stream_interrupted" } })
      const numbers = events.map((event) => event.sequence_number).filter((number) => number !== undefined)
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    }
  })
})

const openai = responsesStreams["reasoning summaries, text, citation"]!.text

test("OpenRouter's face has [DONE] at the end and every key that its SDK demands", () => {
  const { text } = throughTap([encoder.encode(openai)], patchFor("openrouter"))
  expect(text.endsWith(done)).toBe(true)
  const last = eventsOf(text).at(-1)?.response
  expect(last).toMatchObject({ completed_at: null, metadata: null, presence_penalty: null, frequency_penalty: null })
  expect(throughTap([encoder.encode(openai)]).text).not.toContain("[DONE]")
})

test("an upstream's own [DONE] is not repeated", () => {
  const { text } = throughTap([encoder.encode(openai + done)], patchFor("openrouter"))
  expect(text.split("[DONE]")).toHaveLength(2)
  expect(throughTap([encoder.encode(openai + done)]).text).not.toContain("[DONE]")
})

test("the tap notes usage, content, signatures and the whole answer", () => {
  let priced: Usage | undefined
  const price = (usage: Usage) => {
    priced = usage
    return 1.5
  }
  const { summary } = throughTap([encoder.encode(openai)], patchFor("requesty", price))
  expect(inputTokens(priced!)).toBe(36)
  expect(summary.usage).toEqual(priced)
  expect(summary.signatures).toEqual(["gAAAAABo-x_Y=="])
  expect(summary.contentLength).toBeGreaterThan(50)
  expect(summary.finish).toBe("completed")
  expect(JSON.parse(summary.reply!)).toMatchObject({
    id: "resp_gateway123",
    model: "vendor/modèle",
    output: [{ type: "reasoning" }, { type: "message", content: [{ text: 'Grüße from "Köln"\n\t😀 a\\b' }] }],
    usage: { cost: 1.5 },
  })
})

test("what is kept of an answer holds its items, though its last event does not", () => {
  const { text } = responsesStreams["items that are only done, an empty last output, no numbers"]!
  const { text: out, summary } = throughTap([encoder.encode(text)])
  expect(eventsOf(out).at(-1)?.response?.output).toEqual([])
  const kept = JSON.parse(summary.reply!) as { output: { type: string }[] }
  expect(kept.output.map(({ type }) => type)).toEqual(["function_call", "function_call", "custom_tool_call"])
  expect(summary.contentLength).toBeGreaterThan(0)
})

const event = (data: object | string) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`
const created = event({
  type: "response.created",
  sequence_number: 0,
  response: { id: "r", status: "in_progress", output: [] },
})
const delta = event({ type: "response.output_text.delta", sequence_number: 4, delta: "abc" })

test("an answer without usage is estimated, and priced", () => {
  const last = event({ type: "response.completed", response: { id: "r", status: "completed", output: [] } })
  const { text, summary } = throughTap([encoder.encode(created + delta + last)])
  expect(summary.usage).toMatchObject({ estimated: true, output: { text: 3 } })
  expect(eventsOf(text).at(-1)?.response?.usage).toMatchObject({ input_tokens: 7, output_tokens: 3, cost: 0.25 })
})

test("numbers and odd fields of a patched response keep their spelling", () => {
  const data =
    '{"type":"response.completed","response":{"id":"r","big":12345678901234567890,"temperature":1.0,"usage":{"input_tokens":1e0, "odd":1.50,"output_tokens":2,"cost":9},"output":[],"status":"completed"}}'
  const { text } = throughTap([encoder.encode(created + event(data))])
  expect(text).toContain('"big":12345678901234567890,"temperature":1.0,"usage":{"input_tokens":1e0, "odd":1.50')
  expect(text).toContain('"cost":0.25')
  expect(text).not.toContain('"cost":9')
})

describe("an upstream that fails in the middle", () => {
  const failed = event({
    type: "response.failed",
    sequence_number: 5,
    response: {
      id: "r",
      status: "failed",
      error: { code: "server_error", message: "key sk-secret-12345678 died" },
      output: [],
    },
  })
  test.each([
    ["response.failed", failed, "provider_down"],
    ["error", event({ type: "error", code: "rate_limit_exceeded", message: "slow down" }), "rate_limited"],
    ["event: error", `event: error\n${event({ error: { message: "overloaded" } })}`, "provider_overloaded"],
    ["no JSON", event("<html>") + delta, "bad_provider_response"],
  ])("%s", (_name, broken, code) => {
    const { text, summary } = throughTap([encoder.encode(created + delta + broken)])
    expect(summary).toMatchObject({ error: { code, provider: "vendor" }, complete: false, contentLength: 3 })
    const last = eventsOf(text).at(-1)
    expect(last).toMatchObject({ type: "response.failed", response: { id: "resp_gateway123", status: "failed" } })
    expect(text).toContain(delta)
    expect(text).not.toContain("sk-secret")
  })

  test("before anything began it is a response that begins and fails", () => {
    const { text, summary } = throughTap([encoder.encode(event({ type: "error", message: "überlastet" }))])
    expect(eventsOf(text).map(({ type }) => type)).toEqual(["response.created", "response.failed"])
    expect(text).toContain("überlastet")
    expect(summary.contentLength).toBe(0)
  })

  test("nothing follows the end", () => {
    const { text } = throughTap([encoder.encode(openai), encoder.encode(delta)])
    expect(eventsOf(text).at(-1)?.type).toBe("response.completed")
  })
})

test("comments and events without data go through", () => {
  const { text } = throughTap([encoder.encode(`: ping\n\n${created}: ping\n\nevent: x\n\n${delta}`)])
  expect(text.startsWith(": ping\n\n")).toBe(true)
  expect(text).toContain("event: x\n\n")
})
