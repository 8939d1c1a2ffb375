import { expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatRequest, Profile } from "../../src/contract/index.ts"
import { decode, encode } from "../kit/chat-completions.ts"

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const text = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" })
const optional = <T>(values: Record<string, fc.Arbitrary<T>>) => fc.record(values, { requiredKeys: [] })
const textPart = fc.record(
  { type: fc.constant("text"), text, cache: fc.constantFrom({}, { ttl: "1h" }) },
  { requiredKeys: ["type", "text"] },
)
const imagePart = fc
  .record({
    type: fc.constant("media"),
    kind: fc.constant("image"),
    source: fc.oneof(
      fc.record({ type: fc.constant("url"), url: fc.webUrl() }),
      fc.record({ type: fc.constant("data"), base64: fc.base64String() }),
    ),
  })
  .map((part) => (part.source.type === "data" ? { ...part, mime: "image/png" } : part))
const reasoningPart = fc.record(
  { type: fc.constant("reasoning"), format: fc.constantFrom("unknown", "anthropic-claude-v1"), text, signature: word },
  { requiredKeys: ["type", "format", "text"] },
)
const call = fc.record({
  type: fc.constant("tool-call"),
  id: word,
  name: word,
  arguments: fc.json().filter((json) => json.trim() !== ""),
  kind: fc.constantFrom("function", "custom"),
})
const answer = fc.array(textPart, { minLength: 1, maxLength: 2 })
const turn = fc.oneof(
  fc.record(
    {
      role: fc.constantFrom("system", "developer", "user"),
      content: fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }),
      name: word,
    },
    { requiredKeys: ["role", "content"] },
  ),
  fc
    .tuple(
      fc.array(reasoningPart, { maxLength: 2 }),
      fc.array(textPart, { maxLength: 2 }),
      fc.array(call, { maxLength: 2 }),
      fc.array(answer, { minLength: 2, maxLength: 2 }),
    )
    .map(([thoughts, said, calls, answers]) => ({
      role: "assistant",
      content: [...thoughts, ...said, ...calls],
      answers,
    })),
)

/** Every call has an id of its own and its result right behind it: anything else is mended, with a loss. */
const answered = (turns: readonly { readonly role: string; readonly content: readonly object[] }[]) =>
  turns.flatMap((said, place) => {
    if (said.role !== "assistant") return [said]
    const { role, content, answers } = said as typeof said & { readonly answers: readonly object[][] }
    const named = content.map((part, at) => ("id" in part ? { ...part, id: `${part.id}${place}${at}` } : part))
    const calls = named.filter((part): part is { id: string } => "id" in part)
    return [
      { role, content: named },
      ...calls.map(({ id }, at) => ({ role: "tool", callId: id, content: answers[at]! })),
    ]
  })
const tool = fc.record(
  {
    type: fc.constant("function"),
    name: word,
    description: text,
    parameters: fc.constant({ type: "object" }),
    strict: fc.boolean(),
  },
  { requiredKeys: ["type", "name"] },
)
const canonical = fc
  .tuple(
    fc.record({
      model: fc.constant("up"),
      messages: fc.array(turn, { minLength: 1, maxLength: 4 }).map(answered),
      sampling: optional<unknown>({
        temperature: fc.constantFrom(0, 0.5, 1),
        topP: fc.constant(0.9),
        topK: fc.nat(9),
        seed: fc.nat(),
        logprobs: fc.boolean(),
        logitBias: fc.constant({ 5: 1 }),
      }),
      stream: fc.boolean(),
    }),
    optional<unknown>({
      tools: fc.array(tool, { minLength: 1, maxLength: 2 }),
      responseFormat: fc.constantFrom(
        { type: "text" },
        { type: "json-object" },
        { type: "json-schema", name: "n", schema: { type: "object" }, strict: true },
      ),
      reasoning: fc.constantFrom(
        { effort: "high" },
        { effort: "none" },
        { budget: 900 },
        { effort: "low", exclude: true },
      ),
      maxOutputTokens: fc.nat(),
      stop: fc.array(word, { minLength: 1, maxLength: 3 }),
      choices: fc.integer({ min: 1, max: 3 }),
      user: word,
      metadata: fc.dictionary(word, word),
      serviceTier: word,
      promptCacheKey: word,
      cache: fc.constantFrom({}, { ttl: "5m" }),
      extras: fc.constant({ "chat-completions": { safe_prompt: true, image_config: { a: 1 } } }),
    }),
  )
  .map(([required, more]) => ({ ...required, ...more }) as unknown as ChatRequest)

test("decodeRequest(encodeRequest(x)) = x, without a loss, where the upstream takes everything", () => {
  const profile: Profile = {
    cacheFormat: "anthropic",
    reasoningEcho: "reasoning_details",
    reasoningFormat: "openrouter",
  }
  fc.assert(
    fc.property(canonical, (request) => {
      const { body, losses } = encode(request, profile)
      expect(losses).toEqual([])
      expect(decode(JSON.parse(JSON.stringify(body)))).toEqual(JSON.parse(JSON.stringify(request)))
    }),
    { numRuns: 400 },
  )
})
