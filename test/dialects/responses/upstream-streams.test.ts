import { describe, expect, test } from "bun:test"
import type { Json } from "../../../src/contract/index.ts"
import { responses } from "../../../src/dialects/index.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { oddStreams, responsesStreams } from "../../kit/responses-streams.ts"
import { decodeChunks, decodeText, feedEvents, sourceFor } from "../../kit/responses-upstream.ts"

const wholeOf = (body: unknown) => foldParts(responses.decodeReply(body as Json, sourceFor()))

type Block = Readonly<Record<string, unknown>>

/** Refusals have no frame around their pieces. */
const joined = (blocks: readonly Block[]) => {
  const out: Record<string, unknown>[] = []
  for (const block of blocks) {
    const last = out.at(-1)
    const isMore = block.type === "refusal-delta" && last?.type === block.type && last.index === block.index
    if (isMore) last.text = `${last.text}${block.text}`
    else out.push({ ...block })
  }
  return out
}

describe.each(Object.entries(responsesStreams))("%s", (_name, { text, whole }) => {
  const bytes = new TextEncoder().encode(text)

  test("gives equal parts wherever the bytes are cut", () => {
    const parts = decodeChunks([bytes])
    for (let cut = 1; cut < bytes.length; cut++)
      expect(decodeChunks([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(parts)
  })

  test("keeps the duties of parts and equals its folded whole", () => {
    const folded = foldParts(decodeText(text))
    const meant = wholeOf(whole)
    expect(joined(folded.blocks)).toEqual([...meant.blocks])
    expect({ ...folded, blocks: [] }).toEqual({ ...meant, blocks: [] })
    expect(folded.error).toBeUndefined()
    expect(folded.finish).toHaveLength(1)
  })

  test("without its last event it is interrupted", () => {
    const shorter = text.slice(0, text.trimEnd().lastIndexOf("data: "))
    expect(foldParts(decodeText(shorter)).error).toMatchObject({ code: "stream_interrupted" })
  })
})

describe("what the parts say", () => {
  const partsOf = (name: string) => foldParts(decodeText(responsesStreams[name]!.text))

  test("reasoning summaries are paragraphs, with what is encrypted; citations have their place", () => {
    const { start, blocks, usage, finish } = partsOf("reasoning summaries, text, citation")
    expect(start).toEqual({ type: "start", id: "resp_68af", model: "gpt-5.6-2026-09-01", serviceTier: "default" })
    expect(blocks).toMatchObject([
      {
        type: "reasoning",
        id: "rs_1",
        format: "openai-responses-v1",
        summary: true,
        text: "**Weighing**\n\nFirst thought\n\n**Deciding**\n\nSecond",
        encrypted: "gAAAAABo-x_Y==",
      },
      {
        type: "text",
        text: 'Grüße from "Köln"\n\t😀 a\\b',
        extras: { responses: { phase: "final_answer" } },
      },
      { type: "citation", url: "https://koeln.example/?a=1", title: "Köln", startIndex: 0, endIndex: 5 },
    ])
    expect(usage?.input).toMatchObject({ fresh: 20, cacheRead: 10, cacheWrite: 6 })
    expect(usage?.output).toMatchObject({ text: 23, reasoning: 64 })
    expect(finish).toEqual([{ type: "finish", reason: "stop", raw: "completed" }])
  })

  test("calls have ids, names and arguments, and finish for tools", () => {
    const { blocks, finish } = partsOf("calls in parallel, one without arguments, and a custom one")
    expect(blocks.map(({ kind, id, name, arguments: text }) => [kind, id, name, text])).toEqual([
      ["function", "call_a", "weather", '{"city":"Köln"}'],
      ["function", "call_b", "clock", "{}"],
      ["custom", "call_patch", "apply_patch", "*** Begin\n+ü"],
    ])
    expect(finish).toMatchObject([{ reason: "tool-calls" }])
  })

  test("pictures are media, what is unknown survives whole, searches are counted", () => {
    const { blocks, usage } = partsOf("built-in tools, parts and items of tomorrow")
    expect(blocks.map(({ type }) => type)).toEqual([
      "opaque",
      "media",
      "opaque",
      "text",
      "opaque",
      "text",
      "citation",
      "opaque",
    ])
    expect(blocks[1]).toMatchObject({ media: { kind: "image", mime: "image/webp", source: { base64: "UklGRg==" } } })
    expect(blocks[2]).toMatchObject({
      dialect: "responses",
      data: { type: "compaction_of_tomorrow", depth: { a: [1.5] } },
    })
    expect(blocks[6]).toMatchObject({ type: "citation", startIndex: 4, endIndex: 5 })
    expect(usage?.counters).toEqual({ webSearch: 1 })
  })

  test("a refusal and a limit are told by the finish", () => {
    expect(partsOf("a refusal").finish).toMatchObject([{ reason: "content-filter" }])
    expect(partsOf("an answer that is cut at its limit").finish).toEqual([
      { type: "finish", reason: "length", raw: "max_output_tokens" },
    ])
  })
})

describe("odd upstreams", () => {
  test("no ids and no numbers, and items that nobody announced", () => {
    const { blocks } = foldParts(decodeText(oddStreams.openModel.text))
    expect(blocks).toMatchObject([
      { type: "reasoning", text: "Let me think" },
      { type: "text", text: "42" },
    ])
    expect(blocks).toHaveLength(2)
  })

  test("Azure tells encrypted content in the last event: under the id that keeps its place", () => {
    const { blocks } = foldParts(decodeText(oddStreams.azure.text))
    expect(blocks.map(({ type, id, encrypted }) => [type, id, encrypted])).toEqual([
      ["reasoning", "rs_1", undefined],
      ["tool-call", "call_a", undefined],
      ["reasoning", "rs_1", "gAAAAABo-x_Y=="],
    ])
  })

  test.each(["numberedZero", "changingIds"] as const)("items are told apart: %s", (name) => {
    const { blocks } = foldParts(decodeText(oddStreams[name].text))
    expect(blocks.map(({ arguments: text }) => text)).toEqual(['{"city":"Köln"}', "{}", "*** Begin\n+ü"])
  })

  test("a call whose name comes late, and one without any id", () => {
    const { blocks } = foldParts(
      feedEvents([
        { type: "response.output_item.added", output_index: 0, item: { type: "function_call" } },
        { type: "response.function_call_arguments.delta", output_index: 0, delta: '{"a"' },
        {
          type: "response.output_item.done",
          output_index: 0,
          item: { type: "function_call", name: "f", arguments: '{"a":1}' },
        },
        { type: "response.completed", response: { status: "completed", output: [] } },
      ]),
    )
    expect(blocks).toEqual([
      { type: "tool-call", index: 0, id: "call_0", name: "f", kind: "function", arguments: '{"a":1}' },
    ])
  })

  test("log probabilities come with their text", () => {
    const logprobs = [{ token: "Hi", logprob: -0.1, bytes: [72, 105], top_logprobs: [] }]
    const parts = feedEvents([
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi", logprobs },
      { type: "response.completed", response: { output: [] } },
    ])
    expect(parts).toContainEqual({ type: "text-delta", index: 0, text: "Hi", logprobs: { content: logprobs } })
  })
})

describe("failures", () => {
  const failing = (error: object) =>
    foldParts(feedEvents([{ type: "response.failed", response: { status: "failed", error, usage: null } }])).error

  test.each([
    [{ code: "rate_limit_exceeded", message: "Slow down" }, "rate_limited"],
    [{ code: "server_error", message: "Oops" }, "provider_down"],
    [{ code: "invalid_prompt", message: "No" }, "upstream_invalid_request"],
    [{ code: "context_length_exceeded", message: "Your input exceeds the context window" }, "context_length_exceeded"],
    [{ code: "insufficient_quota", message: "You exceeded your current quota" }, "provider_quota"],
    [{ code: "vector_store_timeout", message: "Late" }, "provider_timeout"],
  ])("response.failed with %o is %s", (error, code) => expect(failing(error)).toMatchObject({ code }))

  test.each([
    [{ type: "error", code: "rate_limit_exceeded", message: "Slow", param: null }, "rate_limited"],
    [{ type: "error", error: { type: "server_error", message: "Oops" } }, "provider_down"],
    [{ error: { message: "The server is overloaded" } }, "provider_overloaded"],
    [{ code: "x", error: "The model does not exist" }, "upstream_model_not_found"],
  ])("%o inside a stream is an error part", (event, code) =>
    expect(foldParts(feedEvents([event])).error).toMatchObject({ code }),
  )

  test("a failure keeps the usage that it was told with", () => {
    const usage = { input_tokens: 5, output_tokens: 0, total_tokens: 5 }
    const parts = feedEvents([
      { type: "response.failed", response: { status: "failed", error: { code: "server_error", message: "x" }, usage } },
    ])
    expect(foldParts(parts)).toMatchObject({ usage: { input: { fresh: 5 } }, error: { code: "provider_down" } })
  })

  test.each([
    [{ error: { message: "Bad key", code: "invalid_api_key" } }, "provider_auth"],
    [{ status: "failed", error: { code: "server_error", message: "x" }, output: [] }, "provider_down"],
    [{ choices: [] }, "bad_provider_response"],
    ["text", "bad_provider_response"],
  ])("a whole reply %o throws %s", (body, code) =>
    expect(() => responses.decodeReply(body as Json, sourceFor())).toThrow(expect.objectContaining({ code })),
  )

  test("a reply that is still under way is none", () =>
    expect(wholeOf({ status: "in_progress", output: [] }).error).toMatchObject({ code: "bad_provider_response" }))

  test("text that is not JSON between events breaks the answer off", () =>
    expect(foldParts(decodeText('data: {"type"\n\ndata: {"type":"response.created"}\n\n')).error).toMatchObject({
      code: "bad_provider_response",
    }))

  test("a failing status keeps its class and words", () => {
    const error = responses.decodeError(
      {
        status: 400,
        headers: new Headers(),
        body: '{"error":{"message":"Unknown parameter: \'x\'.","type":"invalid_request_error"}}',
      },
      "openai",
    )
    expect(error).toMatchObject({ code: "unsupported_parameter", provider: "openai", upstreamStatus: 400 })
  })
})
