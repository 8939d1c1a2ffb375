import type { EncodeTarget, JsonObject, MediaContent, Message } from "../../../contract/index.ts"
import { toolCallId } from "../../tool-call-ids.ts"
import { isStandIn, type PlacedMessage, pairTools } from "../../translate/index.ts"
import { ownExtras } from "../names.ts"
import { encodeAssistant } from "./encode-assistant.ts"
import { encodeContent, encodePart, loseForeign } from "./encode-content.ts"

type ToolMessage = Extract<Message, { role: "tool" }>

const nameOfCall = (messages: readonly Message[], callId: string): string | undefined => {
  for (const message of messages)
    if (message.role === "assistant")
      for (const part of message.content) if (part.type === "tool-call" && part.id === callId) return part.name
  return undefined
}

const encodeTool = (
  message: ToolMessage,
  path: string,
  target: EncodeTarget,
  messages: readonly Message[],
  moved: JsonObject[],
): JsonObject => {
  const kept = message.content.filter((part) => part.type !== "media" || target.profile.imageInToolResult)
  for (const [index, part] of message.content.entries()) {
    if (part.type !== "media" || target.profile.imageInToolResult) continue
    const where = `${path}.content[${index}]`
    // Tool messages carry text only at most upstreams of this dialect.
    target.lose({
      path: where,
      action: "moved",
      code: "media_moved",
      reason: "the upstream takes media in user messages only",
    })
    const encoded = encodePart(part satisfies MediaContent, where, target)
    if (encoded) moved.push(encoded)
  }
  if (message.isError && !isStandIn(message))
    target.lose({
      path: `${path}.is_error`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream's tool results have no error mark",
    })
  const content = encodeContent(kept, `${path}.content`, target)
  // The call has the name already, and OpenAI refuses it here as an unknown parameter.
  const name = target.profile.toolResultName ? (message.name ?? nameOfCall(messages, message.callId)) : undefined
  return {
    role: "tool",
    tool_call_id: toolCallId(message.callId, target.profile.toolCallIds),
    content: content === "" && kept.length < message.content.length ? "(see the next message)" : content,
    ...(name === undefined ? {} : { name }),
    ...ownExtras(message.extras),
  }
}

const encodePlain = (
  message: Exclude<Message, { role: "assistant" | "tool" }>,
  path: string,
  target: EncodeTarget,
): JsonObject => ({
  role: message.role === "developer" && target.profile.developerRole === false ? "system" : message.role,
  content: encodeContent(message.content, `${path}.content`, target),
  ...(message.name === undefined ? {} : { name: message.name }),
  ...ownExtras(message.extras),
})

/** Turns of tools for an upstream that knows none: what was called and what came back, as words. */
const asText = ({ message, path }: PlacedMessage, target: EncodeTarget): Message => {
  if (message.role === "tool") {
    target.lose({
      path,
      action: "approximated",
      code: "tool_unsupported",
      reason: "the upstream knows no tools: sent as text",
    })
    return {
      role: "user",
      content: [{ type: "text", text: `Result of ${message.name ?? message.callId}:` }, ...message.content],
    }
  }
  if (message.role !== "assistant" || !message.content.some((part) => part.type === "tool-call")) return message
  target.lose({
    path: `${path}.tool_calls`,
    action: "approximated",
    code: "tool_unsupported",
    reason: "the upstream knows no tools: sent as text",
  })
  const content = message.content.map((part) =>
    part.type === "tool-call"
      ? { type: "text" as const, text: `Called ${part.name} (${part.id}) with ${part.arguments}` }
      : part,
  )
  return { ...message, content }
}

export const encodeMessages = (messages: readonly Message[], target: EncodeTarget): JsonObject[] => {
  const encoded: JsonObject[] = []
  let moved: JsonObject[] = []
  const placed = pairTools(messages, target.lose)
  const lastUser = placed.findLastIndex(({ message }) => message.role === "user")
  const history =
    target.profile.tools === false ? placed.map((entry) => ({ ...entry, message: asText(entry, target) })) : placed
  const flush = () => {
    if (moved.length > 0) encoded.push({ role: "user", content: moved })
    moved = []
  }
  for (const [index, { message, path }] of history.entries()) {
    loseForeign(message.extras, path, target)
    if (message.role === "tool") {
      encoded.push(encodeTool(message, path, target, messages, moved))
      continue
    }
    // All results of one turn stay together; what was moved out of them follows.
    flush()
    encoded.push(
      message.role === "assistant"
        ? encodeAssistant(message, path, target, index > lastUser)
        : encodePlain(message, path, target),
    )
  }
  flush()
  return encoded
}
