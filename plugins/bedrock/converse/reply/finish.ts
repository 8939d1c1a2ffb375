import type { FinishReason } from "signalbox/plugin"

/** docs.aws.amazon.com/bedrock, Converse, stopReason. */
const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content-filter",
  content_filtered: "content-filter",
  malformed_model_output: "error",
  malformed_tool_use: "error",
}

export const finishReason = (raw: string | undefined): FinishReason =>
  raw === undefined || !Object.hasOwn(reasons, raw) ? "other" : (reasons[raw] as FinishReason)
