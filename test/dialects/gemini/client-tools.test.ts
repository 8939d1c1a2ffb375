import { describe, expect, test } from "bun:test"
import { gemini } from "../../../src/dialects/index.ts"
import { decode } from "./client-kit.ts"

const ask = (more: object) => decode({ contents: [{ role: "user", parts: [{ text: "hi" }] }], ...more })

describe("tools", () => {
  test("OpenAPI schemas become JSON Schema", () => {
    const parameters = {
      type: "OBJECT",
      properties: {
        b: { type: "STRING", nullable: true, enum: ["x"], format: "enum" },
        a: { type: "ARRAY", items: { type: "INTEGER" }, min_items: "1", maxItems: "3" },
        any_of: { anyOf: [{ type: "STRING" }], nullable: true },
      },
      property_ordering: ["a", "b"],
      required: ["a"],
    }
    const [tool] = ask({ tools: [{ function_declarations: [{ name: "f", parameters }] }] }).tools ?? []
    expect(tool).toEqual({
      type: "function",
      name: "f",
      parameters: {
        type: "object",
        properties: {
          a: { type: "array", items: { type: "integer" }, minItems: 1, maxItems: 3 },
          b: { type: ["string", "null"], enum: ["x", null] },
          any_of: { anyOf: [{ type: "string" }, { type: "null" }] },
        },
        required: ["a"],
      },
    })
    expect(Object.keys((tool as unknown as { parameters: { properties: object } }).parameters.properties)).toEqual([
      "a",
      "b",
      "any_of",
    ])
  })

  test("searching the web has a general meaning, Google's other tools have none", () => {
    const request = ask({
      tools: [{ googleSearch: { excludeDomains: ["x.org"] }, codeExecution: {} }, { urlContext: {} }],
    })
    expect(request.tools).toEqual([
      {
        type: "web-search",
        blockedDomains: ["x.org"],
        extras: { gemini: { googleSearch: { excludeDomains: ["x.org"] } } },
      },
      { type: "opaque", dialect: "gemini", data: { codeExecution: {} } },
      { type: "opaque", dialect: "gemini", data: { urlContext: {} } },
    ])
    const body = gemini.encodeRequest(request, { model: "m", profile: { webSearch: "tool" }, lose: () => {} })
    expect(body.tools).toEqual([
      { googleSearch: { excludeDomains: ["x.org"] } },
      { codeExecution: {} },
      { urlContext: {} },
    ])
    expect(ask({ tools: [{ google_search: {} }] }).tools).toEqual([{ type: "web-search" }])
  })

  test("how the model may choose", () => {
    const choice = (functionCallingConfig: object) => ask({ toolConfig: { functionCallingConfig } }).toolChoice
    expect(choice({ mode: "AUTO" })).toBe("auto")
    expect(choice({ mode: "NONE" })).toBe("none")
    expect(choice({ mode: "any" })).toBe("required")
    expect(choice({ mode: "ANY", allowedFunctionNames: ["f"] })).toEqual({ name: "f" })
    expect(choice({ mode: "VALIDATED" })).toEqual({ dialect: "gemini", opaque: { mode: "VALIDATED" } })
    expect(choice({})).toBeUndefined()
  })

  test("some of the functions: the others are left out where the upstream has no word for it", () => {
    const functionDeclarations = ["a", "b", "c"].map((name) => ({ name }))
    const request = ask({
      tools: [{ functionDeclarations }],
      tool_config: {
        function_calling_config: { mode: "ANY", allowed_function_names: ["a", "c"] },
        retrievalConfig: { languageCode: "de" },
      },
    })
    const body = gemini.encodeRequest(request, { model: "m", profile: {}, lose: () => {} })
    expect(body.tools).toEqual([{ functionDeclarations: [{ name: "a" }, { name: "c" }] }])
    expect(body.toolConfig).toEqual({ retrievalConfig: { languageCode: "de" }, functionCallingConfig: { mode: "ANY" } })
  })
})

describe("generationConfig", () => {
  test("every field with a general meaning, in either spelling", () => {
    const request = ask({
      generation_config: {
        max_output_tokens: 50,
        candidateCount: 2,
        stopSequences: ["x"],
        seed: 3,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        responseLogprobs: true,
        logprobs: 4,
        responseModalities: ["TEXT", "IMAGE"],
        speechConfig: { languageCode: "de" },
      },
    })
    expect(request).toMatchObject({
      maxOutputTokens: 50,
      choices: 2,
      stop: ["x"],
      modalities: ["text", "image"],
      sampling: { seed: 3, presencePenalty: 0.1, frequencyPenalty: 0.2, logprobs: true, topLogprobs: 4 },
      extras: { gemini: { generationConfig: { speechConfig: { languageCode: "de" } } } },
    })
  })

  test("thinking", () => {
    const thinking = (thinkingConfig: object) => ask({ generationConfig: { thinkingConfig } }).reasoning
    expect(thinking({ thinkingBudget: 0 })).toEqual({ effort: "none" })
    expect(thinking({ thinkingBudget: -1, includeThoughts: false })).toEqual({ enabled: true, exclude: true })
    expect(thinking({ thinkingBudget: 512 })).toEqual({ budget: 512 })
    expect(thinking({ thinkingLevel: "MINIMAL" })).toEqual({ effort: "minimal" })
    expect(thinking({ includeThoughts: true })).toEqual({ enabled: true })
    const odd = ask({ generationConfig: { thinkingConfig: { thinkingLevel: "ultra" } } })
    expect(odd.reasoning).toBeUndefined()
    expect(odd.extras).toEqual({ gemini: { generationConfig: { thinkingConfig: { thinkingLevel: "ultra" } } } })
  })

  test("the answer's form", () => {
    const format = (config: object) => ask({ generationConfig: config }).responseFormat
    const schema = { type: "object" }
    const json = { responseMimeType: "application/json" }
    expect(format(json)).toEqual({ type: "json-object" })
    expect(format({ ...json, responseSchema: { type: "OBJECT" } })).toEqual({
      type: "json-schema",
      name: "response",
      schema,
    })
    expect(format({ ...json, response_json_schema: schema })).toEqual({ type: "json-schema", name: "response", schema })
    expect(format({ responseMimeType: "text/plain" })).toBeUndefined()
    expect(format({ responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } })).toEqual({
      type: "opaque",
      dialect: "gemini",
      data: { responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } },
    })
  })
})
