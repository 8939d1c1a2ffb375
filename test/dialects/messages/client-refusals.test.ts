import { describe, expect, test } from "bun:test"
import { GatewayError } from "../../../src/contract/index.ts"
import { decode, minimal } from "../../kit/messages.ts"

describe("what is wrong is named by its path", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["body", [1]],
    ["messages", { model: "a/b" }],
    ["messages", { messages: [] }],
    ["messages", { messages: "hi" }],
    ["messages[0]", { messages: ["hi"] }],
    ["messages[0].role", { messages: [{ content: "hi" }] }],
    ["messages[0].content", { messages: [{ role: "user", content: 7 }] }],
    ["messages[0].content[0]", { messages: [{ role: "user", content: [7] }] }],
    ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ text: "t" }] }] }],
    ["messages[0].content[0].text", { messages: [{ role: "user", content: [{ type: "text" }] }] }],
    ["messages[0].content[0].source", { messages: [{ role: "user", content: [{ type: "image" }] }] }],
    [
      "messages[0].content[0].source.data",
      { messages: [{ role: "user", content: [{ type: "image", source: { type: "base64" } }] }] },
    ],
    ["messages[0].content[0].tool_use_id", { messages: [{ role: "user", content: [{ type: "tool_result" }] }] }],
    ["messages[0].content[0].id", { messages: [{ role: "assistant", content: [{ type: "tool_use", name: "t" }] }] }],
    ["system", { ...minimal, system: 1 }],
    ["system[0].text", { ...minimal, system: [{ type: "text", text: 1 }] }],
    ["max_tokens", { ...minimal, max_tokens: "many" }],
    ["max_tokens", { ...minimal, max_tokens: -1 }],
    ["temperature", { ...minimal, temperature: "hot" }],
    ["stop_sequences[1]", { ...minimal, stop_sequences: ["a", 1] }],
    ["tools[0].name", { ...minimal, tools: [{ input_schema: {} }] }],
    ["tools[0].input_schema", { ...minimal, tools: [{ name: "t", input_schema: "x" }] }],
    ["tool_choice.name", { ...minimal, tool_choice: { type: "tool" } }],
    ["tool_choice", { ...minimal, tool_choice: "auto" }],
    ["thread", { ...minimal, thread: { type: "create" } }],
    ["thinking.type", { ...minimal, thinking: {} }],
    ["thinking.budget_tokens", { ...minimal, thinking: { type: "enabled", budget_tokens: "x" } }],
    ["output_config.format.schema", { ...minimal, output_config: { format: { type: "json_schema" } } }],
  ]
  for (const [path, body] of cases)
    test(`${path}: ${JSON.stringify(body)}`, () => {
      let thrown: unknown
      try {
        decode(body as object)
      } catch (error) {
        thrown = error
      }
      expect(GatewayError.is(thrown) && [thrown.code, thrown.param]).toEqual(["invalid_request", path])
    })
})
