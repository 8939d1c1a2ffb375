import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import {
  type ChatPart,
  emptyUsage,
  GatewayError,
  type Json,
  type JsonObject,
  type Loss,
} from "../../src/contract/index.ts"
import {
  CompletionStreamJoiner,
  chatCompletions,
  completionsClient,
  createSseDecoder,
  joinCompletions,
  messages,
  openrouterFace,
  requestyFace,
  splitPrompts,
} from "../../src/dialects/index.ts"

const decode = (body: unknown) => completionsClient.decodeRequest(body as Json)
const identity = { id: "cmpl-1", model: "a/b", provider: "acme", providerName: "Acme", createdSeconds: 1_790_000_000 }
const usage = { ...emptyUsage, input: { ...emptyUsage.input, fresh: 3 }, output: { ...emptyUsage.output, text: 2 } }

const text = (words: string, choice?: number): ChatPart[] => {
  const at = { index: 0, ...(choice === undefined ? {} : { choice }) }
  return [
    { type: "text-start", ...at },
    { type: "text-delta", text: words, ...at },
    { type: "text-end", ...at },
  ]
}
const end: ChatPart[] = [
  { type: "usage", usage },
  { type: "finish", reason: "stop", raw: "end_turn" },
]

const whole = (parts: readonly ChatPart[], body: object = {}) =>
  completionsClient.encodeReply(
    parts,
    identity,
    requestyFace,
    0.5,
    decode({ prompt: "Say", ...body }),
  ) as JsonObject & {
    choices: JsonObject[]
  }
const stream = (parts: readonly ChatPart[], body: object = {}, includeUsage = false, face = requestyFace): string => {
  const encoder = completionsClient.encodeStream(identity, face, {
    includeUsage,
    price: () => 0.5,
    context: { requestId: "r" },
    request: decode({ prompt: "Say", ...body }),
  })
  return parts.map((part) => encoder.push(part)).join("") + encoder.end()
}
const dataOf = (events: string): string[] => {
  const sse = createSseDecoder()
  return [...sse.push(new TextEncoder().encode(events)), ...sse.end()].map(({ data }) => data)
}
const chunksOf = (events: string) =>
  dataOf(events)
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data) as JsonObject & { choices: JsonObject[] })

describe("a request", () => {
  test("is one user message with chat completions' parameters", () => {
    const request = decode({
      model: "a/b",
      prompt: "Once",
      max_tokens: 5,
      temperature: 0.5,
      logprobs: 2,
      stop: "x",
      n: 2,
      best_of: 2,
      echo: false,
      stream: true,
      stream_options: { include_usage: true },
      logit_bias: { 50256: -100 },
      user: "u",
      seed: 1,
      min_tokens: 3,
      provider: { only: ["acme"] },
    })
    expect(request).toEqual({
      model: "a/b",
      messages: [{ role: "user", content: [{ type: "text", text: "Once" }] }],
      maxOutputTokens: 5,
      sampling: { temperature: 0.5, logprobs: true, topLogprobs: 2, seed: 1, logitBias: { 50256: -100 } },
      stop: ["x"],
      choices: 2,
      stream: true,
      user: "u",
      extras: { "chat-completions": { min_tokens: 3 }, gateway: { provider: { only: ["acme"] } } },
    })
  })

  test("suffix and best_of have no counterpart and are reported to every upstream", () => {
    const request = decode({ prompt: ["Once"], suffix: "end", best_of: 4, n: 2 })
    for (const dialect of [chatCompletions, messages]) {
      const losses: Loss[] = []
      dialect.encodeRequest(request, { model: "m", profile: {}, maxOutput: 10, lose: (loss) => losses.push(loss) })
      expect(losses.map(({ path }) => path)).toEqual(expect.arrayContaining(["suffix", "best_of"]))
    }
  })

  test("mistakes are named", () => {
    const failing = (body: unknown): readonly [string | undefined, string] => {
      try {
        decode(body)
        return [undefined, ""]
      } catch (thrown) {
        const { code, param, message } = thrown as GatewayError
        expect(code).toBe("invalid_request")
        return [param, message]
      }
    }
    expect(failing([])[0]).toBe("body")
    expect(failing({})[0]).toBe("prompt")
    expect(failing({ prompt: "" })[0]).toBe("prompt")
    expect(failing({ prompt: [] })[0]).toBe("prompt")
    expect(failing({ prompt: { a: 1 } })[0]).toBe("prompt")
    expect(failing({ prompt: [1, 2] })).toEqual(["prompt", expect.stringContaining("token numbers")])
    expect(failing({ prompt: [[1, 2]] })).toEqual(["prompt[0]", expect.stringContaining("token numbers")])
    expect(failing({ prompt: ["a", 1] })[0]).toBe("prompt")
    expect(failing({ prompt: ["a", "b"] })).toEqual(["prompt", expect.stringContaining("one request for each")])
    expect(failing({ prompt: "a", logprobs: true })[0]).toBe("logprobs")
    expect(failing({ prompt: "a", best_of: 0 })[0]).toBe("best_of")
  })
})

describe("a reply", () => {
  test("whole", () => {
    expect(whole([{ type: "start", systemFingerprint: "fp" }, ...text("hello"), ...end])).toMatchObject({
      id: "cmpl-1",
      object: "text_completion",
      model: "a/b",
      system_fingerprint: "fp",
      choices: [{ text: "hello", index: 0, logprobs: null, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 2, cost: 0.5 },
    })
  })

  test("with the prompt in front where echo is asked for, once per choice", () => {
    const parts = [...text("a"), ...text("b", 1), ...end]
    expect(whole(parts, { echo: true }).choices.map((choice) => choice.text)).toEqual(["Saya", "Sayb"])
    const chunks = chunksOf(stream(parts, { echo: true }))
    expect(chunks.map(({ choices }) => choices[0]?.text)).toEqual(["Saya", "Sayb", ""])
  })

  test("chances of tokens in columns", () => {
    const entry = (token: string) => ({ token, logprob: -1, bytes: [1], top_logprobs: [{ token: "z", logprob: -2 }] })
    const delta = (token: string): ChatPart => ({
      type: "text-delta",
      index: 0,
      text: token,
      logprobs: { content: [entry(token)] },
    })
    const parts: ChatPart[] = [
      { type: "text-start", index: 0 },
      delta("ab"),
      delta("c"),
      { type: "text-end", index: 0 },
      ...end,
    ]
    expect(whole(parts, { echo: true }).choices[0]?.logprobs).toEqual({
      tokens: ["ab", "c"],
      token_logprobs: [-1, -1],
      top_logprobs: [{ z: -2 }, { z: -2 }],
      text_offset: [3, 5],
    })
    const offsets = chunksOf(stream(parts, { echo: true })).map(
      ({ choices }) => (choices[0]?.logprobs as JsonObject | null)?.text_offset,
    )
    expect(offsets).toEqual([[3], [5], undefined])
  })

  test("thoughts keep the name that they have in a chat", () => {
    const parts: ChatPart[] = [
      { type: "reasoning-start", format: "unknown", index: 0 },
      { type: "reasoning-delta", text: "hm", index: 0 },
      { type: "reasoning-end", index: 0 },
      { type: "text-start", index: 1 },
      { type: "text-delta", text: "x", index: 1 },
      { type: "text-end", index: 1 },
      ...end,
    ]
    expect(whole(parts).choices[0]).toMatchObject({ text: "x", reasoning: "hm" })
    expect(chunksOf(stream(parts))[0]?.choices[0]).toMatchObject({ text: "", reasoning: "hm" })
  })

  test("the stream ends with [DONE], and with usage where it is wanted or the face's way", () => {
    const parts = [...text("x"), ...end]
    expect(dataOf(stream(parts)).at(-1)).toBe("[DONE]")
    const usageOf = (events: string) => chunksOf(events).at(-1)?.usage
    expect(usageOf(stream(parts))).toBeUndefined()
    expect(usageOf(stream(parts, {}, true))).toMatchObject({ cost: 0.5 })
    expect(usageOf(stream(parts, {}, false, openrouterFace))).toMatchObject({ cost: 0.5 })
  })

  test("a failure is the last event", () => {
    const error = new GatewayError("provider_down", "gone")
    const events = dataOf(stream([...text("x"), { type: "error", error }, ...end]))
    expect(events.map((data) => JSON.parse(data).error?.code)).toEqual([undefined, "provider_down"])
  })

  test("property: the stream is the whole reply", () => {
    const word = fc.constantFrom("", "a", "ä\n", "😀 ")
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.integer({ min: 0, max: 2 }))), fc.boolean(), (deltas, echo) => {
        const choices = [0, 1, 2]
        const parts: ChatPart[] = [
          ...choices.map((choice): ChatPart => ({ type: "text-start", index: 0, choice })),
          ...deltas.map(([words, choice]): ChatPart => ({ type: "text-delta", index: 0, choice, text: words })),
          ...choices.map((choice): ChatPart => ({ type: "finish", reason: "length", raw: null, choice })),
          { type: "usage", usage },
        ]
        const folded = new Map<Json | undefined, string>()
        for (const { choices: given } of chunksOf(stream(parts, { echo })))
          for (const { index, text: piece } of given) folded.set(index, (folded.get(index) ?? "") + piece)
        const expected = whole(parts, { echo }).choices.map(({ index, text: said }) => [index, said] as const)
        expect(choices.map((index) => [index, folded.get(index)])).toEqual(expected as never)
      }),
      { seed: 11, numRuns: 200 },
    )
  })
})

describe("several prompts", () => {
  test("are several bodies, whose replies are one again", () => {
    const body: JsonObject = { prompt: ["a", "b"], n: 2, model: "m" }
    expect(splitPrompts(body)).toEqual([
      { prompt: "a", n: 2, model: "m" },
      { prompt: "b", n: 2, model: "m" },
    ])
    expect(splitPrompts({ prompt: "a" })).toEqual([{ prompt: "a" }])
    const one = whole([...text("1"), ...text("2", 1), ...end])
    const joined = joinCompletions([one, whole([...text("3"), ...text("4", 1), ...end])], 2)
    expect((joined.choices as JsonObject[]).map(({ index, text: said }) => [index, said])).toEqual([
      [0, "1"],
      [1, "2"],
      [2, "3"],
      [3, "4"],
    ])
    expect(joined.usage).toMatchObject({ prompt_tokens: 6, total_tokens: 10, cost: 1 })
  })

  test("streams are one again, with one usage and one end", () => {
    const joiner = new CompletionStreamJoiner(1)
    const streams = [stream([...text("1"), ...end], {}, true), stream([...text("2"), ...end], {}, true)]
    const out = streams.flatMap((events, position) => dataOf(events).map((data) => joiner.push(data, position)))
    const all = out.join("") + joiner.end()
    expect(dataOf(all).filter((data) => data === "[DONE]")).toHaveLength(1)
    const chunks = chunksOf(all)
    expect(chunks.map(({ choices }) => choices.map(({ index, text: said }) => [index, said]))).toEqual([
      [[0, "1"]],
      [[0, ""]],
      [[1, "2"]],
      [[1, ""]],
      [],
    ])
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 6, cost: 1 })
  })
})
