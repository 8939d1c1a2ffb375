import { callInput, dropForeignExtras, dropName, type PlacedMessage, pairTools } from "signalbox/dialects"
import {
  type ChatRequest,
  type Content,
  isObject,
  type JsonObject,
  type ReasoningContent,
  type ToolCallContent,
} from "signalbox/plugin"
import { dialectName, thinkingFormat } from "../formats.ts"
import { encodePart, type PartContext } from "./parts.ts"

const isText = (part: JsonObject) => part.type === "text"

const textOf = (parts: readonly JsonObject[]): string => parts.map(({ text }) => String(text)).join("\n")

/** One text by itself is written as a text, which every model takes. */
const contentOf = (parts: readonly JsonObject[]): string | JsonObject[] =>
  parts.length === 1 && parts.every(isText) ? textOf(parts) : [...parts]

/** What Cohere has no cache of its own to be told about. */
const dropBreakpoint = (part: Content, path: string, { lose }: PartContext): void => {
  if (part.cache !== undefined)
    lose({
      path: `${path}.cache_control`,
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: "the upstream caches by itself",
    })
}

const encodeParts = (content: readonly Content[], path: string, context: PartContext): JsonObject[] =>
  content.flatMap((part, index) => {
    const place = `${path}.content[${index}]`
    dropForeignExtras(part.extras, dialectName, `${place}.`, context.lose)
    dropBreakpoint(part, place, context)
    const encoded = encodePart(part, place, context)
    return encoded === undefined ? [] : [{ ...encoded, ...part.extras?.[dialectName] }]
  })

const encodeCall = (content: ToolCallContent, path: string, context: PartContext): JsonObject => {
  if (content.signature !== undefined)
    context.lose({
      path,
      action: "dropped",
      code: "foreign_reasoning",
      reason: "the call's signature belongs to another vendor",
    })
  const input = callInput(content, path, context.lose)
  // The model's own text where it is an object with something in it: a second writing could change its numbers.
  const written = content.kind === "function" && Object.keys(input).length > 0
  return {
    id: content.id,
    type: "function",
    function: {
      name: context.names.toWire(content.name),
      arguments: written ? content.arguments : JSON.stringify(input),
    },
  }
}

const encodeThinking = (
  { format, text = "", signature, encrypted }: ReasoningContent,
  path: string,
  { profile, lose }: PartContext,
): JsonObject[] => {
  const isOwn = format === thinkingFormat && signature === undefined && encrypted === undefined
  if (isOwn && profile.thinking !== "none" && text.trim() !== "")
    return [{ type: "thinking", thinking: text.toWellFormed() }]
  const reason = isOwn ? "the model takes no thoughts" : "reasoning of another vendor cannot be sent to this one"
  lose({ path, action: "dropped", code: "foreign_reasoning", reason })
  return []
}

interface PlacedPart {
  readonly part: Content
  readonly place: string
}

/** Text beside calls is the plan that leads to them, and has a field of its own; so have citations that came from here. */
const encodeAssistant = (content: readonly PlacedPart[], context: PartContext): JsonObject | undefined => {
  const thinking: JsonObject[] = []
  const calls: JsonObject[] = []
  const said: JsonObject[] = []
  const citations: JsonObject[] = []
  for (const { part, place } of content) {
    dropForeignExtras(part.extras, dialectName, `${place}.`, context.lose)
    dropBreakpoint(part, place, context)
    if (part.type === "reasoning") thinking.push(...encodeThinking(part, place, context))
    else if (part.type === "tool-call") calls.push(encodeCall(part, place, context))
    else if (part.type === "opaque" && part.dialect === dialectName && isObject(part.data)) citations.push(part.data)
    else if (part.type === "media")
      context.lose({
        path: place,
        action: "dropped",
        code: "media_unsupported",
        reason: "the upstream takes text only in turns of the assistant",
      })
    else {
      const encoded = encodePart(part, place, context)
      if (encoded) said.push(encoded)
    }
  }
  const cited = citations.length > 0 ? { citations } : {}
  if (calls.length > 0)
    return {
      role: "assistant",
      tool_calls: calls,
      ...(said.length > 0 ? { tool_plan: textOf(said) } : {}),
      ...(thinking.length > 0 ? { content: thinking } : {}),
      ...cited,
    }
  const all = [...thinking, ...said]
  return all.length === 0 ? undefined : { role: "assistant", content: contentOf(all), ...cited }
}

/** Messages of the request, in order. Media of tool results follow the results in a user's message, because those are text only. */
export const encodeMessages = (request: ChatRequest, context: PartContext): JsonObject[] => {
  const { lose } = context
  const out: JsonObject[] = []
  const media: JsonObject[] = []
  let turn: { readonly parts: PlacedPart[]; readonly extras: JsonObject } | undefined
  /** The assistant's messages in a row are one turn: all its calls must stand together, in front of their results. */
  const endTurn = () => {
    const encoded = turn && encodeAssistant(turn.parts, context)
    if (encoded) out.push({ ...encoded, ...turn?.extras })
    turn = undefined
  }
  const flush = () => {
    if (media.length > 0) out.push({ role: "user", content: media.splice(0) })
  }
  const encodeResult = ({ message, path }: PlacedMessage, callId: string) => {
    const parts = encodeParts(message.content, path, context)
    const moved = parts.filter((part) => part.type === "image_url")
    if (moved.length > 0)
      lose({ path, action: "moved", code: "media_moved", reason: "media of this tool result now follow the results" })
    media.push(...moved)
    const kept = parts.filter((part) => part.type !== "image_url")
    out.push({ role: "tool", tool_call_id: callId, content: kept.length === 0 ? "(no output)" : contentOf(kept) })
  }
  for (const placed of pairTools(request.messages, lose)) {
    const { message, path } = placed
    dropForeignExtras(message.extras, dialectName, `${path}.`, lose)
    if (message.role !== "assistant") endTurn()
    if (message.role === "tool") {
      encodeResult(placed, message.callId)
      continue
    }
    flush()
    dropName(message, path, lose)
    if (message.role === "assistant") {
      turn ??= { parts: [], extras: {} }
      turn.parts.push(...message.content.map((part, index) => ({ part, place: `${path}.content[${index}]` })))
      Object.assign(turn.extras, message.extras?.[dialectName])
      continue
    }
    const parts = encodeParts(message.content, path, context)
    const role = message.role === "user" ? "user" : "system"
    const kept = role === "system" ? parts.filter(isText) : parts
    if (kept.length < parts.length)
      lose({ path, action: "dropped", code: "media_unsupported", reason: "system messages are text only" })
    if (kept.length > 0) out.push({ role, content: contentOf(kept), ...message.extras?.[dialectName] })
  }
  endTurn()
  flush()
  if (!out.some(({ role }) => role === "user" || role === "tool")) {
    // "message must be at least 1 token long": there is no chat without something that is said to the model.
    out.push({ role: "user", content: "." })
    lose({
      path: "messages",
      action: "approximated",
      code: "message_approximated",
      reason: "the upstream wants a user message; a dot was put there",
    })
  }
  return out
}
