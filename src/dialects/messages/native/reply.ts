import { attributed, isObject, type NativeSummary, type ReplyPatch } from "../../../contract/index.ts"
import { parseReply, unreadableReply } from "../../body/native.ts"
import { faceOf } from "../../faces/index.ts"
import {
  applyEdits,
  elementsAt,
  memberOf,
  objectAt,
  objectEdits,
  type TextEdit,
  topLevel,
  valueText,
} from "../../json-text/index.ts"
import { usageOf } from "../client/reply-fields.ts"
import { inlineError } from "../reply/error.ts"
import { UsageCounter } from "../reply/usage.ts"
import { noteContent, Summary, writtenText } from "./contents.ts"
import { moneyChanges } from "./usage.ts"

/** Patches a whole message: identity and what it costs. The rest is left as it is, byte for byte. */
export const nativeReply = (
  text: string,
  patch: ReplyPatch,
  provider: string,
): { text: string; summary: NativeSummary } => {
  const span = topLevel(text)
  if (!span) {
    const body = parseReply(text, provider)
    throw isObject(body) ? unreadableReply(provider, "is not JSON") : unreadableReply(provider, "is not a message")
  }
  const failing = memberOf(span, "error")
  const kind = writtenText(text, memberOf(span, "type"))
  if (kind === "error" || (failing && valueText(text, failing) !== "null"))
    throw attributed(inlineError(parseReply(text, provider)), provider, patch.provider)
  const content = memberOf(span, "content")
  const blocks = content && elementsAt(text, content.valueStart)
  if (!blocks) throw unreadableReply(provider, "is not a message")
  const summary = new Summary(patch.estimate)
  const string = (key: string) => {
    const member = memberOf(span, key)
    return writtenText(text, member) === undefined ? undefined : (JSON.parse(valueText(text, member!)) as string)
  }
  summary.upstreamId = string("id")
  summary.upstreamModel = string("model")
  summary.finish = string("stop_reason")
  for (const { start } of blocks) {
    const block = objectAt(text, start)
    if (block) noteContent(text, block, summary)
  }
  const changes = new Map<string, string | undefined>([
    ["id", JSON.stringify(patch.id)],
    ["model", JSON.stringify(patch.model)],
    ["provider", JSON.stringify(patch.provider)],
  ])
  const edits: TextEdit[] = []
  const counter = new UsageCounter()
  const member = memberOf(span, "usage")
  const usage = member && objectAt(text, member.valueStart)
  if (usage && counter.take(parseReply(text.slice(usage.start, usage.end), provider))) {
    summary.reported = counter.usage()
    edits.push(...objectEdits(usage, moneyChanges(summary.reported, patch)))
  } else {
    summary.reported = patch.estimate(summary.contentLength)
    const face = faceOf(patch)
    changes.set("usage", JSON.stringify(usageOf(summary.reported, face, patch.price(summary.reported), undefined)))
  }
  summary.isCounted = true
  edits.push(...objectEdits(span, changes))
  summary.complete = true
  return { text: applyEdits(text, edits), summary }
}
