import { isObject, type Json, type Message } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { withExtras } from "../names.ts"
import { decodeAssistant } from "./decode-assistant.ts"
import { decodeContent, markLast, readCache } from "./decode-content.ts"
import { sortAnnotations } from "./file-annotations.ts"

/** The id of the last call of that name: what a legacy `function` message answers. */
const callIdOf = (name: string | undefined, before: readonly Message[]): string | undefined => {
  for (const message of [...before].reverse()) {
    if (message.role !== "assistant") continue
    const call = message.content.findLast(
      (part) => part.type === "tool-call" && (name === undefined || part.name === name),
    )
    if (call?.type === "tool-call") return call.id
  }
  return undefined
}

const decodeMessage = (raw: Json, index: number, before: readonly Message[]): Message => {
  const path = `messages[${index}]`
  if (!isObject(raw)) throw invalid(path, "must be an object with a role")
  const message = new Fields(raw, path)
  const role = message.string("role")
  if (role === undefined) throw invalid(`${path}.role`, "must be a string")
  const name = message.string("name")
  if (role === "assistant") {
    const content = decodeAssistant(message, path, index)
    const { model: author, ...rest } = { model: raw.model, ...message.rest() }
    return {
      role,
      content,
      ...defined({ name }),
      ...sortAnnotations(author == null ? rest : { ...rest, model: author }),
    }
  }
  const content = markLast(decodeContent(message.any("content"), `${path}.content`), readCache(message))
  if (role === "tool" || role === "function") {
    const callId = message.string("tool_call_id") ?? (role === "function" ? callIdOf(name, before) : undefined)
    if (callId === undefined)
      throw invalid(`${path}.tool_call_id`, "is missing: a tool message names the call it answers")
    const isError = message.boolean("is_error")
    return { role: "tool", callId, content, ...defined({ name, isError }), ...withExtras(message.rest()) }
  }
  if (role === "system" || role === "developer" || role === "user")
    return { role, content, ...defined({ name }), ...withExtras(message.rest()) }
  // A role of tomorrow goes on as it came to upstreams of this dialect, and as the user's words to others.
  return { role: "user", content, ...defined({ name }), ...withExtras({ ...message.rest(), role }) }
}

/** All messages; the path of the first field at fault is in the error. */
export const decodeMessages = (messages: readonly Json[]): readonly Message[] => {
  const decoded: Message[] = []
  for (const [index, raw] of messages.entries()) decoded.push(decodeMessage(raw, index, decoded))
  return decoded
}
