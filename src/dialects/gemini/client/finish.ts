import type { FinishReason } from "../../../contract/index.ts"
import { finishReason, isFinishReason } from "../reply/finish.ts"

const words: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  "tool-calls": "STOP",
  length: "MAX_TOKENS",
  "content-filter": "SAFETY",
  error: "OTHER",
  other: "OTHER",
}

/** The upstream's own word where it is one of this API's and means the same; calls are nothing special here. */
export const encodeFinish = (reason: FinishReason, raw: string | null): string =>
  raw !== null && isFinishReason(raw) && finishReason(raw, reason === "tool-calls") === reason ? raw : words[reason]
