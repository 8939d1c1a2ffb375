import { isObject, type Json, type JsonObject, type Message } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName } from "../names.ts"
import { Conversation } from "./conversation.ts"
import { decodeCall, decodeResult } from "./decode-call.ts"
import { decodeContent } from "./decode-content.ts"
import { withExtras } from "./extras.ts"
import type { Namespaces } from "./namespaces.ts"
import { decodeReasoningItem } from "./reasoning-item.ts"

const decodeMessage = (raw: JsonObject, path: string, conversation: Conversation): void => {
  const item = new Fields(raw, path)
  const role = item.string("role")
  if (role === undefined) throw invalid(`${path}.role`, "must be a string")
  for (const read of ["type", "id", "status"]) item.any(read)
  const content = decodeContent(item.any("content"), `${path}.content`)
  const name = item.string("name")
  const rest = item.rest()
  if (role === "assistant") {
    conversation.say(content, withExtras({ ...rest, ...defined({ name }) }).extras)
    return
  }
  const isKnown = role === "user" || role === "system" || role === "developer"
  // A role of tomorrow goes on as it came to upstreams of this dialect, and as the user's words to others.
  const extras = withExtras(isKnown ? rest : { ...rest, role })
  conversation.push({ role: isKnown ? role : "user", content, ...defined({ name }), ...extras })
}

/** A picture that the model made, as one that it now sees again. Any other state of it is for this format only. */
const decodeMadeImage = (raw: JsonObject): Message["content"] => {
  const { result, output_format: format } = raw
  if (typeof result !== "string" || result === "") return [{ type: "opaque", dialect: dialectName, data: raw }]
  const mime = `image/${typeof format === "string" ? format : "png"}`
  if (/^https?:/i.test(result)) return [{ type: "media", kind: "image", source: { type: "url", url: result }, mime }]
  return [{ type: "media", kind: "image", source: { type: "data", base64: result }, mime }]
}

/** What a client answers to items of built-in tools comes from its side; all other items are the model's. */
const isClientItem = (type: string): boolean => /(?:_output|_response)$/.test(type)

const decodeItem = (raw: JsonObject, index: number, conversation: Conversation, namespaces: Namespaces): void => {
  const path = `input[${index}]`
  const type = raw.type ?? (raw.role === undefined ? undefined : "message")
  switch (type) {
    case "message":
      decodeMessage(raw, path, conversation)
      break
    case "reasoning":
      conversation.add(...decodeReasoningItem(raw, path))
      break
    case "function_call":
    case "custom_tool_call":
      conversation.add(decodeCall(raw, path, index, namespaces))
      break
    case "function_call_output":
    case "custom_tool_call_output":
      conversation.push(decodeResult(raw, path))
      break
    case "image_generation_call":
      conversation.add(...decodeMadeImage(raw))
      break
    case "item_reference":
      throw invalid(
        path,
        "refers to an item that is not stored here: send the item itself (clients do with `store: false`)",
      )
    case undefined:
      throw invalid(`${path}.type`, "is missing: an item has a type, a message at least a role")
    default: {
      if (typeof type !== "string") throw invalid(`${path}.type`, "must be a string")
      const content = { type: "opaque", dialect: dialectName, data: raw } as const
      if (isClientItem(type)) conversation.pushWhole({ role: "user", content: [content] })
      else conversation.add(content)
    }
  }
}

/** `instructions`, then `input`: one text of the user, or items. */
export const decodeInput = (request: Fields, namespaces: Namespaces): readonly Message[] => {
  const conversation = new Conversation()
  const instructions = request.string("instructions")
  conversation.at("instructions")
  if (instructions) conversation.pushWhole({ role: "system", content: [{ type: "text", text: instructions }] })
  const input: Json | undefined = request.any("input")
  if (input === undefined) throw invalid("input", "is missing: send a text or a list of items")
  if (typeof input !== "string" && !Array.isArray(input))
    throw invalid("input", "must be a string or an array of items")
  if (input.length === 0) throw invalid("input", "is empty: send a text or at least one item")
  conversation.at("input")
  if (typeof input === "string") conversation.pushWhole({ role: "user", content: [{ type: "text", text: input }] })
  else
    for (const [index, raw] of input.entries()) {
      conversation.at(`input[${index}]`)
      if (typeof raw === "string") conversation.pushWhole({ role: "user", content: [{ type: "text", text: raw }] })
      else if (isObject(raw)) decodeItem(raw, index, conversation, namespaces)
      else throw invalid(`input[${index}]`, "must be an object")
    }
  return conversation.end()
}
