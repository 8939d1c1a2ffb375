import {
  type CacheBreakpoint,
  type Content,
  isObject,
  type Json,
  type JsonObject,
  type MediaContent,
} from "../../../contract/index.ts"
import { readDataUrl } from "../../body/data-url.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { samePlace } from "../../translate/index.ts"
import { dialectName, withExtras } from "../names.ts"

type Source = MediaContent["source"]

/** `cache_control` as Anthropic has it, or OpenAI's `prompt_cache_breakpoint`. */
export const readCache = (fields: Fields): CacheBreakpoint | undefined => {
  const control = fields.object("cache_control")
  const breakpoint = fields.object("prompt_cache_breakpoint")
  if (!control && !breakpoint) return undefined
  const ttl = control?.ttl
  return ttl === "5m" || ttl === "1h" ? { ttl } : {}
}

const mimeOfName = (name: string | undefined): string | undefined =>
  name?.toLowerCase().endsWith(".pdf") ? "application/pdf" : undefined

const fromUrl = (url: string, mime: string | undefined): { source: Source; mime?: string } => {
  const data = readDataUrl(url)
  if (!data) return defined({ source: { type: "url" as const, url }, mime })
  return defined({ source: { type: "data" as const, base64: data.base64 }, mime: data.mime ?? mime })
}

/** `file_data` is a data URL (OpenAI), an address (OpenRouter) or bare base64 (some Requesty clients). */
const fromFile = (data: string, mime: string | undefined): { source: Source; mime?: string } =>
  /^(data|https?|gs|s3):/i.test(data)
    ? fromUrl(data, mime)
    : defined({ source: { type: "data" as const, base64: data }, mime })

const urlPart = (part: Fields, key: string, path: string): Fields => {
  const value = part.any(key)
  if (typeof value === "string") return new Fields({ url: value }, `${path}.${key}`)
  if (isObject(value)) return new Fields(value, `${path}.${key}`)
  throw invalid(`${path}.${key}`, "must be an object with url")
}

const decodeFile = (part: Fields, inner: Fields, path: string): Content => {
  const name = inner.string("filename") ?? inner.string("name")
  const mime = inner.string("mime_type")?.toLowerCase() ?? mimeOfName(name)
  const data = inner.string("file_data") ?? inner.string("file_url")
  const id = inner.string("file_id")
  const found = data === undefined ? undefined : fromFile(data, mime)
  if (!found && id === undefined) throw invalid(inner.at("file_data"), `is missing (or file_id) in ${path}`)
  const where = found ?? { source: { type: "id" as const, id: id ?? "" }, ...(mime ? { mime } : {}) }
  return {
    type: "media",
    kind: "file",
    ...where,
    ...defined({ name, cache: readCache(part) }),
    ...withExtras(part.rest()),
  }
}

const decodePart = (raw: JsonObject, path: string): Content => {
  const part = new Fields(raw, path)
  const type = part.string("type")
  switch (type) {
    case "text":
    case "input_text":
    case "output_text": {
      const text = part.string("text")
      if (text === undefined) throw invalid(`${path}.text`, "must be a string")
      return { type: "text", text, ...defined({ cache: readCache(part) }), ...withExtras(part.rest()) }
    }
    case "refusal":
      return { type: "refusal", text: part.string("refusal") ?? "", ...withExtras(part.rest()) }
    case "image_url": {
      const inner = urlPart(part, "image_url", path)
      const url = inner.string("url")
      if (url === undefined) throw invalid(`${path}.image_url.url`, "must be a string")
      const detail = inner.string("detail")
      const where = fromUrl(url, inner.string("mime_type")?.toLowerCase())
      return {
        type: "media",
        kind: "image",
        ...where,
        ...defined({ detail, cache: readCache(part) }),
        ...withExtras(part.rest()),
      }
    }
    case "video_url":
    case "input_video": {
      const key = raw.video_url === undefined ? "input_video" : "video_url"
      const inner = urlPart(part, key, path)
      const url = inner.string("url")
      if (url === undefined) throw invalid(`${path}.${key}.url`, "must be a string")
      const where = fromUrl(url, inner.string("mime_type")?.toLowerCase())
      return {
        type: "media",
        kind: "video",
        ...where,
        ...defined({ cache: readCache(part) }),
        ...withExtras(part.rest()),
      }
    }
    case "input_audio": {
      const inner = new Fields(part.object("input_audio") ?? {}, `${path}.input_audio`)
      const data = inner.string("data")
      if (data === undefined) throw invalid(`${path}.input_audio.data`, "must be a base64 string")
      const format = inner.string("format")?.toLowerCase()
      const where = fromFile(data, format === undefined ? undefined : `audio/${format}`)
      return {
        type: "media",
        kind: "audio",
        ...where,
        ...defined({ cache: readCache(part) }),
        ...withExtras(part.rest()),
      }
    }
    case "file":
      return decodeFile(part, new Fields(part.object("file") ?? {}, `${path}.file`), path)
    case "input_file": {
      // Requesty's SDK puts the fields beside `type` or into an object of the same name.
      const inner = part.object("input_file")
      return decodeFile(part, inner ? new Fields(inner, `${path}.input_file`) : part, path)
    }
    case undefined:
      throw invalid(`${path}.type`, "must be a string")
    default:
      return { type: "opaque", dialect: dialectName, data: raw }
  }
}

/** `content` of a message: a text, a list of parts, or nothing. */
export const decodeContent = (content: Json | undefined, path: string): Content[] => {
  if (content === undefined || content === null || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or an array of parts")
  return content.map((part, index) => {
    if (typeof part === "string") return { type: "text", text: part }
    if (!isObject(part)) throw invalid(`${path}[${index}]`, "must be an object with a type")
    return decodePart(part, `${path}[${index}]`)
  })
}

/** Cache control on a message means its last part. */
export const markLast = (content: readonly Content[], cache: CacheBreakpoint | undefined): readonly Content[] => {
  const last = content.at(-1)
  return cache && last ? [...content.slice(0, -1), samePlace({ ...last, cache }, last)] : content
}
