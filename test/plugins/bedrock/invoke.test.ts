import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import fc from "fast-check"
import { invokeBody } from "../../../plugins/bedrock/invoke/body.ts"
import { InvokeTap } from "../../../plugins/bedrock/invoke/stream.ts"
import { emptyUsage, type JsonObject, type Loss, type NativeTap, type ReplyPatch } from "../../../src/contract/index.ts"
import { claudeEvents } from "../../kit/fake-bedrock/answers.ts"
import { chunkFrame, concat, exceptionFrame } from "../../kit/fake-bedrock/frames.ts"
import { startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { chat, user } from "../../kit/wire-client.ts"
import { decodeBytes, encodeFor, provider, tell, wireFor } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())
beforeEach(() => {
  fake.calls.length = 0
})

const model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
const made = provider({ url: fake.url })
const wire = wireFor(made, model)
const tool = { type: "function", name: "weather", parameters: { type: "object" } } as const

describe("the body, as text", () => {
  test("loses model and stream, gains the version, and stays byte for byte what it was", () => {
    const text =
      '{ "model":"x",\n "max_tokens": 1e2, "big":12345678901234567890, "odd":1.0, "stream" : true, "messages":[{"role":"user","content":"\\u00fc"}] }'
    expect(invokeBody(text, [])).toBe(
      '{ "max_tokens": 1e2, "big":12345678901234567890, "odd":1.0, "messages":[{"role":"user","content":"\\u00fc"}],"anthropic_version":"bedrock-2023-05-31" }',
    )
  })

  test("takes betas, beside those that the body has already", () => {
    const text = '{"max_tokens":1,"anthropic_beta":["a"]}'
    expect(JSON.parse(invokeBody(text, ["b", "a"]))).toEqual({
      max_tokens: 1,
      anthropic_beta: ["a", "b"],
      anthropic_version: "bedrock-2023-05-31",
    })
  })

  test("spells what Bedrock spells differently", () => {
    const text = JSON.stringify({
      tools: [
        { name: "a", eager_input_streaming: true, input_schema: {} },
        { eager_input_streaming: false, name: "b" },
      ],
      thinking: { type: "adaptive", block_binding: { prefix_mismatch_behavior: "drop" } },
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    })
    expect(JSON.parse(invokeBody(text, []))).toEqual({
      tools: [{ name: "a", input_schema: {} }, { name: "b" }],
      thinking: { type: "adaptive", block_binding: { mismatch_behavior: "drop" } },
      tool_choice: { type: "auto" },
      anthropic_version: "bedrock-2023-05-31",
      anthropic_beta: ["fine-grained-tool-streaming-2025-05-14"],
    })
  })

  test("is JSON with the same content for any fields", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (fields, stream) => {
        const {
          model: _m,
          stream: _s,
          anthropic_version: _v,
          anthropic_beta: _b,
          tools: _t,
          thinking: _h,
          tool_choice: _c,
          ...rest
        } = fields
        const body = JSON.parse(invokeBody(JSON.stringify({ model: "x", ...rest, stream }), []))
        expect(body).toEqual({ ...JSON.parse(JSON.stringify(rest)), anthropic_version: "bedrock-2023-05-31" })
      }),
      { seed: 11, numRuns: 200 },
    )
  })
})

describe("betas", () => {
  const send = (header: string, options = {}) => {
    const losses: Loss[] = []
    const own = wireFor(
      provider({
        url: fake.url,
        options: { access_key_id: "AKIAFAKE", secret_access_key: "wJalrXUtnFEMI/K7MDENG", ...options },
      }),
      model,
    )
    const { headers } = own.endpoint({
      model,
      stream: false,
      forwarded: { "anthropic-beta": header },
      lose: (loss) => losses.push(loss),
    })
    return { headers, losses, own }
  }

  test("that Bedrock knows are sent in the body; others are reported and not sent", async () => {
    const { headers, losses, own } = send("claude-code-20250219, interleaved-thinking-2025-05-14,context-1m-2025-08-07")
    expect(losses.map(({ path, code }) => [path, code])).toEqual([["headers.anthropic-beta", "header_dropped"]])
    const signed = await own.sign?.(
      { url: `${fake.url}/model/x/invoke`, headers, body: '{"max_tokens":1}' },
      new AbortController().signal,
    )
    expect(signed?.headers["anthropic-beta"]).toBeUndefined()
    expect(JSON.parse(signed?.body ?? "").anthropic_beta).toEqual([
      "interleaved-thinking-2025-05-14",
      "context-1m-2025-08-07",
    ])
  })

  test("of another name here are renamed; the configuration may let more through", () => {
    expect(send("advanced-tool-use-2025-11-20").headers["anthropic-beta"]).toBe(
      "tool-search-tool-2025-10-19,tool-examples-2025-10-29",
    )
    expect(send("brand-new-2027-01-01", { betas: ["brand-new-2027-01-01"] })).toMatchObject({ losses: [] })
  })
})

describe("translated", () => {
  test("a whole reply and a stream give the same answer", async () => {
    const [whole, streamed] = [await tell(wire, model, chat()), await tell(wire, model, chat({ stream: true }))]
    expect(foldParts(streamed.parts).blocks).toEqual(foldParts(whole.parts).blocks)
    expect(foldParts(streamed.parts)).toMatchObject({
      usage: { input: { fresh: 11 }, output: { text: 9 } },
      finish: [{ reason: "stop" }],
    })
    expect(fake.calls.map(({ path }) => path.split("/").at(-1))).toEqual(["invoke", "invoke-with-response-stream"])
  })

  test("cut at every byte the stream gives the same parts", () => {
    const bytes = concat(claudeEvents("Grüße, 😀!").map(chunkFrame))
    const whole = decodeBytes(wire, model, chat({ stream: true }), bytes)
    for (let at = 1; at < bytes.length; at++)
      expect(decodeBytes(wire, model, chat({ stream: true }), bytes, [at])).toEqual(whole)
  })

  const codes = {
    "stream throttled": "rate_limited",
    "stream unavailable": "provider_overloaded",
    "stream internal": "provider_down",
    "stream model": "provider_down",
    "stream timeout": "provider_timeout",
    "stream invalid": "upstream_invalid_request",
    short: "stream_interrupted",
  }
  for (const [text, code] of Object.entries(codes))
    test(`${text} ends the answer as ${code}`, async () => {
      const last = (await tell(wire, model, chat({ text, stream: true }))).parts.at(-1)
      expect(last?.type === "error" && last.error.code).toBe(code as never)
    })

  test("fields that only Anthropic's own service has are lost, and told", () => {
    const request = chat({ serviceTier: "priority", extras: { messages: { container: "c1", mcp_servers: [] } } })
    const { body, losses } = encodeFor(wire, model, request)
    expect(body.container ?? body.service_tier ?? body.mcp_servers).toBeUndefined()
    expect(losses.map(({ path }) => path).toSorted()).toEqual(["container", "mcp_servers", "service_tier"])
  })

  test("URLs are not fetched by Bedrock", () => {
    const image = { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" } } as const
    expect(() => encodeFor(wire, model, chat({ messages: [{ role: "user", content: [image] }] }))).toThrow(
      "does not fetch URLs",
    )
    expect(wire.profile(model).mediaUrls).toBe(false)
  })

  test("newest models take neither strict tools nor schemas here, though they do at Anthropic", () => {
    expect(wire.profile("anthropic.claude-opus-4-7")).toMatchObject({ strictTools: false, nativeSchema: false })
    expect(wire.profile("anthropic.claude-haiku-4-5")).toMatchObject({ strictTools: true, nativeSchema: false })
    expect(wire.profile("anthropic.claude-sonnet-4-5")).toMatchObject({ strictTools: true, nativeSchema: true })
  })
})

describe("the tap behind the framing", () => {
  const inner = () => {
    const seen: string[] = []
    const summary = { contentLength: 0 } as NativeTap["summary"]
    const decoder = new TextDecoder()
    const tap: NativeTap = {
      summary,
      push(bytes) {
        seen.push(decoder.decode(bytes))
        return bytes
      },
      end: () => new TextEncoder().encode("END"),
    }
    return { seen, tap }
  }
  const events = claudeEvents("Hi 😀")
  const expected = events.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`).join("")

  test("sees Anthropic's events, wherever the bytes are cut", () => {
    const bytes = concat(events.map(chunkFrame))
    for (let at = 1; at < bytes.length; at += 7) {
      const { seen, tap } = inner()
      const outer = new InvokeTap(tap)
      outer.push(bytes.subarray(0, at))
      outer.push(bytes.subarray(at))
      expect(seen.join("")).toBe(expected)
      expect(new TextDecoder().decode(outer.end())).toBe("END")
      expect(outer.summary).toBe(tap.summary)
    }
  })

  test("turns exceptions and damage into Anthropic's error event", () => {
    const { seen, tap } = inner()
    const outer = new InvokeTap(tap)
    outer.push(exceptionFrame("throttlingException", "Too many requests"))
    const bad = chunkFrame({ type: "ping" })
    bad[20] = (bad[20] ?? 0) ^ 1
    outer.push(bad)
    outer.push(chunkFrame({ type: "ping" }))
    expect(seen).toHaveLength(2)
    expect(seen[0]).toContain('"type":"rate_limit_error","message":"Too many requests"')
    expect(seen[1]).toContain("event: error\n")
  })
})

describe("clients of the Messages API keep their text", () => {
  const { native } = wire.dialect
  if (!native) throw new Error("no native lane")
  const target = { model, profile: wire.profile(model) }
  const patch: ReplyPatch = {
    id: "msg_ours",
    model: "anthropic/claude-sonnet-4.5",
    face: "openrouter",
    provider: "Amazon Bedrock",
    includeUsage: true,
    price: () => 0.5,
    estimate: () => emptyUsage,
  }

  test("upstream, byte for byte but for what Bedrock wants elsewhere", async () => {
    const text =
      '{"model":"anthropic/claude-sonnet-4.5","max_tokens":10,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"\\u00fc"}]}],"future":{"big":12345678901234567890,"odd":1.0}}'
    const body = native.request(text, target) ?? ""
    const { url, headers } = wire.endpoint({
      model,
      stream: true,
      forwarded: { "anthropic-beta": "context-1m-2025-08-07" },
    })
    const sent = await wire.sign?.({ url, headers, body }, new AbortController().signal)
    expect(sent?.body).toBe(
      '{"max_tokens":10,"messages":[{"role":"user","content":[{"type":"text","text":"\\u00fc"}]}],"future":{"big":12345678901234567890,"odd":1.0},"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["context-1m-2025-08-07"]}',
    )
  })

  test("what must be rewritten or reported is not sent as it is", () => {
    const body = (fields: JsonObject) =>
      JSON.stringify({ model: "x", max_tokens: 10, messages: [{ role: "user", content: "hi" }], ...fields })
    expect(native.request(body({}), target)).toBeDefined()
    expect(
      native.request(body({ tool_choice: { type: "auto", disable_parallel_tool_use: true } }), target),
    ).toBeUndefined()
    expect(native.request(body({ service_tier: "auto" }), target)).toBeUndefined()
    const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } }
    expect(native.request(body({ messages: [{ role: "user", content: [image] }] }), target)).toBeUndefined()
  })

  test("and get Anthropic's events, wherever the frames are cut", () => {
    const bytes = concat(claudeEvents("Hi 😀 there").map(chunkFrame))
    const read = (at: number) => {
      const tap = native.stream(patch, "bedrock")
      const out = [tap.push(bytes.subarray(0, at)), tap.push(bytes.subarray(at)), tap.end()].filter(
        (piece) => piece !== undefined,
      )
      return { text: Buffer.concat(out).toString("utf8"), summary: tap.summary }
    }
    const whole = read(bytes.length)
    expect(whole.text).toContain('event: content_block_delta\ndata: {"type":"content_block_delta"')
    expect(whole.summary).toMatchObject({ complete: true, upstreamId: "msg_bdrk_1", error: undefined })
    expect(whole.summary.usage?.output.text).toBe(9)
    for (let at = 1; at < bytes.length; at++) expect(read(at).text).toBe(whole.text)
  })

  test("and the error in their format when the stream breaks", () => {
    const frames = claudeEvents("Hello there").map(chunkFrame)
    const broken = native.stream(patch, "bedrock")
    broken.push(
      concat([...frames.slice(0, 3), exceptionFrame("throttlingException", "Too many requests, please wait")]),
    )
    expect(broken.summary.error?.code).toBe("rate_limited")
    const cut = native.stream(patch, "bedrock")
    cut.push(concat(frames.slice(0, 4)).slice(0, -5))
    expect(Buffer.from(cut.end() ?? []).toString()).toContain("event: error")
    expect(cut.summary.error?.code).toBe("stream_interrupted")
  })
})

test("one call at a time is Converse's matter", async () => {
  const request = chat({ messages: [user("hello")], tools: [tool], parallelToolCalls: false })
  const other = wireFor(made, model, request)
  expect(other.dialect.name).toBe("bedrock-converse")
  const { body } = await tell(other, model, request)
  expect(body.additionalModelRequestFields).toMatchObject({
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
  })
})

test("the operator's guardrail, latency and tier go as headers", () => {
  const own = wireFor(
    provider({
      options: { guardrail: { id: "g1", version: "3", trace: "enabled" }, latency: "optimized", service_tier: "flex" },
    }),
    model,
  )
  expect(own.endpoint({ model, stream: true }).headers).toMatchObject({
    "x-amzn-bedrock-guardrailidentifier": "g1",
    "x-amzn-bedrock-guardrailversion": "3",
    "x-amzn-bedrock-trace": "ENABLED",
    "x-amzn-bedrock-performanceconfig-latency": "optimized",
    "x-amzn-bedrock-service-tier": "flex",
  })
})
