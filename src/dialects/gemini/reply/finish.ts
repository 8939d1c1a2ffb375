import type { FinishReason } from "../../../contract/index.ts"

const blocked = [
  "SAFETY",
  "RECITATION",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "MODEL_ARMOR",
  "JAILBREAK",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
]
const broken = ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"]

const reasons = new Map<string, FinishReason>([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["CONTINUATION", "length"],
  ...blocked.map((raw) => [raw, "content-filter"] as const),
  ...broken.map((raw) => [raw, "error"] as const),
])

/** Reasons that say nothing more than that the answer is over. */
const plain = ["LANGUAGE", "OTHER", "NO_IMAGE", "IMAGE_OTHER", "FINISH_REASON_UNSPECIFIED"]

/** Whether a word is one of this API's. */
export const isFinishReason = (raw: string): boolean => reasons.has(raw) || plain.includes(raw)

/** Gemini says STOP also when it wants functions called. */
export const finishReason = (raw: string, calledTools: boolean): FinishReason => {
  const reason = reasons.get(raw) ?? "other"
  return reason === "stop" && calledTools ? "tool-calls" : reason
}
