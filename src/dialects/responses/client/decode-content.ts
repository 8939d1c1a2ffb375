import { type Content, isObject, type Json, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { readDataUrl } from "../../body/data-url.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { readCache } from "../../chat-completions/request/decode-content.ts"
import { dialectName } from "../names.ts"
import { withExtras } from "./extras.ts"

type Where = Pick<MediaContent, "source" | "mime">

const fromUrl = (url: string, mime?: string): Where => {
  const data = readDataUrl(url)
  if (!data) return { source: { type: "url", url }, ...defined({ mime }) }
  return { source: { type: "data", base64: data.base64 }, ...defined({ mime: data.mime ?? mime }) }
}

/** `file_data` is a data URL; some clients send an address or bare base64. */
const fromData = (data: string, mime?: string): Where =>
  /^(?:data|https?|gs|s3):/i.test(data)
    ? fromUrl(data, mime)
    : { source: { type: "data", base64: data }, ...defined({ mime }) }

const fromId = (id: string): Where => ({ source: { type: "id", id } })

const decodeText = (part: Fields, path: string): Content => {
  const text = part.string("text")
  if (text === undefined) throw invalid(`${path}.text`, "must be a string")
  const cache = readCache(part)
  const [annotations, logprobs] = [part.array("annotations") ?? [], part.array("logprobs") ?? []]
  const said = {
    ...(annotations.length > 0 ? { annotations } : {}),
    ...(logprobs.length > 0 ? { logprobs } : {}),
  }
  return { type: "text", text, ...defined({ cache }), ...withExtras({ ...part.rest(), ...said }) }
}

/** `image_url` is a text in this API; chat completions' object is understood too. */
const decodeImage = (part: Fields, path: string): Content => {
  const raw = part.any("image_url")
  const inner = isObject(raw) ? new Fields(raw, `${path}.image_url`) : undefined
  const url = inner ? inner.string("url") : raw
  const id = part.string("file_id")
  if (url !== undefined && typeof url !== "string") throw invalid(`${path}.image_url`, "must be a string")
  if (url === undefined && id === undefined) throw invalid(`${path}.image_url`, "is missing (or file_id)")
  const detail = part.string("detail") ?? inner?.string("detail")
  const where = url === undefined ? fromId(id ?? "") : fromUrl(url)
  return {
    type: "media",
    kind: "image",
    ...where,
    ...defined({ detail, cache: readCache(part) }),
    ...withExtras(part.rest()),
  }
}

const mimeOfName = (name: string | undefined): string | undefined =>
  name?.toLowerCase().endsWith(".pdf") ? "application/pdf" : undefined

const decodeFile = (part: Fields, path: string): Content => {
  // Requesty's SDK puts the fields into an object of the part's name.
  const nested = part.object("input_file") ?? part.object("file")
  const file = nested ? new Fields(nested, `${path}.input_file`) : part
  const name = file.string("filename")
  const mime = file.string("mime_type")?.toLowerCase() ?? mimeOfName(name)
  const [data, url, id] = [file.string("file_data"), file.string("file_url"), file.string("file_id")]
  if (data === undefined && url === undefined && id === undefined)
    throw invalid(file.at("file_data"), "is missing: send file_data, file_url or file_id")
  const where = data !== undefined ? fromData(data, mime) : url !== undefined ? fromUrl(url, mime) : fromId(id ?? "")
  return {
    type: "media",
    kind: "file",
    ...where,
    ...defined({ name, cache: readCache(part) }),
    ...withExtras(part.rest()),
  }
}

const decodeAudio = (part: Fields, path: string): Content => {
  const nested = part.object("input_audio")
  const audio = nested ? new Fields(nested, `${path}.input_audio`) : part
  const data = audio.string("data")
  if (data === undefined) throw invalid(audio.at("data"), "must be a base64 string")
  const format = audio.string("format")?.toLowerCase()
  const where = fromData(data, format === undefined ? undefined : `audio/${format}`)
  return { type: "media", kind: "audio", ...where, ...defined({ cache: readCache(part) }), ...withExtras(part.rest()) }
}

const decodePart = (raw: JsonObject, path: string): Content => {
  const part = new Fields(raw, path)
  switch (part.string("type")) {
    case "input_text":
    case "output_text":
    case "text":
      return decodeText(part, path)
    case "refusal":
      return { type: "refusal", text: part.string("refusal") ?? "", ...withExtras(part.rest()) }
    case "input_image":
    case "image_url":
      return decodeImage(part, path)
    case "input_file":
    case "file":
      return decodeFile(part, path)
    case "input_audio":
      return decodeAudio(part, path)
    case undefined:
      throw invalid(`${path}.type`, "must be a string")
    default:
      return { type: "opaque", dialect: dialectName, data: raw }
  }
}

/** `content` of a message, or `output` of a call: a text, or a list of parts. */
export const decodeContent = (content: Json | undefined, path: string): Content[] => {
  if (content === undefined || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or an array of parts")
  return content.map((part, index) => {
    if (typeof part === "string") return { type: "text", text: part }
    if (!isObject(part)) throw invalid(`${path}[${index}]`, "must be an object with a type")
    return decodePart(part, `${path}[${index}]`)
  })
}
