import type { JsonObject } from "../../src/contract/index.ts"
import type { Ask, Client, Said } from "../kit/clients/client.ts"
import { base64Of, pdfOf } from "../kit/pdf.ts"

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
const tools = ["get_weather", "get_time"].map((name) => ({ name, parameters }))
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/** A turn in which tools were called, in each format's words. */
const turns: Readonly<Record<string, readonly JsonObject[]>> = {
  "chat-completions": [
    {
      role: "assistant",
      content: "Let me look.",
      reasoning_details: [
        { type: "reasoning.text", text: "hm", signature: "c2ln", format: "anthropic-claude-v1", index: 0 },
      ],
      tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } }],
    },
  ],
  responses: [
    { id: "rs_1", type: "reasoning", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "gAAAAx==" },
    { id: "fc_1", type: "function_call", call_id: "call_1", name: "get_weather", arguments: '{"city":"Oslo"}' },
  ],
  messages: [
    { type: "thinking", thinking: "hm", signature: "c2ln" },
    { type: "tool_use", id: "call_1", name: "get_weather", input: { city: "Oslo" } },
  ],
  gemini: [
    { text: "hm", thought: true },
    { functionCall: { id: "call_1", name: "get_weather", args: { city: "Oslo" } }, thoughtSignature: "c2ln" },
  ],
}

/** What clients send, as far as one body can hold it all. */
export const bodiesOf = (client: Client, model: string, stream: boolean): readonly JsonObject[] => {
  const said: Said = {
    text: "",
    reasoning: "",
    refusal: "",
    calls: [{ id: "call_1", name: "get_weather", arguments: '{"city":"Oslo"}' }],
    finish: undefined,
    tokens: undefined,
    cited: [],
    error: undefined,
    turn: turns[client.name]!,
  }
  const ask: Ask = { model, stream, system: "Be brief.", text: "hello", maxTokens: 500 }
  return [
    client.body(ask),
    client.body({ ...ask, png, pdf: base64Of(pdfOf(["Profit rose"])), cache: true }),
    client.body({ ...ask, tools, effort: "low", turns: [{ said, result: "sunny" }] }),
    client.body({
      ...ask,
      tools,
      schema: { ...parameters, additionalProperties: false },
      more: { field_of_tomorrow: [1] },
    }),
  ]
}
