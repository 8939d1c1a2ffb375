import { describe, expect, test } from "bun:test"
import type { NativeTarget } from "../../../src/contract/index.ts"
import { gemini, geminiProfile, seal } from "../../../src/dialects/index.ts"

const third = "gemini-3-pro"
const native = (body: unknown, more: Partial<NativeTarget> = {}, model = third): string | undefined =>
  gemini.native?.request(typeof body === "string" ? body : JSON.stringify(body), {
    model,
    profile: geminiProfile(model),
    ...more,
  })
const contents = [{ role: "user", parts: [{ text: "hi" }] }]

describe("goes up as it is", () => {
  const odd =
    '{ "contents":[{"parts":[{"text":"h\\u00ef"}], "role":"user"}],\n "x_unknown": 12345678901234567890, "generation_config":{"temperature":1.0,"top_k":4e1} }'

  test("bytes, order, number spelling and unknown fields", () => {
    expect(native(odd)).toBe(odd)
  })

  test("without the gateway's own keys", () => {
    expect(
      native({ model: "models/x", contents, provider: { only: ["google"] }, user: "u", metadata: {}, labels: {} }),
    ).toBe(JSON.stringify({ contents, labels: {} }))
  })

  test("Google's own signatures, and those that nobody knows", () => {
    const turn = { role: "model", parts: [{ functionCall: { name: "f" }, thoughtSignature: "c2ln" }] }
    const body = JSON.stringify({ contents: [...contents, turn] })
    expect(native(body)).toBe(body)
    expect(native(body, { originOf: () => undefined })).toBe(body)
    expect(native(body, { originOf: () => "google-gemini-v1" })).toBe(body)
  })
})

describe("the budget's limit", () => {
  test("is lowered, never raised, in the spelling that is there", () => {
    expect(native({ contents }, { maxOutputTokens: 5 })).toBe(
      JSON.stringify({ contents, generationConfig: { maxOutputTokens: 5 } }),
    )
    expect(native({ contents, generation_config: { top_k: 1, max_output_tokens: 9 } }, { maxOutputTokens: 5 })).toBe(
      JSON.stringify({ contents, generation_config: { top_k: 1, max_output_tokens: 5 } }),
    )
    expect(native({ contents, generationConfig: { maxOutputTokens: 3 } }, { maxOutputTokens: 5 })).toBe(
      JSON.stringify({ contents, generationConfig: { maxOutputTokens: 3 } }),
    )
    expect(native({ contents, generationConfig: null }, { maxOutputTokens: 5 })).toBe(
      JSON.stringify({ contents, generationConfig: { maxOutputTokens: 5 } }),
    )
  })
})

describe("is left to the translated lane", () => {
  const sealed = Buffer.from(seal({ format: "anthropic-claude-v1", signature: "s" })).toString("base64")
  const turn = (thoughtSignature: string, key = "thoughtSignature") => ({
    contents: [...contents, { role: "model", parts: [{ text: "a", [key]: thoughtSignature }] }],
  })
  const cases: Readonly<Record<string, () => string | undefined>> = {
    "a seal": () => native(turn(sealed)),
    "a seal in the other spelling": () => native(turn(sealed, "thought_signature")),
    "another vendor's signature": () => native(turn("c2ln"), { originOf: () => "anthropic-claude-v1" }),
    "no contents": () => native({}),
    "contents that are a text": () => native({ contents: "hi" }),
    "an odd role": () => native({ contents: [{ role: "system", parts: [] }] }),
    "a field that is there twice": () => native('{"contents":[],"contents":[]}'),
    "both spellings at once": () => native({ contents, generationConfig: {}, generation_config: {} }),
    "instructions as a text": () => native({ contents, systemInstruction: "be brief" }),
    "instructions for a model without": () =>
      native({ contents, systemInstruction: { parts: [] } }, {}, "gemma-3-27b-it"),
    "a penalty that the model refuses": () =>
      native({ contents, generationConfig: { frequencyPenalty: 1 } }, {}, "gemini-2.5-pro"),
    "a thinking level that the model does not know": () =>
      native({ contents, generationConfig: { thinkingConfig: { thinkingLevel: "low" } } }, {}, "gemini-2.5-pro"),
    "no JSON": () => native("{"),
  }
  for (const [name, run] of Object.entries(cases)) test(name, () => expect(run()).toBeUndefined())
})
