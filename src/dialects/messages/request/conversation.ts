import type { ChatRequest, Content, JsonObject, Message } from "../../../contract/index.ts"
import { toolCallId } from "../../tool-call-ids.ts"
import { dropForeignExtras, dropName, type PlacedMessage, pairTools } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import type { BlockContext } from "./block-context.ts"
import { encodeBlock } from "./blocks.ts"

export interface Turn {
  readonly role: "user" | "assistant" | "system"
  readonly blocks: JsonObject[]
  readonly extras: JsonObject
}

export interface Conversation {
  readonly system: readonly JsonObject[]
  readonly turns: readonly Turn[]
}

/** Anthropic wants a user turn first and refuses blank text; this is the least that says nothing. */
const placeholder: JsonObject = { type: "text", text: "." }

const isSystem = ({ message }: PlacedMessage) => message.role === "system" || message.role === "developer"

const encodeContents = (content: readonly Content[], path: string, context: BlockContext): JsonObject[] =>
  content
    .map((part, index) => encodeBlock(part, `${path}.content[${index}]`, context))
    .filter((block) => block !== undefined)

const encodeSystem = ({ message, path }: PlacedMessage, context: BlockContext): JsonObject[] =>
  encodeContents(message.content, path, context).filter((block) => {
    if (block.type === "text") return true
    context.lose({ path, action: "dropped", code: "media_unsupported", reason: "system messages are text only" })
    return false
  })

type ToolMessage = Extract<Message, { role: "tool" }>

/** One tool_result; images of a failed tool follow it, because they are refused inside of error results. */
const encodeResult = (message: ToolMessage, path: string, context: BlockContext): [JsonObject, JsonObject[]] => {
  const blocks = encodeContents(message.content, path, context)
  // One breakpoint for the whole result: the block that the API documents as cacheable.
  const cached = blocks.findLast((block) => block.cache_control !== undefined)?.cache_control
  for (const block of blocks) delete block.cache_control
  const allowed = context.profile.imageInToolResult !== false && !message.isError
  const moved = allowed ? [] : blocks.filter((block) => block.type !== "text")
  const kept = allowed ? blocks : blocks.filter((block) => block.type === "text")
  if (moved.length > 0)
    context.lose({
      path,
      action: "moved",
      code: "media_moved",
      reason: "media of this tool result now follow it in the same turn",
    })
  const only = kept.length === 1 && kept[0]?.type === "text" ? kept[0].text : undefined
  const result: JsonObject = {
    type: "tool_result",
    tool_use_id: toolCallId(message.callId, context.profile.toolCallIds ?? "anthropic"),
    ...(kept.length === 0 ? {} : { content: only ?? kept }),
    ...(message.isError ? { is_error: true } : {}),
    ...(cached === undefined ? {} : { cache_control: cached }),
    ...message.extras?.[dialectName],
  }
  return [result, moved]
}

class TurnList {
  readonly turns: Turn[] = []
  add(role: Turn["role"], blocks: readonly JsonObject[], extras: JsonObject = {}) {
    const last = this.turns.at(-1)
    // A role of tomorrow is a field of its turn, which must not become its neighbour's.
    const same = last?.role === role && last.extras.role === extras.role
    if (blocks.length === 0 && !(same && Object.keys(extras).length > 0)) return
    if (last && same) {
      last.blocks.push(...blocks)
      Object.assign(last.extras, extras)
    } else this.turns.push({ role, blocks: [...blocks], extras: { ...extras } })
  }
}

/** Tool results must come first in their turn, or the API does not see that the calls were answered. */
const resultsFirst = (turn: Turn): Turn => ({
  ...turn,
  blocks: [
    ...turn.blocks.filter((block) => block.type === "tool_result"),
    ...turn.blocks.filter((block) => block.type !== "tool_result"),
  ],
})

/**
 * The internal conversation as alternating turns and a system prompt: neighbours of one role merged, tool results in a user turn and
 * first in it, later system messages in place where the model takes them there, otherwise in the system prompt.
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
    const extras = message.extras?.[dialectName] ?? {}
    if (message.role === "tool") {
      const [result, moved] = encodeResult(message, path, context)
      list.add("user", [result, ...moved])
    } else if (message.role === "user" || message.role === "assistant")
      list.add(message.role, encodeContents(message.content, path, context), extras)
    else if (profile.midSystem) list.add("system", encodeSystem(entry, context), extras)
    else {
      system.push(...encodeSystem(entry, context))
      lose({
        path,
        action: "moved",
        code: "message_moved",
        reason: "the model takes system messages at the start only",
      })
    }
  }
  const turns = list.turns.map(resultsFirst)
  if (turns[0]?.role !== "user") {
    turns.unshift({ role: "user", blocks: [{ ...placeholder }], extras: {} })
    lose({
      path: "messages",
      action: "approximated",
      code: "message_approximated",
      reason: "the upstream wants a user message first; a dot was put there",
    })
  }
  return { system, turns }
}
