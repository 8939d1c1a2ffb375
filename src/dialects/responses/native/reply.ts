import type { Json, NativeSummary, ReplyPatch } from "../../../contract/index.ts"
import { emptySummary, parseReply, unreadableReply } from "../../body/native.ts"
import { memberOf, topLevel } from "../../json-text/index.ts"
import { inlineError, isErrorBody } from "../reply/errors.ts"
import { encryptedContents } from "./encrypted.ts"
import { ResponsePatcher } from "./response-object.ts"

/** Patches a whole reply: id, model, cost, and the keys that the face demands. The rest is left as it is. */
export const nativeReply = (
  text: string,
  patch: ReplyPatch,
  provider: string,
): { text: string; summary: NativeSummary } => {
  const span = topLevel(text)
  if (!span) {
    const body = parseReply(text, provider)
    throw isErrorBody(body) ? inlineError(body, provider) : unreadableReply(provider, "is not an object")
  }
  const summary = emptySummary()
  const form = { parse: (part: string) => parseReply(part, provider), print: (value: Json) => JSON.stringify(value) }
  const patcher = new ResponsePatcher(patch, summary, form)
  const failing = patcher.field(text, span, "error") ?? null
  const status = patcher.field(text, span, "status") ?? "completed"
  if (failing !== null || status === "failed" || patcher.field(text, span, "object") === "error") {
    const body = parseReply(text, provider)
    if (isErrorBody(body) || status === "failed") throw inlineError(body, provider)
  }
  const output = memberOf(span, "output")
  if (!output || text[output.valueStart] !== "[") throw unreadableReply(provider, "is no response: it holds no output")
  if (status !== "completed" && status !== "incomplete")
    throw unreadableReply(provider, `is not complete: its status is ${String(status)}`)
  summary.contentLength = output.valueEnd - output.valueStart - 2
  const signatures = encryptedContents(text)
  if (signatures.length > 0) summary.signatures = signatures
  const patched = patcher.finish(text, span)
  summary.complete = true
  summary.reply = patched
  return { text: patched, summary }
}
