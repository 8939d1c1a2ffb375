import { expect, test } from "bun:test"
import fc from "fast-check"
import { type ChatPart, type ChatRequest, emptyUsage, type Json, type Message } from "../../../src/contract/index.ts"
import { requestyFace, responses, responsesClient } from "../../../src/dialects/index.ts"
import { conversations } from "../../kit/conversations.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { encodeUp, sourceFor } from "../../kit/responses-upstream.ts"

const settings = { seed: 20260901, numRuns: 300 }
const word = fc.stringMatching(/^[a-z]{1,8}$/)
const text = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }).map((value) => value.toWellFormed())
const said = fc.record({ type: fc.constant("text" as const), text })
const image = fc
  .webUrl()
  .map((url) => ({ type: "media" as const, kind: "image" as const, source: { type: "url" as const, url } }))
const document = fc.base64String({ minLength: 4 }).map((base64) => ({
  type: "media" as const,
  kind: "file" as const,
  source: { type: "data" as const, base64 },
  mime: "application/pdf",
  name: "a.pdf",
}))
const thought = fc.tuple(word, fc.option(text, { nil: undefined })).map(([encrypted, summary]) => ({
  type: "reasoning" as const,
  format: "openai-responses-v1",
  encrypted,
  id: `rs_${encrypted}`,
  ...(summary === undefined ? {} : { text: summary, summary: true }),
}))
const given: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom("developer" as const, "user" as const),
  content: fc.array(fc.oneof(said, image, document), { minLength: 1, maxLength: 3 }),
})

/** A turn of the assistant as models make them: thoughts, words, calls; and the results of its calls. */
const turn = fc
  .tuple(
    fc.option(thought, { nil: undefined }),
    fc.array(said, { minLength: 1, maxLength: 2 }),
    fc.array(fc.tuple(word, fc.constantFrom("function" as const, "custom" as const), said), { maxLength: 2 }),
  )
  .map(([reasoning, words, calls]) => ({ reasoning, words, calls }))

const messages = fc.array(fc.tuple(given, turn), { minLength: 1, maxLength: 3 }).map((pairs) =>
  pairs.flatMap(([first, { reasoning, words, calls }], at): Message[] => {
    const ids = calls.map((_call, index) => `call_${at}_${index}`)
    const made = calls.map(([name, kind], index) => ({
      type: "tool-call" as const,
      id: ids[index]!,
      name,
      arguments: kind === "custom" ? "free text" : '{"a":[1]}',
      kind,
    }))
    return [
      first,
      { role: "assistant", content: [...(reasoning ? [reasoning] : []), ...words, ...made] },
      ...calls.map(([, , output], index): Message => ({ role: "tool", callId: ids[index]!, content: [output] })),
    ]
  }),
)

const canonical = fc
  .tuple(
    messages,
    fc.option(said, { nil: undefined }),
    fc.record(
      {
        tools: fc.array(
          fc.record({
            type: fc.constant("function" as const),
            name: word,
            description: text,
            parameters: fc.constant({ type: "object" }),
            strict: fc.boolean(),
          }),
          { minLength: 1, maxLength: 2 },
        ),
        responseFormat: fc.constantFrom<NonNullable<ChatRequest["responseFormat"]>>(
          { type: "text" },
          { type: "json-object" },
          { type: "json-schema", name: "n", schema: { type: "object" }, strict: true },
        ),
        reasoning: fc.constantFrom<NonNullable<ChatRequest["reasoning"]>>(
          { effort: "high" },
          { effort: "none" },
          { effort: "low", summary: "auto" },
        ),
        maxOutputTokens: fc.nat(),
        user: word,
        metadata: fc.dictionary(word, word),
        serviceTier: word,
        promptCacheKey: word,
        verbosity: word,
      },
      { requiredKeys: [] },
    ),
    fc.record({ temperature: fc.constantFrom(0, 0.5, 1), topP: fc.constant(0.9) }, { requiredKeys: [] }),
    fc.boolean(),
  )
  .map(([history, system, more, sampling, stream]): ChatRequest => {
    const head: Message[] = system ? [{ role: "system", content: [system] }] : []
    return { model: "up", messages: [...head, ...history], sampling, stream, ...more }
  })

test("decodeRequest(encodeRequest(x)) = x, without a loss", () => {
  fc.assert(
    fc.property(canonical, (request) => {
      const { body, losses } = encodeUp(request)
      expect(losses).toEqual([])
      const { extras: _echo, ...decoded } = responsesClient.decodeRequest(JSON.parse(JSON.stringify(body)) as Json)
      expect(decoded).toEqual(JSON.parse(JSON.stringify(request)))
    }),
    settings,
  )
})

interface Item {
  readonly type: string
  readonly call_id?: string
}

test("of any history, every call has its output, every output its call, every reasoning what it led to", () => {
  fc.assert(
    fc.property(conversations, (history) => {
      const input = encodeUp({ messages: history }).body.input as unknown as Item[]
      const ids = (type: RegExp) => input.filter((item) => type.test(item.type)).map((item) => item.call_id)
      const calls = ids(/^(?:function_call|custom_tool_call)$/)
      expect(new Set(calls).size).toBe(calls.length)
      expect(ids(/_output$/).sort()).toEqual([...calls].sort())
      for (const [index, { type }] of input.entries()) {
        if (type !== "reasoning") continue
        const next = input.slice(index + 1).find((item) => item.type !== "reasoning")
        expect(next?.type).toMatch(/^(?:message|function_call|custom_tool_call)$/)
      }
    }),
    settings,
  )
})

const identity = { id: "resp_1", model: "m", provider: "p", providerName: "P", createdSeconds: 0 }
const answer = fc
  .tuple(
    fc.option(thought, { nil: undefined }),
    fc.array(text, { maxLength: 2 }),
    fc.array(fc.tuple(word, fc.constantFrom("function" as const, "custom" as const)), { maxLength: 2 }),
  )
  .map(([reasoning, texts, calls]): ChatPart[] => {
    const parts: ChatPart[] = [{ type: "start", id: "resp_1", model: "m" }]
    let index = 0
    if (reasoning) {
      const { type: _, text: summary, encrypted, ...start } = reasoning
      parts.push({ type: "reasoning-start", index, ...start })
      if (summary !== undefined) parts.push({ type: "reasoning-delta", index, text: summary })
      parts.push({ type: "reasoning-delta", index, encrypted }, { type: "reasoning-end", index })
      index++
    }
    for (const value of texts) {
      parts.push({ type: "text-start", index }, { type: "text-delta", index, text: value }, { type: "text-end", index })
      index++
    }
    for (const [name, kind] of calls) {
      parts.push(
        { type: "tool-call-start", index, id: `call_${index}`, name, kind },
        { type: "tool-call-delta", index, arguments: '{"a":1}' },
        { type: "tool-call-end", index },
      )
      index++
    }
    const usage = { ...emptyUsage, input: { ...emptyUsage.input, fresh: 9, cacheRead: 2 } }
    const reason = calls.length > 0 ? "tool-calls" : "stop"
    return [...parts, { type: "usage", usage }, { type: "finish", reason, raw: "completed" }]
  })

test("decodeReply(encodeReply(x)) = x", () => {
  fc.assert(
    fc.property(answer, (parts) => {
      const request = responsesClient.decodeRequest({ model: "m", input: "hi" })
      const body = responsesClient.encodeReply(parts, identity, requestyFace, 0.5, request)
      const decoded = foldParts(responses.decodeReply(body, sourceFor()))
      const meant = foldParts(parts)
      expect(decoded).toEqual({ ...meant, usage: { ...meant.usage!, reportedCostUsd: 0.5 } })
    }),
    settings,
  )
})
