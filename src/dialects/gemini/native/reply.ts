import {
  attributed,
  GatewayError,
  isObject,
  type Json,
  type NativeSummary,
  type ReplyPatch,
} from "../../../contract/index.ts"
import { topLevel } from "../../json-text/index.ts"
import { inlineError } from "../reply/error.ts"
import { ReplyObserver } from "./observe.ts"
import { patchResponse } from "./patch.ts"

const unreadable = (provider: string, words: string) =>
  new GatewayError("bad_provider_response", `The upstream's answer ${words}`, { provider })

/** Patches a whole reply; the rest is left as it is. Throws for an error inside a 200, and for an answer without its end. */
export const nativeReply = (
  text: string,
  patch: ReplyPatch,
  provider: string,
): { text: string; summary: NativeSummary } => {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw unreadable(provider, "is not JSON")
  }
  const span = topLevel(text)
  if (!isObject(body) || !span) {
    const first = Array.isArray(body) ? body[0] : undefined
    const failed = isObject(first) && isObject(first.error) ? inlineError(first) : undefined
    throw failed ? attributed(failed, provider, patch.provider) : unreadable(provider, "is not an object")
  }
  const observer = new ReplyObserver()
  try {
    observer.take(body)
  } catch (thrown) {
    throw GatewayError.is(thrown) ? attributed(thrown, provider, patch.provider) : thrown
  }
  if (!observer.isFinished)
    throw new GatewayError("stream_interrupted", "Gemini's answer ended before it was complete", { provider })
  const { summary } = observer
  const usage = summary.usage ?? patch.estimate(summary.contentLength)
  summary.usage = usage
  summary.complete = true
  const bill = { usage, costUsd: patch.price(usage), raw: observer.usage }
  return { text: patchResponse(text, span, patch, JSON.stringify, bill), summary }
}
