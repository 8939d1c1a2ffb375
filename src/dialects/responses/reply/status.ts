import { type FinishReason, GatewayError, isObject, type JsonObject } from "../../../contract/index.ts"
import { inlineError } from "./errors.ts"

export interface Ending {
  readonly reason: FinishReason
  readonly raw: string
}

const incomplete: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: "length",
  max_tokens: "length",
  length: "length",
  content_filter: "content-filter",
}

/** What an answer's last response object says about how it ended; a failure is an error. */
export const decodeEnding = (
  response: JsonObject,
  seen: { readonly called: boolean; readonly refused: boolean },
): Ending | GatewayError => {
  const status = typeof response.status === "string" ? response.status : "completed"
  const details = isObject(response.incomplete_details) ? response.incomplete_details : {}
  const why = typeof details.reason === "string" ? details.reason : undefined
  switch (status) {
    case "completed":
      return { reason: seen.refused ? "content-filter" : seen.called ? "tool-calls" : "stop", raw: status }
    case "incomplete":
      return {
        reason: (Object.hasOwn(incomplete, why ?? "") ? incomplete[why ?? ""] : undefined) ?? "other",
        raw: why ?? status,
      }
    case "failed":
      return inlineError({ error: response.error ?? {} })
    default:
      return new GatewayError("bad_provider_response", `The upstream's answer is not complete: its status is ${status}`)
  }
}
