import { describe, expect, test } from "bun:test"
import type { GatewayError, Json, ReplyPatch } from "../../../src/contract/index.ts"
import { gemini, geminiClient } from "../../../src/dialects/index.ts"
import { estimate } from "../../kit/chat-completions.ts"
import { answers } from "../../kit/fake-gemini/scenarios.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { eventsOf, readStream, readWhole } from "./client-kit.ts"

const patchOf = (prices: number[] = []): ReplyPatch => ({
  id: "gen-1",
  model: "vendor/modèle",
  face: "requesty",
  provider: "Google",
  includeUsage: true,
  price: (usage) => prices.push(usage.output.text) && 0.25,
  estimate,
})
const native = gemini.native!
const bytesOf = (text: string) => new TextEncoder().encode(text)

const event = (data: unknown, end = "\r\n\r\n") =>
  `data: ${typeof data === "string" ? data : JSON.stringify(data)}${end}`
const frame = { modelVersion: "gemini-3", responseId: "up" }
const chunk = (parts: Json[], more: object = {}, candidate: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...candidate }],
  ...more,
  ...frame,
})
const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 8, thoughtsTokenCount: 3, newCount: 1 }

const streams: Readonly<Record<string, string>> = {
  text: [
    event(chunk([{ text: "Grüße, " }], { usageMetadata: { promptTokenCount: 10 } })),
    ": comment\r\n\r\n",
    event(chunk([{ text: "Köln 😀" }])),
    event(chunk([{ text: "", thoughtSignature: "c2ln" }], { usageMetadata }, { finishReason: "STOP" })),
  ].join(""),
  "unknown fields and number spelling": event(
    `{"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"},"finishReason":"STOP","index":0,"x":1.0}],"big":12345678901234567890}`,
  ),
  "usage after the finish": [
    event(chunk([{ text: "a" }], {}, { finishReason: "STOP" })),
    event({ usageMetadata, ...frame }),
  ].join(""),
  calls: [
    event(chunk([{ text: "Hm", thought: true }])),
    event(
      chunk(
        [{ functionCall: { name: "f", args: { a: [1] } }, thoughtSignature: "c2ln" }],
        { usageMetadata },
        { finishReason: "STOP" },
      ),
    ),
  ].join(""),
  "a byte order mark and no last blank line": `\ufeff${event(chunk([{ text: "a" }], {}, { finishReason: "STOP" }), "")}`,
  blocked: event({ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 3 }, ...frame }),
}

const through = (bytes: Uint8Array, cuts: readonly number[] = [], prices: number[] = []) => {
  const tap = native.stream(patchOf(prices), "google")
  const edges = [0, ...cuts, bytes.length]
  const out = edges.slice(1).map((edge, at) => tap.push(bytes.subarray(edges[at], edge)) ?? new Uint8Array())
  return { out: Buffer.concat([...out, tap.end() ?? new Uint8Array()]).toString(), summary: tap.summary, prices }
}

const withoutIdentity = (text: string | Uint8Array) => {
  const { blocks, finish, usage } = foldParts(readStream(text))
  return { blocks, finish, usage }
}

describe("streams", () => {
  for (const [name, stream] of Object.entries(streams)) {
    test(`${name}: the same wherever it is cut, the same content, priced once`, () => {
      const bytes = bytesOf(stream)
      const { out, prices, summary } = through(bytes)
      expect(prices).toHaveLength(1)
      expect(summary).toMatchObject({ complete: true, error: undefined })
      for (let cut = 0; cut <= bytes.length; cut++) expect(through(bytes, [cut]).out).toBe(out)
      expect(
        through(
          bytes,
          Array.from({ length: bytes.length }, (_, at) => at),
        ).out,
      ).toBe(out)
      const before = withoutIdentity(bytes)
      const after = withoutIdentity(out)
      expect(after.blocks).toEqual(before.blocks)
      expect(after.finish).toEqual(before.finish)
      if (before.usage) expect(after.usage).toEqual(before.usage)
    })
  }

  test("identity on each event, the cost on the last, everything else byte for byte", () => {
    const { out, summary } = through(bytesOf(streams.text ?? ""))
    const identity = '"modelVersion":"vendor/mod\\u00e8le","responseId":"gen-1"'
    const expected = (streams.text ?? "")
      .replaceAll("\r\n", "\n")
      .replaceAll('"modelVersion":"gemini-3","responseId":"up"', identity)
      .replace('"newCount":1', '"newCount":1,"cost":0.25')
    expect(out).toBe(expected)
    expect(summary).toMatchObject({ upstreamId: "up", upstreamModel: "gemini-3", finish: "STOP", signatures: ["c2ln"] })
    expect(summary.contentLength).toBe("Grüße, Köln 😀".length)
    expect(summary.usage?.output).toMatchObject({ text: 8, reasoning: 3 })
  })

  test("unknown fields keep their spelling, and what is missing is added", () => {
    const { out } = through(bytesOf(streams["unknown fields and number spelling"] ?? ""))
    expect(out).toContain('"x":1.0')
    expect(out).toContain('"big":12345678901234567890')
    expect(JSON.parse(eventsOf(out)[0] ?? "")).toMatchObject({ responseId: "gen-1", usageMetadata: { cost: 0.25 } })
  })

  const errorOf = (out: string) => JSON.parse(eventsOf(out).at(-1) ?? "").error

  test("a cut stream, also in the middle of an event, ends with an error", () => {
    const bytes = bytesOf(streams.text ?? "")
    for (const at of [0, 5, 60, bytes.length - 40]) {
      const { out, summary } = through(bytes.subarray(0, at))
      expect(summary.error?.code).toBe("stream_interrupted")
      expect(errorOf(out)).toMatchObject({ code: 502, status: "UNAVAILABLE" })
    }
  })

  test("an error in the middle, and nothing after it", () => {
    const overloaded = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }
    const stream = event(chunk([{ text: "a" }])) + event(overloaded) + event(chunk([{ text: "b" }]))
    const { out, summary, prices } = through(bytesOf(stream))
    expect(summary.error).toMatchObject({ code: "provider_overloaded", provider: "google" })
    expect(errorOf(out)).toMatchObject({ status: "UNAVAILABLE" })
    expect(eventsOf(out)).toHaveLength(2)
    expect(prices).toEqual([])
  })

  test("an event that is no JSON, and an answer that the model broke off", () => {
    const bad = through(bytesOf(event(chunk([{ text: "a" }])) + event("{oops}") + event(chunk([{ text: "b" }]))))
    expect(bad.summary.error?.code).toBe("bad_provider_response")
    const broken = through(
      bytesOf(event(chunk([], {}, { finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "print(" }))),
    )
    expect(broken.summary.error?.message).toContain("MALFORMED_FUNCTION_CALL: print(")
  })
})

describe("whole replies", () => {
  test("patched in three places, everything else byte for byte", () => {
    const text = `{ "candidates": [ {"content":{"parts":[{"text":"ä", "x": 1.0}],"role":"model"},"finishReason":"STOP"} ],\n "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 8},  "modelVersion":"gemini-3", "responseId":"up" }`
    const { text: out, summary } = native.reply(text, patchOf(), "google")
    expect(out).toBe(
      text
        .replace('"candidatesTokenCount": 8', '"candidatesTokenCount": 8,"cost":0.25')
        .replace('"gemini-3"', '"vendor/modèle"')
        .replace('"up"', '"gen-1"'),
    )
    expect(summary).toMatchObject({ complete: true, upstreamId: "up", finish: "STOP", contentLength: 1 })
  })

  test("each of the fake's answers says the same afterwards", () => {
    for (const [name, make] of Object.entries(answers)) {
      if (name === "malformed") continue
      const { parts, finish = "STOP", candidate, usage, feedback } = make({}, true)
      const content = parts ? { content: { role: "model", parts: [...parts] } } : {}
      const body = feedback
        ? { promptFeedback: feedback, usageMetadata }
        : {
            candidates: [{ ...content, finishReason: finish, ...candidate }],
            usageMetadata: { ...usageMetadata, ...usage },
          }
      const { text } = native.reply(JSON.stringify(body), patchOf(), "google")
      const said = (value: Json) => {
        const { blocks, finish: ends, usage: used } = foldParts(readWhole(value))
        return { blocks, ends, used }
      }
      expect(said(JSON.parse(text))).toEqual(said(body as unknown as Json))
    }
  })

  test("no usage: an estimate in Google's words", () => {
    const { text, summary } = native.reply(
      JSON.stringify(chunk([{ text: "abc" }], {}, { finishReason: "STOP" })),
      patchOf(),
      "google",
    )
    expect(JSON.parse(text).usageMetadata).toMatchObject({ promptTokenCount: 7, candidatesTokenCount: 3, cost: 0.25 })
    expect(summary.usage?.estimated).toBe(true)
  })

  test("failures inside a 200", () => {
    const codeOf = (text: string): string => {
      try {
        native.reply(text, patchOf(), "google")
        return ""
      } catch (thrown) {
        return (thrown as GatewayError).code
      }
    }
    expect(codeOf("<html>")).toBe("bad_provider_response")
    expect(codeOf("[]")).toBe("bad_provider_response")
    expect(codeOf(JSON.stringify([{ error: { code: 503, message: "x", status: "UNAVAILABLE" } }]))).toBe(
      "provider_overloaded",
    )
    expect(codeOf(JSON.stringify({ error: { code: 429, message: "x", status: "RESOURCE_EXHAUSTED" } }))).toBe(
      "rate_limited",
    )
    expect(codeOf(JSON.stringify(chunk([{ text: "a" }])))).toBe("stream_interrupted")
    expect(codeOf(JSON.stringify({ usageMetadata }))).toBe("stream_interrupted")
  })
})

test("client and upstream have one name: that opens the native lane", () => {
  expect(geminiClient.name).toBe(gemini.name)
})
