import type { ChatRequest, Content, JsonObject, Message, ToolCallContent } from "../../../contract/index.ts"
import { isObject } from "../../../contract/index.ts"
import { toolCallId } from "../../tool-call-ids.ts"
import { dropForeignExtras, dropName, isStandIn, type PlacedMessage, pairTools } from "../../translate/index.ts"
import { dialectName } from "../names.ts"
import { loseCache, ownExtras, type RequestContext } from "./context.ts"
import { type ItemEntry, settleItems } from "./item-pairs.ts"
import { encodeInputPart, encodeOutputPart, isPart } from "./parts.ts"
import { encodeReasoningItem, groupReasoning, type ReasoningGroup } from "./reasoning-items.ts"

export interface Input {
  readonly instructions?: string
  readonly items: readonly JsonObject[]
}

type ToolMessage = Extract<Message, { role: "tool" }>
type Said = Exclude<Message, ToolMessage>

/** The API has ids of at most 64 characters. */
const callId = (id: string, { profile }: RequestContext): string =>
  toolCallId(id, profile.toolCallIds ?? (id.length > 64 ? "anthropic" : "any"))

const encodeCall = (call: ToolCallContent, path: string, context: RequestContext): JsonObject => {
  dropForeignExtras(call.extras, dialectName, `${path}.`, context.lose)
  loseCache(call.cache, path, context, "tool calls have no place for a breakpoint")
  if (call.signature !== undefined)
    context.lose({
      path: `${path}.signature`,
      action: "dropped",
      code: "foreign_reasoning",
      reason: "the upstream did not make this thought signature",
    })
  const text = call.arguments.toWellFormed()
  const what = { call_id: callId(call.id, context), name: context.names.toWire(call.name) }
  if (call.kind === "custom") return { type: "custom_tool_call", ...what, input: text, ...ownExtras(call.extras) }
  const args = text.trim() === "" ? "{}" : text
  return { type: "function_call", ...what, arguments: args, ...ownExtras(call.extras) }
}

const opaqueItem = (part: Content): JsonObject | undefined =>
  part.type === "opaque" && isObject(part.data) ? part.data : undefined

/** A message whose content may hold items of its own kind: parts in a row are one message, the rest stand between. */
const encodeSaid = ({ message, path }: PlacedMessage, context: RequestContext): ItemEntry[] => {
  const said = message as Said
  const { lose, profile } = context
  dropForeignExtras(said.extras, dialectName, `${path}.`, lose)
  dropName(said, path, lose)
  const isAssistant = said.role === "assistant"
  const role = said.role === "developer" && profile.developerRole === false ? "system" : said.role
  const groups = groupReasoning(said.content, path)
  const done = new Set<ReasoningGroup>()
  const entries: ItemEntry[] = []
  let parts: JsonObject[] = []
  const flush = () => {
    if (parts.length > 0)
      entries.push({
        kind: isAssistant ? "made" : "given",
        path,
        item: { type: "message", role, content: parts, ...ownExtras(said.extras) },
      })
    parts = []
  }
  said.content.forEach((part, index) => {
    const where = `${path}.content[${index}]`
    if (isPart(part)) {
      const encoded = (isAssistant ? encodeOutputPart : encodeInputPart)(part, where, context)
      if (encoded) parts.push(encoded)
      return
    }
    flush()
    if (part.type === "tool-call") entries.push({ kind: "made", path: where, item: encodeCall(part, where, context) })
    const group = groups.get(part)
    if (group && !done.has(group)) {
      done.add(group)
      const item = encodeReasoningItem(group, context)
      entries.push({ kind: "reasoning", path: group.path, ...(item ? { item } : {}) })
    }
    const item = opaqueItem(part)
    if (item) entries.push({ kind: isAssistant ? "opaque" : "given", path: where, item })
  })
  flush()
  return entries
}

/** A plain text is a string, which every upstream reads; anything more is a list of parts. */
const outputOf = (parts: readonly JsonObject[]): string | JsonObject[] => {
  const [first] = parts
  if (!first) return ""
  const isPlain = parts.length === 1 && first.type === "input_text" && Object.keys(first).length === 2
  return isPlain ? String(first.text) : [...parts]
}

const encodeResult = (
  { message, path }: PlacedMessage,
  customCalls: ReadonlySet<string>,
  context: RequestContext,
): ItemEntry[] => {
  const result = message as ToolMessage
  const { lose, profile } = context
  dropForeignExtras(result.extras, dialectName, `${path}.`, lose)
  // The stand-in for a missing result has a loss of its own.
  if (result.isError && !isStandIn(result))
    lose({
      path: `${path}.is_error`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream's tool results have no error mark",
    })
  const kept: JsonObject[] = []
  const moved: JsonObject[] = []
  result.content.forEach((part, index) => {
    const where = `${path}.content[${index}]`
    const encoded = encodeInputPart(part, where, context)
    if (!encoded) return
    const stays = part.type !== "media" || profile.imageInToolResult !== false
    ;(stays ? kept : moved).push(encoded)
    if (!stays)
      lose({
        path: where,
        action: "moved",
        code: "media_moved",
        reason: "the upstream takes media in user messages only",
      })
  })
  const type = customCalls.has(result.callId) ? "custom_tool_call_output" : "function_call_output"
  const output = kept.length === 0 && moved.length > 0 ? "(see the next message)" : outputOf(kept)
  const item = { type, call_id: callId(result.callId, context), output, ...ownExtras(result.extras) }
  const entries: ItemEntry[] = [{ kind: "given", path, item }]
  if (moved.length > 0) entries.push({ kind: "given", path, item: { type: "message", role: "user", content: moved } })
  return entries
}

/** The text of the one system message at the start, where a plain string can say all that is in it. */
const instructionsOf = (placed: readonly PlacedMessage[], { profile }: RequestContext): string | undefined => {
  const first = placed[0]?.message
  // The API refuses instructions without any input.
  if (placed.length === 1) return undefined
  if (first?.role !== "system" || placed.filter(({ message }) => message.role === "system").length > 1) return undefined
  const [part] = first.content
  if (first.content.length !== 1 || part?.type !== "text" || first.name !== undefined) return undefined
  if (first.extras?.[dialectName] || part.extras?.[dialectName]) return undefined
  return part.cache && profile.cacheFormat === "openai" ? undefined : part.text.toWellFormed()
}

/** The conversation as `instructions` and items. */
export const encodeInput = (request: ChatRequest, context: RequestContext): Input => {
  const placed = pairTools(request.messages, context.lose)
  const customCalls = new Set(
    placed.flatMap(({ message }) =>
      message.role === "assistant"
        ? message.content.flatMap((part) => (part.type === "tool-call" && part.kind === "custom" ? [part.id] : []))
        : [],
    ),
  )
  const instructions = instructionsOf(placed, context)
  const [first, ...others] = placed
  if (instructions !== undefined && first) {
    const part = first.message.content[0]
    loseCache(part?.cache, `${first.path}.content[0]`, context, "the upstream takes no cache breakpoints")
    for (const { extras } of [first.message, ...(part ? [part] : [])])
      dropForeignExtras(extras, dialectName, `${first.path}.`, context.lose)
  }
  const entries = (instructions === undefined ? placed : others).flatMap((entry) =>
    entry.message.role === "tool" ? encodeResult(entry, customCalls, context) : encodeSaid(entry, context),
  )
  const items = settleItems(entries, context.lose)
  return instructions === undefined ? { items } : { instructions, items }
}
