import { dropForeignExtras, dropName, type PlacedMessage, pairTools, toolCallId } from "signalbox/dialects"
import type { ChatRequest, Content, JsonObject, Message } from "signalbox/plugin"
import { dialectName } from "../formats.ts"
import { encodeBlock } from "./blocks.ts"
import type { BlockContext } from "./context.ts"

export interface Turn {
  readonly role: "user" | "assistant"
  readonly blocks: JsonObject[]
}

export interface Conversation {
  readonly system: JsonObject[]
  readonly turns: Turn[]
}

/** The least that says nothing: a user turn must come first, and a document wants text beside it. */
const dot: JsonObject = { text: "." }

const isSystem = ({ message }: PlacedMessage) => message.role === "system" || message.role === "developer"
const isCachePoint = (block: JsonObject) => block.cachePoint !== undefined

const encodeContents = (content: readonly Content[], path: string, context: BlockContext): JsonObject[] =>
  content.flatMap((part, index) => encodeBlock(part, `${path}.content[${index}]`, context))

const encodeSystem = ({ message, path }: PlacedMessage, context: BlockContext): JsonObject[] =>
  encodeContents(message.content, path, context).filter((block) => {
    if (block.text !== undefined || isCachePoint(block) || block.guardContent !== undefined) return true
    context.lose({ path, action: "dropped", code: "media_unsupported", reason: "system messages are text only" })
    return false
  })

type ToolMessage = Extract<Message, { role: "tool" }>

/** A result's blocks: the result itself, media that must not stand inside it, and the cache point behind. */
const encodeResult = (message: ToolMessage, path: string, context: BlockContext): JsonObject[] => {
  const { profile, lose, toolsAsText } = context
  const blocks = encodeContents(message.content, path, context)
  const points = blocks.filter(isCachePoint).slice(-1)
  const content = blocks.filter((block) => !isCachePoint(block))
  if (toolsAsText) {
    lose({
      path,
      action: "approximated",
      code: "message_approximated",
      reason: "without tools in the request, an earlier result goes as text",
    })
    const texts = content.flatMap(({ text }) => (typeof text === "string" ? [text] : []))
    const media = content.filter(({ text }) => text === undefined)
    const failed = message.isError ? " failed" : ""
    return [{ text: `[Result of the tool ${message.name ?? ""}${failed}]\n${texts.join("\n")}` }, ...media, ...points]
  }
  // Images of a failed call are refused inside of its result.
  const inside = profile.imageInToolResult !== false && !message.isError
  const moved = inside ? [] : content.filter(({ text }) => text === undefined)
  if (moved.length > 0)
    lose({
      path,
      action: "moved",
      code: "media_moved",
      reason: "media of this tool result now follow it in the same turn",
    })
  const kept = inside ? content : content.filter(({ text }) => text !== undefined)
  const toolResult: JsonObject = {
    toolUseId: toolCallId(message.callId, profile.toolCallIds ?? "anthropic"),
    content: kept.length > 0 ? kept : [{ text: moved.length > 0 ? "See below." : "(no output)" }],
    ...(message.isError ? { status: "error" } : {}),
    ...message.extras?.[dialectName],
  }
  return [{ toolResult }, ...moved, ...points]
}

/** Results come first in their turn, or they are not seen as answers to the calls. */
const resultsFirst = ({ role, blocks }: Turn): Turn => {
  const at = blocks.findLastIndex((block) => block.toolResult !== undefined)
  if (at < 0 || blocks.findIndex((block) => block.toolResult === undefined && !isCachePoint(block)) > at)
    return { role, blocks }
  const results = blocks.filter((block) => block.toolResult !== undefined)
  return { role, blocks: [...results, ...blocks.filter((block) => block.toolResult === undefined)] }
}

/** docs.aws.amazon.com/bedrock, DocumentBlock: "a message with a document must also have a text". */
const withText = (turn: Turn, context: BlockContext): Turn => {
  const { blocks } = turn
  if (!blocks.some((block) => block.document !== undefined) || blocks.some((block) => block.text !== undefined))
    return turn
  context.lose({
    path: "messages",
    action: "approximated",
    code: "message_approximated",
    reason: "a document wants text beside it; a dot was put there",
  })
  return { ...turn, blocks: [...blocks, { ...dot }] }
}

class TurnList {
  readonly turns: Turn[] = []
  add(role: Turn["role"], blocks: readonly JsonObject[]) {
    // A cache point alone closes nothing.
    if (!blocks.some((block) => !isCachePoint(block))) return
    const last = this.turns.at(-1)
    if (last?.role === role) last.blocks.push(...blocks)
    else this.turns.push({ role, blocks: [...blocks] })
  }
}

/**
 * The internal conversation as Converse demands it: system texts apart and first, then turns that alternate and begin with the user,
 * tool results at the start of the user turn behind their calls.
 */
export const encodeConversation = (request: ChatRequest, context: BlockContext): Conversation => {
  const { lose, profile } = context
  const placed = pairTools(request.messages, lose)
  const leading = placed.findIndex((entry) => !isSystem(entry))
  const head = leading < 0 ? placed : placed.slice(0, leading)
  const system = head.flatMap((entry) => encodeSystem(entry, context))
  const list = new TurnList()
  for (const entry of leading < 0 ? [] : placed.slice(leading)) {
    const { message, path } = entry
    dropName(message, path, lose)
    dropForeignExtras(message.extras, dialectName, `${path}.`, lose)
    if (message.role === "tool") list.add("user", encodeResult(message, path, context))
    else if (message.role === "user" || message.role === "assistant")
      list.add(message.role, encodeContents(message.content, path, context))
    else {
      system.push(...encodeSystem(entry, context))
      lose({
        path,
        action: "moved",
        code: "message_moved",
        reason: "the upstream takes system messages at the start only",
      })
    }
  }
  const turns = list.turns.map((turn) => withText(resultsFirst(turn), context))
  if (turns[0]?.role !== "user") {
    turns.unshift({ role: "user", blocks: [{ ...dot }] })
    lose({
      path: "messages",
      action: "approximated",
      code: "message_approximated",
      reason: "the upstream wants a user message first; a dot was put there",
    })
  }
  if (profile.noSystem && system.length > 0) {
    lose({
      path: "messages",
      action: "moved",
      code: "message_moved",
      reason: "the model takes no system messages; the text stands before the first user message",
    })
    turns[0]?.blocks.unshift(...system.splice(0).filter((block) => !isCachePoint(block)))
  }
  return { system, turns }
}

/** An answer that the model is to go on with: no blanks at its end; most models refuse the idea and are asked in words. */
export const settlePrefill = (turns: readonly Turn[], refused: boolean, context: BlockContext): readonly Turn[] => {
  const last = turns.at(-1)
  if (last?.role !== "assistant") return turns
  const blocks = [...last.blocks]
  while (blocks.length > 0 && (blocks.at(-1)?.reasoningContent !== undefined || isCachePoint(blocks.at(-1) ?? {})))
    blocks.pop()
  const end = blocks.at(-1)
  if (typeof end?.text === "string") blocks[blocks.length - 1] = { ...end, text: end.text.trimEnd() }
  if (blocks.length === 0) return turns.slice(0, -1)
  const turn: Turn = { ...last, blocks }
  if (!refused) return [...turns.slice(0, -1), turn]
  context.lose({
    path: "messages",
    action: "approximated",
    code: "message_approximated",
    reason: "the model cannot continue an assistant message; it is asked to",
  })
  const ask: Turn = { role: "user", blocks: [{ text: "Continue your last message exactly where it ends." }] }
  return [...turns.slice(0, -1), turn, ask]
}
