import { describe, expect, test } from "bun:test"
import type { JsonObject, ReplyPatch, Usage } from "../../../src/contract/index.ts"
import { GatewayError } from "../../../src/contract/index.ts"
import { messages } from "../../../src/dialects/index.ts"
import { estimate } from "../../kit/chat-completions.ts"
import { answers } from "../../kit/fake-anthropic/scenarios.ts"
import { event, events, message } from "../../kit/fake-anthropic/wire.ts"
import { eventsOf, foldEvents } from "../../kit/messages.ts"

const native = messages.native!
const patched = (more: Partial<ReplyPatch> = {}) => {
  const priced: Usage[] = []
  const patch: ReplyPatch = {
    id: "msg_ours",
    model: "a/b",
    face: "openrouter",
    provider: "Acmé",
    includeUsage: true,
    price: (usage) => {
      priced.push(usage)
      return 0.25
    },
    estimate,
    ...more,
  }
  return { patch, priced }
}

const through = (chunks: readonly Uint8Array[], more: Partial<ReplyPatch> = {}) => {
  const { patch, priced } = patched(more)
  const tap = native.stream(patch, "acme")
  const out: Uint8Array[] = []
  for (const chunk of chunks) out.push(tap.push(chunk) ?? new Uint8Array())
  out.push(tap.end() ?? new Uint8Array())
  return { text: Buffer.concat(out).toString("utf8"), summary: tap.summary, priced }
}
const bytes = (text: string) => new TextEncoder().encode(text)
const run = (text: string, more: Partial<ReplyPatch> = {}) => through([bytes(text)], more)

const scenario = (name: string) => events("claude-x", answers[name]!({ tools: [] }))
/** The documented patches, applied by parsing: what the tap must have done to the bytes. */
const expected = (all: readonly string[]) => {
  const money = { cost: 0.25, is_byok: false }
  return eventsOf(all.join("")).map((parsed) => {
    if (parsed.type === "message_start") {
      const inner = parsed.message as JsonObject
      const own = {
        id: "msg_ours",
        model: "a/b",
        provider: "Acmé",
        usage: { ...(inner.usage as JsonObject), ...money },
      }
      return { ...parsed, message: { ...inner, ...own } }
    }
    return parsed.type === "message_delta"
      ? { ...parsed, usage: { ...(parsed.usage as JsonObject), ...money } }
      : parsed
  })
}

describe("every answer of the fake", () => {
  for (const name of Object.keys(answers)) {
    const all = scenario(name)
    test(`${name}: patched where it is documented, and nowhere else`, () => {
      const { text, summary } = run(all.join(""))
      expect(eventsOf(text)).toEqual(expected(all) as never)
      foldEvents(eventsOf(text))
      expect(summary).toMatchObject({ complete: true, terminated: true, upstreamId: "msg_01FAKE", error: undefined })
      // Events that nothing is patched in are the upstream's bytes.
      for (const one of all) if (!/message_(?:start|delta)/.test(one)) expect(text).toContain(one)
    })

    test(`${name}: the same, wherever its bytes are cut`, () => {
      const whole = bytes(all.join("").replace("Hello", "Grüße 😀"))
      const { text, summary } = through([whole])
      for (let at = 1; at < whole.length; at++) {
        const cut = through([whole.subarray(0, at), whole.subarray(at)])
        expect(cut.text).toBe(text)
        expect(cut.summary.usage).toEqual(summary.usage!)
      }
      const single = through(Array.from(whole, (byte) => Uint8Array.of(byte)))
      expect(single.text).toBe(text)
    })

    test(`${name}: cut short at any byte, it ends with an error event`, () => {
      const whole = bytes(all.join(""))
      // The last event is terminal as soon as its text is there.
      for (let at = 0; at < whole.length - 2; at++) {
        const { text, summary } = through([whole.subarray(0, at)])
        if (summary.terminated) continue
        expect(summary.error?.code).toBe("stream_interrupted")
        expect(eventsOf(text).at(-1)).toMatchObject({ type: "error", error: { type: "api_error" } })
      }
    })
  }
})

describe("the tap", () => {
  test("notes usage, finish, signatures and how much passed", () => {
    const { summary, priced } = run(scenario("thinking tool").join(""))
    expect(summary.finish).toBe("tool_use")
    expect(summary.signatures).toHaveLength(1)
    expect(summary.contentLength).toBeGreaterThan(20)
    expect(summary.usage).toEqual({
      input: { fresh: 25, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
      output: { text: 15, reasoning: 25, audio: 0, image: 0 },
    })
    expect(priced.at(-1)).toEqual(summary.usage!)
    expect(run(scenario("redacted").join("")).summary.signatures).toEqual(["cmVkYWN0ZWQ="])
  })

  test("the last number that is not null counts", () => {
    const { summary } = run(
      [
        event("message_start", {
          message: { id: "m", usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 } },
        }),
        event("message_delta", {
          delta: { stop_reason: "end_turn" },
          usage: { input_tokens: 7, cache_read_input_tokens: null, output_tokens: 9 },
        }),
        event("message_stop"),
      ].join(""),
    )
    expect(summary.usage).toMatchObject({ input: { fresh: 7, cacheRead: 2 }, output: { text: 9 } })
  })

  test("an upstream that counts nothing is estimated", () => {
    const bare = [
      event("message_start", { message: { id: "m", content: [] } }),
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "four" } }),
      event("content_block_stop", { index: 0 }),
      event("message_delta", { delta: { stop_reason: "end_turn" } }),
      event("message_stop"),
    ]
    const { text, summary, priced } = run(bare.join(""))
    expect(summary.usage).toEqual(estimate(4))
    expect(priced).toEqual([estimate(4)])
    expect(foldEvents(eventsOf(text))).toMatchObject({ usage: { input_tokens: 7, output_tokens: 4, cost: 0.25 } })
    const silent = run(bare.filter((one) => !one.includes("message_delta")).join(""))
    expect(silent.priced).toEqual([estimate(4)])
    expect(silent.summary).toMatchObject({ complete: true, usage: estimate(4) })
  })

  test("what an interrupted answer used is what was counted of its input, and a guess", () => {
    const { summary, priced } = run(scenario("thinking").slice(0, 5).join(""))
    expect(summary.usage).toMatchObject({ input: { fresh: 25 }, estimated: true })
    expect(summary.usage?.output.text).toBe(summary.contentLength)
    expect(priced.at(-1)).toEqual(summary.usage!)
  })

  test("an error event is told in our words, and nothing follows", () => {
    const all = scenario("thinking")
    const error = event("error", {
      error: { type: "overloaded_error", message: "Overloaded sk-ant-api03-secretsecret" },
    })
    const { text, summary } = run([...all.slice(0, 4), error, ...all.slice(4)].join(""))
    expect(summary.error).toMatchObject({ code: "provider_overloaded", provider: "acme" })
    const last = eventsOf(text).at(-1)
    expect(last).toMatchObject({ type: "error", error: { type: "overloaded_error", provider: "acme" } })
    expect(text).not.toContain("secretsecret")
    expect(text).not.toContain("message_stop")
  })

  test("names are given to events that have none; other spellings and events of tomorrow stay", () => {
    const odd = [
      ": comment\n\n",
      'data: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":1.0,"big":12345678901234567890}}}\n\n',
      'event: hologram\ndata: {"type":"hologram","x":1.0}\n\n',
      'data:{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
      'event: message_delta\ndata: {"type":"message_delta",\ndata: "delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\n',
      "data: [DONE]\n\n",
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ]
    for (const text of [
      odd.join(""),
      odd.join("").replaceAll("\n", "\r\n"),
      odd.join("").replaceAll("\n", "\r"),
      `\ufeff${odd.join("")}`,
    ]) {
      const out = run(text).text
      expect(through(Array.from(bytes(text), (byte) => Uint8Array.of(byte))).text).toBe(out)
      expect(out).toContain(": comment\n\n")
      expect(out).toContain('event: message_start\ndata: {"type":"message_start"')
      expect(out).toContain('"input_tokens":1.0,"big":12345678901234567890')
      expect(out).toContain(odd[2]!)
      expect(out).toContain("event: content_block_start\ndata: ")
      expect(out).not.toContain("[DONE]")
      expect(eventsOf(out).find(({ type }) => type === "message_delta")).toMatchObject({ usage: { cost: 0.25 } })
    }
  })

  test("what is no JSON is an error, unless it is the torn end", () => {
    const all = scenario("thinking")
    const { summary } = run([...all.slice(0, 3), "event: x\ndata: {oops\n\n", ...all.slice(3)].join(""))
    expect(summary.error?.code).toBe("bad_provider_response")
  })
})

describe("a whole reply", () => {
  test("is patched where it is documented, byte for byte elsewhere", () => {
    const text = `{ "id":"msg_up", "x":1.0,"type":"message","model":"claude-x","content":[ {"type":"text","text":"\\u00fc \\/"},
 {"type":"thinking","thinking":"h","signature":"s\\/1"} ],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4 , "iterations":[1e2]},"big":12345678901234567890 }`
    const { patch, priced } = patched()
    const { text: out, summary } = native.reply(text, patch, "acme")
    expect(out).toBe(
      text
        .replace("msg_up", "msg_ours")
        .replace("claude-x", "a/b")
        .replace('"iterations":[1e2]', '"iterations":[1e2],"cost":0.25,"is_byok":false')
        .replace("67890 }", '67890,"provider":"Acmé" }'),
    )
    expect(summary).toMatchObject({
      finish: "end_turn",
      complete: true,
      upstreamId: "msg_up",
      upstreamModel: "claude-x",
      signatures: ["s/1"],
      usage: { input: { fresh: 3 }, output: { text: 4 } },
    })
    expect(priced).toHaveLength(1)
  })

  test("without usage is estimated; every answer of the fake goes through", () => {
    const { patch } = patched({ face: "requesty" })
    for (const answer of Object.values(answers)) {
      const { usage: _, ...rest } = message("claude-x", answer({ tools: [] }))
      const { text, summary } = native.reply(JSON.stringify(rest), patch, "acme")
      expect(JSON.parse(text)).toMatchObject({ ...rest, id: "msg_ours", model: "a/b", usage: { cost: 0.25 } })
      expect(summary.usage?.estimated).toBe(true)
    }
  })

  const refused = (text: string) => {
    try {
      native.reply(text, patched().patch, "acme")
    } catch (error) {
      return GatewayError.is(error) ? [error.code, error.provider] : error
    }
    return undefined
  }
  test("that is none is an error of the upstream", () => {
    const overloaded = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    expect(refused(overloaded)).toEqual(["provider_overloaded", "acme"])
    for (const text of ["<html>", "[]", "{}", '{"content":"x"}', '{"content":['])
      expect(refused(text)).toEqual(["bad_provider_response", "acme"])
  })
})
