import type { FinishReason } from "../../../contract/index.ts"

/** `pause_turn`: a server tool reached its limit of turns; to a client that cannot send the reply back it is an ordinary end. */
const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content-filter",
  compaction: "other",
}

/** A word of this format itself. */
export const isStopReason = (raw: string): boolean => Object.hasOwn(reasons, raw)

export const finishReason = (raw: string | undefined): FinishReason =>
  raw !== undefined && isStopReason(raw) ? reasons[raw]! : "other"
