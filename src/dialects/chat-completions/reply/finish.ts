import type { FinishReason } from "../../../contract/index.ts"

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  end: "stop",
  eos: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length", // Mistral
  model_context_window_exceeded: "length", // Z.ai
  tool_calls: "tool-calls",
  tool_use: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
  sensitive: "content-filter", // Z.ai
  refusal: "content-filter",
  error: "error",
  network_error: "error", // Z.ai
  insufficient_system_resource: "error", // DeepSeek
  // What proxies pass on of the Responses API and of Gemini.
  completed: "stop",
  pause_turn: "stop",
  max_output_tokens: "length",
  safety: "content-filter",
  recitation: "content-filter",
  blocklist: "content-filter",
  prohibited_content: "content-filter",
  spii: "content-filter",
}

export const decodeFinish = (raw: string): FinishReason => {
  const word = raw.toLowerCase()
  return Object.hasOwn(reasons, word) ? reasons[word]! : "other"
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  error: "error",
  other: "stop",
}

/** `finish_reason` for clients. A refusal that the upstream itself calls `stop` keeps its word, as OpenAI has it. */
export const encodeFinish = (reason: FinishReason, raw: string | null): string =>
  reason === "content-filter" && raw === "stop" ? "stop" : words[reason]
