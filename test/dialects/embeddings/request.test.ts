import { describe, expect, test } from "bun:test"
import { GatewayError, type Json } from "../../../src/contract/index.ts"
import { decodeEmbeddingsRequest } from "../../../src/dialects/index.ts"

const decode = (more: Readonly<Record<string, Json>>) =>
  decodeEmbeddingsRequest({ model: "openai/text-embedding-3-small", input: "hello", ...more })
const inputs = (input: Json) => decode({ input }).input

describe("inputs", () => {
  const cases: readonly (readonly [string, Json, unknown])[] = [
    ["a text", "hello", [{ type: "text", text: "hello" }]],
    [
      "texts",
      ["a", "b"],
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    ],
    ["tokens", [1, 2], [{ type: "tokens", tokens: [1, 2] }]],
    [
      "lists of tokens",
      [[1], [2, 3]],
      [
        { type: "tokens", tokens: [1] },
        { type: "tokens", tokens: [2, 3] },
      ],
    ],
    ["a content of one text", [{ content: [{ type: "text", text: "a" }] }], [{ type: "text", text: "a" }]],
    ["Jina's text", [{ text: "a" }], [{ type: "text", text: "a" }]],
  ]
  for (const [name, input, expected] of cases)
    test(name, () => {
      expect(inputs(input)).toEqual(expected as never)
    })

  test("text with an image, in OpenRouter's and in Jina's form", () => {
    const media = {
      type: "media",
      kind: "image",
      mime: "image/png",
      source: { type: "data", base64: "iVBORw0KGgo=" },
    } as const
    const url = "data:image/png;base64,iVBORw0KGgo="
    const parts = [
      { type: "text", text: "this" },
      { type: "image_url", image_url: { url } },
    ]
    expect(inputs([{ content: parts }])).toEqual([
      { type: "content", content: [{ type: "text", text: "this" }, media] },
    ])
    expect(inputs([{ image: url }])).toEqual([{ type: "content", content: [media] }])
  })
})

test("every field, and what nobody knows as extras; what is the gateway's own is not among them", () => {
  expect(
    decode({
      encoding_format: "base64",
      dimensions: 256,
      input_type: "search_query",
      user: "u",
      truncation: true,
      nothing: null,
      provider: { order: ["openai"] },
      requesty: { tags: ["a"] },
    }),
  ).toEqual({
    model: "openai/text-embedding-3-small",
    input: [{ type: "text", text: "hello" }],
    encoding: "base64",
    dimensions: 256,
    inputType: "search_query",
    user: "u",
    extras: { truncation: true },
  })
  expect(decode({})).toEqual({
    model: "openai/text-embedding-3-small",
    input: [{ type: "text", text: "hello" }],
    encoding: "float",
  })
  expect(decodeEmbeddingsRequest({ models: ["a/b"], input: "x" }).model).toBe("")
})

describe("refuses, and names the field", () => {
  const cases: readonly (readonly [string, Json, string, string])[] = [
    ["no object", [], "body", "must be a JSON object"],
    ["no model", { model: null }, "model", "name an embedding model"],
    ["no input", { input: null }, "input", "is missing"],
    ["an empty text", { input: "" }, "input", "is empty"],
    ["an empty list", { input: [] }, "input", "is empty"],
    ["an empty text among others", { input: ["a", ""] }, "input[1]", "is empty"],
    ["empty tokens", { input: [[]] }, "input[0]", "is empty"],
    ["half a token", { input: [1, 2.5] }, "input[1]", "must be a token"],
    ["tokens and texts", { input: [1, "a"] }, "input[1]", "must be a token"],
    ["a text among tokens", { input: [["a"]] }, "input[0][0]", "must be a token"],
    ["a flag", { input: [true] }, "input[0]", "must be a text, a list of tokens, or an object"],
    ["an object without content", { input: [{ a: 1 }] }, "input[0]", "must be a text"],
    ["a part without its text", { input: [{ content: [{ type: "text" }] }] }, "input[0].content[0].text", "string"],
    ["too many", { input: Array.from({ length: 20_001 }, () => "a") }, "input", "at most 20000"],
    ["another encoding", { encoding_format: "int8" }, "encoding_format", 'must be "float" or "base64"'],
    ["no length", { dimensions: 0 }, "dimensions", "at least 1"],
    ["a type that is no text", { input_type: 1 }, "input_type", "must be a string"],
  ]
  for (const [name, body, param, words] of cases)
    test(name, () => {
      const whole = Array.isArray(body) ? body : { model: "m", input: "a", ...(body as object) }
      let thrown: unknown
      try {
        decodeEmbeddingsRequest(whole as Json)
      } catch (error) {
        thrown = error
      }
      expect(GatewayError.is(thrown)).toBe(true)
      expect(thrown).toMatchObject({ code: "invalid_request", param })
      expect((thrown as GatewayError).message).toContain(words)
    })
})
