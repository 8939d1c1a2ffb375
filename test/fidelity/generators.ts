import fc from "fast-check"
import {
  type ChatPart,
  type ChatRequest,
  type Content,
  emptyUsage,
  type Message,
  type Tool,
} from "../../src/contract/index.ts"

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const words = fc
  .string({ minLength: 1, maxLength: 16, unit: "grapheme" })
  .map((value) => value.toWellFormed())
  .filter((value) => value.trim() !== "")
const json = fc.dictionary(word, fc.oneof(words, fc.integer(), fc.boolean(), fc.array(fc.nat(), { maxLength: 2 })), {
  maxKeys: 3,
})

const said = words.map((text): Content => ({ type: "text", text }))
const image = fc
  .base64String({ minLength: 8, maxLength: 24 })
  .map((base64): Content => ({ type: "media", kind: "image", source: { type: "data", base64 }, mime: "image/png" }))

const names = ["get_weather", "get_time"] as const

const exchange = fc
  .record({
    asked: fc.tuple(said, fc.option(image, { nil: undefined })),
    answer: words,
    calls: fc.array(fc.tuple(fc.constantFrom(...names), json, words), { maxLength: 2 }),
  })
  .map(({ asked: [text, picture], answer, calls }) => ({ content: picture ? [text, picture] : [text], answer, calls }))

const history = fc.array(exchange, { minLength: 1, maxLength: 3 }).map((exchanges) =>
  exchanges.flatMap(({ content, answer, calls }, turn): Message[] => {
    const idOf = (at: number) => `call_${turn}_${at}`
    return [
      { role: "user", content },
      {
        role: "assistant",
        content: [
          { type: "text", text: answer },
          ...calls.map(
            ([name, input], at): Content => ({
              type: "tool-call",
              id: idOf(at),
              name,
              arguments: JSON.stringify(input),
              kind: "function",
            }),
          ),
        ],
      },
      ...calls.map(
        ([, , result], at): Message => ({ role: "tool", callId: idOf(at), content: [{ type: "text", text: result }] }),
      ),
    ]
  }),
)

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
const tools: readonly Tool[] = names.map((name) => ({
  type: "function",
  name,
  description: `Tells ${name}`,
  parameters,
}))

/** Requests in what all formats have words for; each test says what its format leaves out. */
export const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.option(words, { nil: undefined }),
    history,
    last: said,
    stream: fc.boolean(),
    maxOutputTokens: fc.integer({ min: 1000, max: 9000 }),
    settings: fc.record(
      {
        toolChoice: fc.constantFrom("auto" as const, "none" as const, "required" as const, { name: names[0] }),
        parallelToolCalls: fc.boolean(),
        stop: fc.array(word, { minLength: 1, maxLength: 3 }),
        user: word,
        responseFormat: fc.constant({
          type: "json-schema" as const,
          name: "answer",
          schema: { ...parameters, additionalProperties: false },
        }),
      },
      { requiredKeys: [] },
    ),
    sampling: fc.record({ temperature: fc.constantFrom(0, 0.5) }, { requiredKeys: [] }),
  })
  .map(({ system, history: told, last, settings, ...rest }) => ({
    model: "up",
    messages: [
      ...(system === undefined
        ? []
        : [{ role: "system" as const, content: [{ type: "text" as const, text: system }] }]),
      ...told,
      { role: "user" as const, content: [last] },
    ],
    tools,
    ...settings,
    ...rest,
  }))

const counts = fc.nat({ max: 5000 })
const usage = fc
  .record({ fresh: counts, cacheRead: counts, text: counts, reasoning: counts })
  .map(({ fresh, cacheRead, text, reasoning }) => ({
    ...emptyUsage,
    input: { ...emptyUsage.input, fresh, cacheRead },
    output: { ...emptyUsage.output, text, reasoning },
  }))

/** Cuts a text anywhere, but not within a character. */
const pieces = (text: string): string[] =>
  [...text].reduce<string[]>((out, letter, at) => {
    if (at % 3 === 0) out.push(letter)
    else out[out.length - 1] += letter
    return out
  }, [])

/** Answers as upstreams give them: thoughts of this vendor, words, calls. */
export const answers = (format: string): fc.Arbitrary<readonly ChatPart[]> =>
  fc
    .record({
      thought: fc.option(fc.tuple(words, word), { nil: undefined }),
      text: fc.option(words, { nil: undefined }),
      calls: fc.array(fc.tuple(fc.constantFrom(...names), json), { maxLength: 3 }),
      usage,
      cut: fc.boolean(),
    })
    .map(({ thought, text, calls, usage: used, cut }) => {
      const parts: ChatPart[] = [{ type: "start" }]
      let index = 0
      if (thought) {
        const [told, proof] = thought
        const isResponses = format.startsWith("openai")
        parts.push(
          { type: "reasoning-start", format, index, ...(isResponses ? { id: `rs_${proof}`, summary: true } : {}) },
          ...pieces(told).map((piece): ChatPart => ({ type: "reasoning-delta", index, text: piece })),
          { type: "reasoning-delta", index, ...(isResponses ? { encrypted: proof } : { signature: proof }) },
          { type: "reasoning-end", index },
        )
        index++
      }
      if (text !== undefined) {
        parts.push(
          { type: "text-start", index },
          ...pieces(text).map((piece): ChatPart => ({ type: "text-delta", index, text: piece })),
          { type: "text-end", index },
        )
        index++
      }
      for (const [at, [name, input]] of calls.entries()) {
        parts.push(
          { type: "tool-call-start", id: `call_${at}`, name, kind: "function", index },
          ...pieces(JSON.stringify(input)).map(
            (piece): ChatPart => ({ type: "tool-call-delta", index, arguments: piece }),
          ),
          { type: "tool-call-end", index },
        )
        index++
      }
      const reason = cut ? "length" : calls.length > 0 ? "tool-calls" : "stop"
      return [...parts, { type: "usage", usage: used }, { type: "finish", reason, raw: null }]
    })
