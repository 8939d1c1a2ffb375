import type { KeptResponse } from "../../../conversations/kept-response.ts"
import { objectAt, patchObject } from "../../../dialects/json-text/index.ts"

const lostError = JSON.stringify({
  code: "server_error",
  message: "The gateway was stopped while it made this response. Ask again.",
  type: "server_error",
})

/** The response as it is told: one whose maker is gone has failed. */
export function lostResponse({ response, aliveUntil }: KeptResponse, nowMs: number): string {
  if (aliveUntil === undefined || aliveUntil > nowMs) return response
  const span = objectAt(response)
  if (!span) return response
  return patchObject(
    response,
    span,
    new Map([
      ["status", '"failed"'],
      ["error", lostError],
    ]),
  )
}
