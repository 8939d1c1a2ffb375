import { GatewayError, type Json, type NativeSummary, type ReplyPatch } from "../../../contract/index.ts"
import { memberOf, topLevel } from "../../json-text/index.ts"
import { inlineError, isErrorBody } from "../reply/errors.ts"
import { encryptedContents } from "./encrypted.ts"
import { ResponsePatcher } from "./response-object.ts"

export const emptySummary = (): NativeSummary => ({
  usage: undefined,
  finish: undefined,
  upstreamId: undefined,
  upstreamModel: undefined,
  error: undefined,
  complete: false,
  contentLength: 0,
})

const unreadable = (provider: string, words: string) =>
  new GatewayError("bad_provider_response", `The upstream's answer ${words}`, { provider })

const parse = (text: string, provider: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw unreadable(provider, "is not JSON")
  }
}

/** Patches a whole reply: id, model, cost, and the keys that the face demands. The rest is left as it is. */
export const nativeReply = (
  text: string,
  patch: ReplyPatch,
  provider: string,
): { text: string; summary: NativeSummary } => {
  const span = topLevel(text)
  if (!span) {
    const body = parse(text, provider)
    throw isErrorBody(body) ? inlineError(body, provider) : unreadable(provider, "is not an object")
  }
  const summary = emptySummary()
  const form = { parse: (part: string) => parse(part, provider), print: (value: Json) => JSON.stringify(value) }
  const patcher = new ResponsePatcher(patch, summary, form)
  const failing = patcher.field(text, span, "error") ?? null
  const status = patcher.field(text, span, "status") ?? "completed"
  if (failing !== null || status === "failed" || patcher.field(text, span, "object") === "error") {
    const body = parse(text, provider)
    if (isErrorBody(body) || status === "failed") throw inlineError(body, provider)
  }
  const output = memberOf(span, "output")
  if (!output || text[output.valueStart] !== "[") throw unreadable(provider, "is no response: it holds no output")
  if (status !== "completed" && status !== "incomplete")
    throw unreadable(provider, `is not complete: its status is ${String(status)}`)
  summary.contentLength = output.valueEnd - output.valueStart - 2
  const signatures = encryptedContents(text)
  if (signatures.length > 0) summary.signatures = signatures
  const patched = patcher.finish(text, span)
  summary.complete = true
  summary.reply = patched
  return { text: patched, summary }
}
