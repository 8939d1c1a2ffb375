import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { type ChatPart, GatewayError, type Json } from "../../../src/contract/index.ts"
import { createJsonArrayWriter, geminiClient, openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import {
  call,
  eventsOf,
  identity,
  readStream,
  readWhole,
  stop,
  streamed,
  text,
  thought,
  usage,
  whole,
} from "./client-kit.ts"

describe("a whole reply", () => {
  test("text, thoughts and calls, usage with its cost", () => {
    const reply = whole([
      { type: "start", id: "up", model: "m", serviceTier: "flex" },
      ...thought("google-gemini-v1", "Hm", 0, { signature: "c2ln" }),
      ...text("It is ", 1),
      ...text("so.", 2),
      ...call("c1", "f", '{"a":1}', 3, "c2lnMg=="),
      ...call("c2", "g", "", 4),
      { type: "usage", usage },
      { type: "finish", reason: "tool-calls", raw: "tool_use" },
    ])
    expect(reply).toEqual({
      candidates: [
        {
          content: {
            role: "model",
            parts: [
              { text: "Hm", thought: true, thoughtSignature: "c2ln" },
              { text: "It is so." },
              { functionCall: { id: "c1", name: "f", args: { a: 1 } }, thoughtSignature: "c2lnMg==" },
              { functionCall: { id: "c2", name: "g", args: {} } },
            ],
          },
          finishReason: "STOP",
          index: 0,
        },
      ],
      usageMetadata: {
        promptTokenCount: 110,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 7,
        totalTokenCount: 137,
        cachedContentTokenCount: 10,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 100 },
          { modality: "AUDIO", tokenCount: 4 },
          { modality: "IMAGE", tokenCount: 6 },
        ],
        cacheTokensDetails: [{ modality: "TEXT", tokenCount: 10 }],
        candidatesTokensDetails: [{ modality: "TEXT", tokenCount: 20 }],
        cost: 0.25,
        serviceTier: "flex",
      },
      modelVersion: "vendor/modèle",
      responseId: "gen-1",
    })
    expect(foldParts(readWhole(reply as Json)).usage).toEqual(usage)
  })

  test("the words of finish reasons", () => {
    const word = (reason: "length" | "content-filter" | "stop" | "other", raw: string) =>
      whole([...text("x"), { type: "finish", reason, raw }]).candidates[0]?.finishReason
    expect(word("length", "max_tokens")).toBe("MAX_TOKENS")
    expect(word("content-filter", "refusal")).toBe("SAFETY")
    expect(word("content-filter", "RECITATION")).toBe("RECITATION")
    expect(word("stop", "COMPLETE")).toBe("STOP")
    expect(word("other", "LANGUAGE")).toBe("LANGUAGE")
    expect(word("other", "compaction")).toBe("OTHER")
  })

  test("a refusal before any content says why in promptFeedback", () => {
    const refused = whole([{ type: "finish", reason: "content-filter", raw: "PROHIBITED_CONTENT" }])
    expect(refused).toMatchObject({
      candidates: [{ finishReason: "PROHIBITED_CONTENT", content: { parts: [{ text: "" }] } }],
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
    })
    expect(whole([...text("no"), { type: "finish", reason: "content-filter", raw: "refusal" }])).not.toHaveProperty(
      "promptFeedback",
    )
  })

  test("pictures, and arguments that are no object", () => {
    const media = { type: "media", kind: "image", mime: "image/png", source: { type: "data", base64: "AA==" } } as const
    const [candidate] = whole([
      { type: "media", index: 0, media },
      ...call("c", "f", "broken {", 1),
      ...stop,
    ]).candidates
    expect(candidate?.content.parts).toEqual([
      { inlineData: { mimeType: "image/png", data: "AA==" } },
      { functionCall: { id: "c", name: "f", args: { input: "broken {" } } },
    ])
  })

  test("citations count in UTF-8 bytes from their part", () => {
    const parts: ChatPart[] = [
      ...text("Größe: ", 0),
      ...call("c", "f", "{}", 1),
      ...text("Äh, rund.", 2),
      { type: "citation", index: 2, url: "https://a.b", title: "A", startIndex: 11, endIndex: 15 },
      { type: "citation", index: 2, url: "https://c.d" },
      ...stop,
    ]
    const [candidate] = whole(parts).candidates
    expect(candidate?.groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: "https://a.b", title: "A" } }, { web: { uri: "https://c.d" } }],
      groundingSupports: [
        { segment: { partIndex: 2, startIndex: 5, endIndex: 9, text: "rund" }, groundingChunkIndices: [0] },
      ],
    })
    const cited = (all: readonly ChatPart[]) =>
      all.flatMap((part) => (part.type === "citation" ? [[part.url, part.startIndex, part.endIndex]] : []))
    const expected = [
      ["https://a.b", 11, 15],
      ["https://c.d", undefined, undefined],
    ]
    expect(cited(readWhole(whole(parts) as Json))).toEqual(expected)
    expect(cited(readStream(streamed(parts)))).toEqual(expected)
  })

  test("chances of tokens", () => {
    const logprobs = {
      content: [{ token: "a", logprob: -0.1, top_logprobs: [{ token: "b", logprob: -2 }] }],
      refusal: null,
    }
    const [candidate] = whole([
      { type: "text-start", index: 0 },
      { type: "text-delta", index: 0, text: "a", logprobs },
      ...stop,
    ]).candidates
    expect(candidate?.logprobsResult).toEqual({
      chosenCandidates: [{ token: "a", logProbability: -0.1 }],
      topCandidates: [{ candidates: [{ token: "b", logProbability: -2 }] }],
    })
  })
})

const words = fc.constantFrom("a", "ä ö", '"q"\n', "😀")
const block = fc.oneof(
  words.map((value) => (index: number) => text(value, index)),
  words.map((value) => (index: number) => thought("google-gemini-v1", value, index, {})),
  fc.constantFrom("{}", '{"a":[1]}').map((args) => (index: number) => call(`c${index}`, "f", args, index)),
)
const signed = (index: number): ChatPart[] => [
  { type: "reasoning-start", format: "google-gemini-v1", index },
  { type: "reasoning-delta", encrypted: `c2ln${index}`, index },
  { type: "reasoning-end", index },
]

test("property: the stream is the whole reply, and both read back as what was said", () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), fc.boolean(), (blocks, isSigned) => {
      const parts: ChatPart[] = [{ type: "start" }, ...blocks.flatMap((make, index) => make(index))]
      if (isSigned) parts.push(...signed(blocks.length))
      const called = parts.some(({ type }) => type === "tool-call-start")
      parts.push({ type: "usage", usage }, { type: "finish", reason: called ? "tool-calls" : "stop", raw: "x" })
      const fromStream = foldParts(readStream(streamed(parts)))
      expect(fromStream).toEqual(foldParts(readWhole(whole(parts) as Json)))
      // Neighbours of one kind are one block on the wire.
      const said = (all: readonly ChatPart[]) =>
        all.map((part) => ("text" in part ? part.text : "arguments" in part ? part.arguments : "")).join("")
      expect(said(readStream(streamed(parts)))).toBe(said(parts))
      expect(fromStream.usage).toEqual(usage)
    }),
    { seed: 7, numRuns: 300 },
  )
})

describe("a stream", () => {
  test("each chunk has parts, which SDKs demand of what they keep; the last has reason and usage", () => {
    const events = eventsOf(streamed([{ type: "start" }, ...text("a"), ...text("b", 1), ...stop])).map((data) =>
      JSON.parse(data),
    )
    expect(events.map(({ candidates }) => candidates[0].content)).toEqual([
      { role: "model", parts: [{ text: "a" }] },
      { role: "model", parts: [{ text: "b" }] },
      { role: "model", parts: [{ text: "" }] },
    ])
    expect(events.map((event) => [event.responseId, event.modelVersion])).toEqual(
      Array(3).fill(["gen-1", "vendor/modèle"]),
    )
    expect(events.map(({ usageMetadata }) => usageMetadata?.cost)).toEqual([undefined, undefined, 0.25])
    expect(events.map(({ candidates }) => candidates[0].finishReason)).toEqual([undefined, undefined, "STOP"])
  })

  test("several candidates", () => {
    const parts: ChatPart[] = [
      ...text("one", 0),
      ...text("two", 0, 1),
      { type: "finish", reason: "stop", raw: null },
      { type: "finish", reason: "length", raw: null, choice: 1 },
    ]
    expect(JSON.parse(eventsOf(streamed(parts)).at(-1) ?? "").candidates).toMatchObject([
      { index: 0, finishReason: "STOP" },
      { index: 1, finishReason: "MAX_TOKENS" },
    ])
    expect(whole(parts).candidates.map(({ content }) => content.parts)).toEqual([[{ text: "one" }], [{ text: "two" }]])
  })

  test("an error is the last event", () => {
    const error = new GatewayError("provider_overloaded", "busy", { provider: "acme", retryAfterMs: 1500 })
    const all = eventsOf(streamed([...text("a"), { type: "error", error }, ...text("b", 1)])).map((data) =>
      JSON.parse(data),
    )
    expect(all).toHaveLength(2)
    expect(all[1].error).toMatchObject({ status: "UNAVAILABLE", message: "busy" })
  })

  test("as a JSON array, however the bytes are cut, with silences in between", () => {
    const parts: ChatPart[] = [...text("Grüße"), ...stop]
    const bytes = new TextEncoder().encode(streamed(parts) + geminiClient.keepAlive(requestyFace))
    const expected = eventsOf(bytes).map((data) => JSON.parse(data))
    for (let cut = 0; cut <= bytes.length; cut++) {
      const writer = createJsonArrayWriter()
      const out = [writer.push(bytes.subarray(0, cut)), writer.push(bytes.subarray(cut)), writer.end()]
      expect(JSON.parse(Buffer.concat(out).toString())).toEqual(expected)
    }
    const empty = createJsonArrayWriter()
    expect(JSON.parse(Buffer.from(empty.end()).toString())).toEqual([])
    const silent = createJsonArrayWriter()
    expect(silent.push(new TextEncoder().encode(": still here\n\n"))).toHaveLength(1)
  })
})

describe("errors", () => {
  const context = { requestId: "req_1", attempts: [{ provider: "acme", code: "provider_overloaded", status: 503 }] }

  test("google.rpc's shape on both faces", () => {
    const error = new GatewayError("rate_limited", "slow down", { retryAfterMs: 12_000, param: "contents" })
    for (const face of [requestyFace, openrouterFace]) {
      expect(geminiClient.errorBody(error, face, context)).toEqual({
        error: {
          code: 429,
          message: "slow down",
          status: "RESOURCE_EXHAUSTED",
          details: [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              reason: "RATE_LIMITED",
              domain: "signalbox",
              metadata: { request_id: "req_1", attempts: "acme 503 provider_overloaded" },
            },
            {
              "@type": "type.googleapis.com/google.rpc.BadRequest",
              fieldViolations: [{ field: "contents", description: "slow down" }],
            },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "12s" },
          ],
        },
      })
    }
  })

  test("faults of the gateway are masked, and words about its credentials", () => {
    const internal = JSON.stringify(
      geminiClient.errorBody(new GatewayError("internal", "secret path /x"), requestyFace, context),
    )
    expect(internal).not.toContain("secret")
    expect(internal).toContain("req_1")
    const auth = new GatewayError("provider_auth", "refused", { provider: "p", upstreamBody: "key sk-1" })
    expect(JSON.stringify(geminiClient.errorBody(auth, requestyFace, context))).not.toContain("sk-1")
  })

  test("a stream that fails before anything", () => {
    const event = geminiClient.streamError(new GatewayError("internal", "x"), identity, requestyFace, context)
    expect(event).toMatch(/^data: \{"error":\{"code":500,.*\}\n\n$/)
  })
})
