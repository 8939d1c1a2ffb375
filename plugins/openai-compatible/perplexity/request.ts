import { isObject, type Json, type JsonObject, type Loss } from "signalbox/plugin"

type Lose = (loss: Loss) => void

const asParts = (content: Json | undefined): Json[] => {
  if (Array.isArray(content)) return content
  return typeof content === "string" && content !== "" ? [{ type: "text", text: content }] : []
}

/** Two messages of one role as one. */
const join = (one: JsonObject, other: JsonObject): JsonObject => {
  const parts = [...asParts(one.content), ...asParts(other.content)]
  const texts = parts.flatMap((part) => (isObject(part) && part.type === "text" ? [String(part.text)] : []))
  return { ...one, ...other, content: texts.length === parts.length ? texts.join("\n\n") : parts }
}

const go = { role: "user", content: "Continue." } as const

/**
 * docs.perplexity.ai: after the system messages, user and assistant take turns, the user first and last ("Last message must have role
 * user"); everything else is a 400.
 */
export const alternate = (messages: readonly JsonObject[], lose: Lose): JsonObject[] => {
  const leading = messages.findIndex(({ role }) => role !== "system")
  const begun = leading < 0 ? messages.length : leading
  const out: JsonObject[] = messages.slice(0, begun)
  const approximate = (index: number, reason: string) =>
    lose({ path: `messages[${index}]`, action: "approximated", code: "message_approximated", reason })
  for (const [index, message] of messages.entries()) {
    if (index < begun) continue
    const isLate = message.role === "system"
    if (isLate)
      lose({
        path: `messages[${index}].role`,
        action: "approximated",
        code: "message_moved",
        reason: "the upstream takes system messages only in front; sent as the user's",
      })
    const turn: JsonObject = isLate ? { ...message, role: "user" } : message
    const before = out.length > begun ? out.at(-1) : undefined
    if (before?.role === turn.role && before !== undefined) {
      out[out.length - 1] = join(before, turn)
      if (!isLate) approximate(index, "joined with the message before it: the upstream wants roles to take turns")
      continue
    }
    if (before === undefined && turn.role === "assistant") {
      approximate(index, "the upstream wants a user's message first; one was put in front")
      out.push({ ...go })
    }
    out.push(turn)
  }
  const last = out.at(-1)
  if (last?.role === "user") return out
  approximate(messages.length - 1, "the upstream wants a user's message last; one was added")
  return [...out, { ...go }]
}

/** docs.perplexity.ai, file attachments: an address, or base64 without anything in front of it. */
const filePart = (part: Json): Json => {
  if (!isObject(part) || part.type !== "file" || !isObject(part.file)) return part
  const data = typeof part.file.file_data === "string" ? part.file.file_data : ""
  const name = part.file.filename
  return {
    type: "file_url",
    file_url: { url: data.replace(/^data:[^,]*,/, "") },
    ...(name === undefined ? {} : { file_name: name }),
  }
}

const withFiles = (message: JsonObject): JsonObject =>
  Array.isArray(message.content) ? { ...message, content: message.content.map(filePart) } : message

/** A body of chat completions as Perplexity takes it. */
export const toPerplexity = (body: JsonObject, lose: Lose): JsonObject => {
  const { response_format: format, ...rest } = body
  const messages = (Array.isArray(body.messages) ? body.messages : []).filter(isObject).map(withFiles)
  const isSchema = isObject(format) && format.type === "json_schema"
  if (format !== undefined && !isSchema && !(isObject(format) && format.type === "text"))
    lose({
      path: "response_format",
      action: "dropped",
      code: "format_unsupported",
      reason: "the upstream takes schemas only",
    })
  return { ...rest, messages: alternate(messages, lose), ...(isSchema ? { response_format: format } : {}) }
}
