import { describe, expect, test } from "bun:test"
import type { ChatPart, ReplyPatch, Usage } from "../../src/contract/index.ts"
import { chatCompletions, chatCompletionsClient, createSseDecoder, faces } from "../../src/dialects/index.ts"
import { asked } from "../kit/asked.ts"
import { estimate } from "../kit/chat-completions.ts"
import { chatStreams } from "../kit/chat-streams.ts"

const request = chatCompletionsClient.decodeRequest({ messages: [{ role: "user", content: "hi" }] })
const native = chatCompletions.native!

const patchFor = (face: ReplyPatch["face"], includeUsage = true): ReplyPatch => ({
  id: "gen-1790000000-abcdefghij0123456789",
  model: "vendor/modèle",
  face,
  provider: "Vendör",
  includeUsage,
  price: () => 0.25,
  estimate,
})

const decode = (bytes: Uint8Array): ChatPart[] => {
  const sse = createSseDecoder()
  let count = 0
  const decoder = chatCompletions.decodeStream({
    profile: {},
    model: "m",
    request,
    newId: (prefix) => `${prefix}${count++}`,
  })
  const parts = [...sse.push(bytes), ...sse.end()].flatMap((event) => decoder.push(event))
  return [...parts, ...decoder.end()]
}

const through = (chunks: readonly Uint8Array[], patch: ReplyPatch) => {
  const tap = native.stream(patch, "vendor")
  const out = chunks.map((chunk) => tap.push(chunk) ?? new Uint8Array())
  return { bytes: Buffer.concat([...out, tap.end() ?? new Uint8Array()]), summary: tap.summary }
}

const events = (bytes: Uint8Array) => {
  const sse = createSseDecoder()
  return [...sse.push(bytes), ...sse.end()].map(({ data }) => data)
}

/** Text, reasoning, calls and finishes, without the cut into deltas and without ids that were made up. */
const contentOf = (parts: readonly ChatPart[]) => {
  const identity = { id: "i", model: "m", provider: "p", providerName: "P", createdSeconds: 0 }
  const ends = parts.filter((part) => part.type === "usage" || part.type === "error")
  const whole = chatCompletionsClient.encodeReply(
    parts.filter((part) => part.type !== "start"),
    identity,
    faces.requesty,
    0,
    asked,
  )
  const anonymous = JSON.stringify(whole.choices).replace(/"id":"call_[^"]*"/g, '"id":""')
  return {
    choices: JSON.parse(anonymous),
    ends: ends.map((part) => (part.type === "usage" ? withoutCost(part.usage) : part)),
  }
}
const withoutCost = ({ reportedCostUsd: _cost, ...usage }: Usage) => usage

describe.each(Object.entries(chatStreams))("%s", (_name, stream) => {
  const bytes = new TextEncoder().encode(stream)

  test.each(["openrouter", "requesty"] as const)("says on the %s face what the translated lane says", (face) => {
    const { bytes: out, summary } = through([bytes], patchFor(face))
    const [seen, meant] = [contentOf(decode(out)), contentOf(decode(bytes))]
    expect(seen.choices).toEqual(meant.choices)
    // A usage that the upstream does not send is estimated here; in the translated lane it comes after decoding.
    if (meant.ends.length > 0) expect(seen.ends).toEqual(meant.ends)
    expect(summary).toMatchObject({ complete: true, terminated: true, error: undefined })
  })

  test("gives the same bytes, wherever the upstream's are cut", () => {
    const whole = through([bytes], patchFor("openrouter")).bytes.toString()
    for (let cut = 1; cut < bytes.length; cut++) {
      const { bytes: out } = through([bytes.subarray(0, cut), bytes.subarray(cut)], patchFor("openrouter"))
      expect(out.toString()).toBe(whole)
    }
    const single = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))
    expect(through(single, patchFor("openrouter")).bytes.toString()).toBe(whole)
  })

  test("bears the gateway's identity, no nulls that break parsers, and ends with [DONE]", () => {
    const out = events(through([bytes], patchFor("openrouter")).bytes)
    expect(out.at(-1)).toBe("[DONE]")
    for (const data of out.slice(0, -1)) {
      const chunk = JSON.parse(data)
      expect(chunk).toMatchObject({
        id: "gen-1790000000-abcdefghij0123456789",
        model: "vendor/modèle",
        provider: "Vendör",
      })
      expect(Array.isArray(chunk.choices)).toBe(true)
      expect(Object.values(chunk)).not.toContain(null)
      for (const choice of chunk.choices) {
        expect(Object.keys(choice)).toEqual(expect.arrayContaining(["index", "delta", "finish_reason"]))
        for (const [key, value] of Object.entries(choice.delta))
          if (!["content", "refusal"].includes(key)) expect(value).not.toBeNull()
        for (const call of choice.delta.tool_calls ?? []) expect(call.index).toBeNumber()
      }
    }
  })

  test("shows usage only where it was asked for or the face always does", () => {
    const usages = (face: ReplyPatch["face"], asked: boolean) =>
      events(through([bytes], patchFor(face, asked)).bytes).filter((data) => data.includes('"usage"'))
    expect(usages("requesty", false)).toEqual([])
    expect(usages("requesty", true)).toHaveLength(1)
    expect(usages("openrouter", false)).toHaveLength(1)
    expect(JSON.parse(usages("requesty", true)[0]!)).toMatchObject({ choices: [], usage: { cost: 0.25 } })
    // Where the upstream reports nothing, the estimate stands in.
    if (!stream.includes('"prompt_tokens"'))
      expect(JSON.parse(usages("requesty", true)[0]!).usage.prompt_tokens).toBe(estimate(0).input.fresh)
  })

  test("a stream that is cut anywhere before its finish ends with an error, never as complete", () => {
    const text = stream.replaceAll("\r\n", "\n")
    const finish = text.search(/"finish_reason":"/)
    for (let cut = 0; cut < finish; cut += 7) {
      const { bytes: out, summary } = through([new TextEncoder().encode(text.slice(0, cut))], patchFor("requesty"))
      expect(summary.error?.code).toBe("stream_interrupted")
      expect(summary.complete).toBe(false)
      const last = JSON.parse(events(out).at(-1)!)
      expect(last.error).toMatchObject({ code: "stream_interrupted", type: "server_error", param: null })
      expect(last.choices).toEqual([{ delta: {}, finish_reason: "error" }])
    }
  })
})

const stream = (...data: unknown[]) =>
  new TextEncoder().encode(
    data.map((item) => `data: ${typeof item === "string" ? item : JSON.stringify(item)}\n\n`).join(""),
  )
const chunk = (fields: object, finish: string | null = null) => ({
  id: "u",
  model: "m",
  created: 5,
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
})

test("bytes outside of patches stay as they are: spacing, number spelling, unknown fields", () => {
  const odd =
    'data: {"id" : "u","x":1.50e1, "model":"m","choices":[ {"index":0,"delta":{"content":"\\u00e9 \\/"},"finish_reason":null} ]}\n\n'
  const { bytes } = through([new TextEncoder().encode(odd)], patchFor("requesty"))
  expect(bytes.toString().split("\n\n")[0]).toBe(
    'data: {"id" : "gen-1790000000-abcdefghij0123456789","x":1.50e1, "model":"vendor/mod\\u00e8le","choices":[ {"index":0,"delta":{"content":"\\u00e9 \\/"},"finish_reason":null} ],"provider":"Vend\\u00f6r","object":"chat.completion.chunk"}',
  )
})

test("an error event is the last thing, in the face's form", () => {
  const error = { error: { message: "Rate limit reached, try again in 3s", type: "rate_limit_error", code: 429 } }
  const { bytes, summary } = through(
    [stream(chunk({ content: "a" }), error, chunk({ content: "b" }))],
    patchFor("openrouter"),
  )
  expect(summary.error).toMatchObject({ code: "rate_limited", retryAfterMs: 3000, provider: "vendor" })
  const out = events(bytes).map((data) => JSON.parse(data))
  expect(out.length).toBe(2)
  expect(out[1]).toMatchObject({
    error: { code: 429, metadata: { error_type: "rate_limit_exceeded" } },
    choices: [{ finish_reason: "error" }],
  })
})

test("a finish reason without [DONE] is complete; [DONE] without a finish reason gets one", () => {
  const finished = through([stream(chunk({ content: "a" }, "length"))], patchFor("requesty"))
  expect(finished.summary).toMatchObject({ complete: true, finish: "length" })
  expect(events(finished.bytes).at(-1)).toBe("[DONE]")
  const done = events(through([stream(chunk({ content: "a" }), "[DONE]")], patchFor("requesty", false)).bytes)
  expect(JSON.parse(done.at(-2)!).choices[0].finish_reason).toBe("stop")
})

test("an event that is not JSON fails the stream", () => {
  const { summary } = through(
    [stream(chunk({ content: "a" }), '{"id":', chunk({ content: "b" }, "stop"), "[DONE]")],
    patchFor("requesty"),
  )
  expect(summary.error?.code).toBe("bad_provider_response")
})

test("nothing but [DONE] is no answer", () => {
  expect(through([stream("[DONE]")], patchFor("requesty")).summary.error?.code).toBe("bad_provider_response")
})

test("the summary tells what settles the bill", () => {
  const { summary } = through([new TextEncoder().encode(chatStreams.openai)], patchFor("requesty", false))
  expect(summary).toMatchObject({
    upstreamId: "chatcmpl-Abc123",
    upstreamModel: "gpt-4o-mini-2024-07-18",
    finish: "stop",
  })
  expect(summary.usage?.input).toMatchObject({ fresh: 16, cacheRead: 4 })
  expect(summary.contentLength).toBeGreaterThan(20)
})

test("a field behind the text that changes from event to event is never taken for the one before", () => {
  const numbered = (text: string, more: object) => ({ ...chunk({ content: text }), ...more })
  const sent = [
    numbered("a", { n: 1 }),
    numbered("b", { n: 1 }),
    numbered("c", { n: 2 }),
    numbered("d", { n: 2, obfuscation: "x" }),
  ]
  const { bytes } = through(
    [stream(...sent, numbered("e", { n: 2, obfuscation: "yz" }), "[DONE]")],
    patchFor("requesty"),
  )
  const seen = events(bytes)
    .slice(0, 5)
    .map((data) => JSON.parse(data))
  expect(seen.map(({ n }) => n)).toEqual([1, 1, 2, 2, 2])
  expect(seen.map(({ obfuscation }) => obfuscation)).toEqual([undefined, undefined, undefined, "x", "yz"])
  expect(seen.map(({ choices }) => choices[0].delta.content)).toEqual(["a", "b", "c", "d", "e"])
})
