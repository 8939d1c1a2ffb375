import type { JsonObject } from "../../../src/contract/index.ts"
import type { Answer } from "./scenarios.ts"

export const event = (type: string, fields: JsonObject = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

const usual: JsonObject = {
  input_tokens: 25,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 12,
  service_tier: "standard",
}

export const message = (model: string, answer: Answer): JsonObject => ({
  id: "msg_01FAKE",
  type: "message",
  role: "assistant",
  model,
  content: answer.content.map((block) => ({ ...block })),
  stop_reason: answer.stop ?? "end_turn",
  stop_sequence: null,
  ...answer.stopFields,
  usage: { ...usual, ...answer.usage },
})

const pieces = (text: string): string[] => text.match(/.{1,7}/gsu) ?? []

/** How the real API streams each kind of block. */
const deltas = (block: JsonObject): { start: JsonObject; deltas: JsonObject[] } => {
  if (block.type === "text") {
    const citations = Array.isArray(block.citations) ? block.citations : []
    return {
      start: { type: "text", text: "" },
      deltas: [
        ...citations.map((citation) => ({ type: "citations_delta", citation })),
        ...pieces(String(block.text)).map((text) => ({ type: "text_delta", text })),
      ],
    }
  }
  if (block.type === "thinking")
    return {
      start: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        ...pieces(String(block.thinking)).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature ?? "" },
      ],
    }
  if (block.type === "tool_use" || block.type === "server_tool_use") {
    const json = JSON.stringify(block.input)
    const parts = json === "{}" ? [] : ["", ...pieces(json)]
    return {
      start: { ...block, input: {} },
      deltas: parts.map((partial_json) => ({ type: "input_json_delta", partial_json })),
    }
  }
  return { start: block, deltas: [] }
}

export const events = (model: string, answer: Answer): string[] => {
  const whole = message(model, answer)
  const { output_tokens, output_tokens_details, server_tool_use, ...input } = whole.usage as JsonObject
  const out = [
    event("message_start", {
      message: { ...whole, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } },
    }),
    event("ping"),
  ]
  answer.content.forEach((block, index) => {
    const { start, deltas: all } = deltas(block)
    out.push(event("content_block_start", { index, content_block: start }))
    for (const delta of all) out.push(event("content_block_delta", { index, delta }))
    out.push(event("content_block_stop", { index }))
  })
  const usage: JsonObject = {
    output_tokens: output_tokens ?? 0,
    ...(output_tokens_details === undefined ? {} : { output_tokens_details }),
    ...(server_tool_use === undefined ? {} : { server_tool_use }),
  }
  const delta = { stop_reason: whole.stop_reason ?? null, stop_sequence: null, ...answer.stopFields }
  out.push(event("message_delta", { delta, usage }), event("message_stop"))
  return out
}
