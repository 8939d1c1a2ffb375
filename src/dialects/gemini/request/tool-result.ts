import { isObject, type Json, type JsonObject, type Message } from "../../../contract/index.ts"
import { dialectName } from "../formats.ts"
import { encodeMedia, type PartContext } from "./parts.ts"

type ToolMessage = Extract<Message, { role: "tool" }>

const schemaTypes = new Set(["object", "array", "string", "number", "integer", "boolean", "null"])

/** Objects that look like JSON Schema inside a function response make the API answer 400; as text they are harmless. */
const looksLikeSchema = (value: Json): boolean => {
  if (Array.isArray(value)) return value.some(looksLikeSchema)
  if (!isObject(value)) return false
  if ("$ref" in value || "$schema" in value || "$defs" in value) return true
  const typed = typeof value.type === "string" && schemaTypes.has(value.type)
  if (typed && ("properties" in value || "items" in value || "required" in value)) return true
  return Object.values(value).some(looksLikeSchema)
}

const output = (text: string): Json => {
  if (!/^\s*[{[]/.test(text)) return text
  try {
    const parsed = JSON.parse(text) as Json
    return looksLikeSchema(parsed) ? text : parsed
  } catch {
    return text
  }
}

/** A tool's result as a functionResponse part, and the media that must follow it where the model takes none inside. */
export const encodeToolResult = (message: ToolMessage, path: string, context: PartContext): JsonObject[] => {
  const { profile, lose, names } = context
  const texts: string[] = []
  const media: JsonObject[] = []
  message.content.forEach((part, index) => {
    const place = `${path}.content[${index}]`
    if (part.type === "text" || part.type === "refusal") texts.push(part.text.toWellFormed())
    else if (part.type === "media") media.push(encodeMedia(part, place, context))
    else
      lose({
        path: place,
        action: "dropped",
        code: "media_unsupported",
        reason: "the upstream takes no such content in tool results",
      })
  })
  const text = texts.join("\n")
  const inside = profile.imageInToolResult !== false && media.every((part) => part.inlineData !== undefined)
  if (media.length > 0 && !inside)
    lose({
      path,
      action: "moved",
      code: "media_moved",
      reason: "media of this tool result now follow it in the same turn",
    })
  const response: JsonObject = {
    functionResponse: {
      ...(profile.callIds ? { id: message.callId } : {}),
      name: names.toWire(message.name ?? message.callId),
      response: message.isError ? { error: text } : { output: output(text) },
      ...(media.length > 0 && inside ? { parts: media } : {}),
      ...message.extras?.[dialectName],
    },
  }
  return inside ? [response] : [response, ...media]
}
