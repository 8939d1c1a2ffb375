import { type ChatPart, isObject, type Json, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { dialectName as messages } from "../../messages/formats.ts"
import { dialectName, isContentPart } from "../names.ts"

/** An item that comes in one piece. `id` is the one it brings, if any. */
export interface WholeItem {
  readonly prefix: string
  readonly id?: string
  readonly fields: JsonObject
}

const message = (part: JsonObject): WholeItem => ({
  prefix: "msg",
  fields: { type: "message", role: "assistant", status: "completed", content: [part] },
})

const madeMedia = ({ kind, source, mime }: MediaContent): WholeItem | undefined => {
  const data = source.type === "data" ? source.base64 : source.type === "url" ? source.url : source.id
  if (kind === "audio") return message({ type: "output_audio", data, transcript: "" })
  if (kind !== "image") return undefined
  const format = mime?.startsWith("image/") ? { output_format: mime.slice("image/".length) } : {}
  return { prefix: "ig", fields: { type: "image_generation_call", status: "completed", result: data, ...format } }
}

/** Claude's own search of the web, as this API tells of one. */
const searchOf = (data: Json): WholeItem | undefined => {
  if (!isObject(data) || data.type !== "server_tool_use" || data.name !== "web_search") return undefined
  const query = isObject(data.input) && typeof data.input.query === "string" ? data.input.query : ""
  const action = { type: "search", query }
  return { prefix: "ws", fields: { type: "web_search_call", status: "completed", action } }
}

/** Parts that are items by themselves; undefined where this format has no place for one. */
export const wholeItem = (part: Extract<ChatPart, { type: "media" | "opaque" }>): WholeItem | undefined => {
  if (part.type === "media") return madeMedia(part.media)
  const { dialect, data } = part
  if (dialect === messages) return searchOf(data)
  if (dialect !== dialectName || !isObject(data)) return undefined
  if (isContentPart(data)) return message(data)
  const { id, type } = data
  const prefix = typeof type === "string" ? type.replace(/_call$/, "") : "item"
  return { prefix, fields: data, ...(typeof id === "string" && id !== "" ? { id } : {}) }
}
