import { type Content, isObject, type Json, type JsonObject, type Message } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { placed, placeOf } from "../../translate/index.ts"
import { dialectName, withExtras } from "../formats.ts"
import { readCache } from "./cache.ts"
import { decodeContent } from "./decode-blocks.ts"

type ToolMessage = Extract<Message, { role: "tool" }>

/** A result's breakpoint is its last part's; a result without content carries it itself. */
const decodeResult = (raw: JsonObject, path: string): ToolMessage => {
  const block = new Fields(raw, path)
  block.any("type")
  const callId = block.string("tool_use_id")
  if (!callId) throw invalid(`${path}.tool_use_id`, "is missing: a tool_result names the call that it answers")
  const content = decodeContent(block.any("content"), `${path}.content`)
  const isError = block.boolean("is_error")
  const cache = readCache(block)
  const last = content.at(-1)
  const marked = cache && last ? [...content.slice(0, -1), { ...last, cache }] : content
  const rest = { ...block.rest(), ...(cache && !last ? { cache_control: raw.cache_control ?? null } : {}) }
  return { role: "tool", callId, content: marked, ...defined({ isError }), ...withExtras(rest) }
}

const isResult = (block: Json): block is JsonObject => isObject(block) && block.type === "tool_result"

/** A user turn as messages: each tool result is one of its own, what stands between them stays between them. */
const decodeUser = (content: Json | undefined, path: string, rest: JsonObject): Message[] => {
  if (!Array.isArray(content) || !content.some(isResult))
    return [{ role: "user", content: decodeContent(content, path), ...withExtras(rest) }]
  const messages: Message[] = []
  let said: Content[] = []
  const flush = () => {
    if (said.length > 0) messages.push({ role: "user", content: said })
    said = []
  }
  for (const [index, block] of content.entries()) {
    if (isResult(block)) {
      flush()
      const at = `${path}[${index}]`
      messages.push(placed(decodeResult(block, at), at))
    } else said.push(...decodeContent([block], path).map((part) => placed(part, `${path}[${index}]`)))
  }
  flush()
  // Fields of the turn belong to no single result.
  if (Object.keys(rest).length > 0) messages.push({ role: "user", content: [], ...withExtras(rest) })
  return messages
}

const decodeMessage = (raw: Json, path: string): Message[] => {
  if (!isObject(raw)) throw invalid(path, "must be an object with role and content")
  const message = new Fields(raw, path)
  const role = message.string("role")
  if (role === undefined) throw invalid(`${path}.role`, "is missing: it must be user, assistant or system")
  const content = message.any("content")
  const rest = message.rest()
  const at = `${path}.content`
  if (role === "user") return decodeUser(content, at, rest)
  if (role === "assistant" || role === "system")
    return [{ role, content: decodeContent(content, at), ...withExtras(rest) }]
  // A role of tomorrow goes on as it came to upstreams of this format, and as the user's words to others.
  return [{ role: "user", content: decodeContent(content, at), extras: { [dialectName]: { ...rest, role } } }]
}

/** `system` and `messages`; the path of the first field at fault is in the error. */
export const decodeMessages = (request: Fields): Message[] => {
  const instructions = request.any("system")
  const system = decodeContent(instructions, "system").map((part, index) =>
    placed(part, Array.isArray(instructions) ? `system[${index}]` : "system"),
  )
  const messages = request.array("messages")
  if (messages === undefined) throw invalid("messages", "is missing: send a list with at least one message")
  if (messages.length === 0) throw invalid("messages", "is empty: send at least one message")
  return [
    ...(system.length > 0 ? [placed({ role: "system" as const, content: system }, "system")] : []),
    ...messages.flatMap((message, index) => {
      const path = `messages[${index}]`
      return decodeMessage(message, path).map((one) => (placeOf(one) === undefined ? placed(one, path) : one))
    }),
  ]
}
