import { type FinishReason, GatewayError } from "signalbox/plugin"

/** docs.cohere.com/reference/chat, finish_reason; the words in the second half are the older API's. */
const reasons: Readonly<Record<string, FinishReason>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool-calls",
  ERROR_LIMIT: "length",
  ERROR_TOXIC: "content-filter",
}

export const finishReason = (raw: string | undefined): FinishReason =>
  raw !== undefined && Object.hasOwn(reasons, raw) ? reasons[raw]! : "other"

/** A 200 whose finish reason says that there is no answer. */
export const failureOf = (raw: string | undefined, words: string | undefined): GatewayError | undefined => {
  const told = words === undefined ? "" : `: ${words}`
  if (raw === "TIMEOUT") return new GatewayError("provider_timeout", `Cohere did not finish in time${told}`)
  if (raw === "ERROR") return new GatewayError("provider_down", `Cohere failed while it answered${told}`)
  return undefined
}
