import { expect, test } from "bun:test"
import fc from "fast-check"
import type { ChatRequest, Json, JsonObject, Tool } from "../../../src/contract/index.ts"
import { gemini, geminiProfile } from "../../../src/dialects/index.ts"
import { conversations } from "../../kit/conversations.ts"
import { decode } from "./client-kit.ts"

const model = "gemini-3-flash"
const encode = (request: ChatRequest) =>
  gemini.encodeRequest(request, { model, profile: geminiProfile(model), lose: () => {} })

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
const tools: fc.Arbitrary<Tool[]> = fc.subarray<Tool>([
  { type: "function", name: "get_weather", description: "Weather", parameters },
  { type: "web-search" },
  { type: "opaque", dialect: "gemini", data: { urlContext: {} } },
])

const requests: fc.Arbitrary<ChatRequest> = fc.record({
  model: fc.constant("vendor/model"),
  stream: fc.constant(false),
  messages: conversations,
  tools,
  toolChoice: fc.constantFrom("auto" as const, "none" as const, "required" as const),
  sampling: fc.record({ temperature: fc.constantFrom(0, 0.5, 2), topK: fc.constantFrom(1, 40), seed: fc.integer() }),
  stop: fc.constantFrom(["a"], ["a", "b"]),
  choices: fc.constantFrom(1, 2),
  maxOutputTokens: fc.integer({ min: 1, max: 9000 }),
  reasoning: fc.constantFrom({ effort: "low" as const }, { budget: 100 }, { effort: "high" as const, exclude: true }),
  responseFormat: fc.constantFrom(
    { type: "json-object" as const },
    { type: "json-schema" as const, name: "response", schema: parameters },
  ),
})

/**
 * Texts of a model turn that follow one another are one text: SDKs keep the pieces of a stream apart. Google's stand-in for a lost signature
 * is put on the first call of each message, and a turn of several messages comes back as one.
 */
const joined = (body: JsonObject): JsonObject => {
  const contents = (body.contents as { role: string; parts: JsonObject[] }[]).map(({ role, parts }) => {
    const out: JsonObject[] = []
    for (const { thoughtSignature, ...rest } of parts) {
      const isStandIn = thoughtSignature === undefined || thoughtSignature === "skip_thought_signature_validator"
      const part: JsonObject = isStandIn ? rest : { ...rest, thoughtSignature }
      const before = out.at(-1)
      const isText = (other: JsonObject | undefined) => other !== undefined && Object.keys(other).join() === "text"
      if (role === "model" && isText(before) && isText(part))
        out[out.length - 1] = { text: `${before?.text}${part.text}` }
      else out.push(part)
    }
    return { role, parts: out }
  })
  return { ...body, contents }
}

/** What is written for Gemini is read from a client of Gemini without a difference. */
test("property: encode(decode(encode(x))) = encode(x)", () => {
  fc.assert(
    fc.property(requests, (request) => {
      const body = encode(request)
      expect(joined(encode(decode(JSON.parse(JSON.stringify(body)) as Json)))).toEqual(joined(body))
    }),
    { seed: 5, numRuns: 300 },
  )
})

const junk = fc.jsonValue({ maxDepth: 3 })
const mutated = fc.record(
  {
    contents: fc.oneof(
      junk,
      fc.array(
        fc.record({
          role: fc.oneof(fc.constantFrom("user", "model", "x"), junk),
          parts: fc.oneof(junk, fc.array(junk)),
        }),
      ),
    ),
    systemInstruction: junk,
    tools: fc.oneof(junk, fc.array(fc.record({ functionDeclarations: junk, googleSearch: junk }))),
    toolConfig: fc.oneof(junk, fc.record({ functionCallingConfig: junk })),
    generationConfig: fc.oneof(junk, fc.record({ thinkingConfig: junk, responseSchema: junk, stopSequences: junk })),
  },
  { requiredKeys: [] },
)

test("property: whatever comes is read, or refused with the place of the mistake", () => {
  fc.assert(
    fc.property(mutated, (body) => {
      try {
        encode(decode(body))
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "invalid_request" })
        expect((thrown as { param?: string }).param).toBeString()
      }
    }),
    { seed: 6, numRuns: 1000 },
  )
})
