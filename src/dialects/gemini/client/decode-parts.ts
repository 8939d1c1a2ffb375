import {
  type Content,
  type Extras,
  isObject,
  type Json,
  type JsonObject,
  type MediaContent,
} from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName } from "../formats.ts"
import { mediaKind } from "../media-kind.ts"

/** `{ extras }` when there is something to keep, so that absent stays absent. */
export const withExtras = (rest: JsonObject): { extras?: Extras } =>
  Object.keys(rest).length === 0 ? {} : { extras: { [dialectName]: rest } }

/** Protobuf's JSON mapping takes the URL alphabet as well; every other vendor wants the usual one. */
const plainBase64 = (data: string): string =>
  data.includes("-") || data.includes("_") ? data.replaceAll("-", "+").replaceAll("_", "/") : data

const inline = (part: Fields, blob: Fields): MediaContent => {
  const data = blob.string("data")
  if (data === undefined) throw invalid(blob.at("data"), "must be a base64 string")
  const mime = blob.string("mimeType")?.toLowerCase()
  const name = blob.string("displayName")
  return {
    type: "media",
    kind: mediaKind(mime),
    source: { type: "data", base64: plainBase64(data) },
    ...defined({ mime, name }),
    ...withExtras(part.rest()),
  }
}

const video = /^https:\/\/(?:(?:www\.|m\.)?youtube\.com|youtu\.be)\//

const byReference = (part: Fields, file: Fields): MediaContent => {
  const url = file.string("fileUri")
  if (url === undefined) throw invalid(file.at("fileUri"), "must be a string")
  const mime = file.string("mimeType")?.toLowerCase()
  const name = file.string("displayName")
  return {
    type: "media",
    kind: mime === undefined && video.test(url) ? "video" : mediaKind(mime),
    source: { type: "url", url },
    ...defined({ mime, name }),
    ...withExtras(part.rest()),
  }
}

/** What every turn may hold: text and media. Code, results of it, and what comes next year are kept for this format alone. */
export const decodePart = (raw: JsonObject, path: string): Content | undefined => {
  const part = new Fields(raw, path)
  const blob = part.object("inlineData")
  const file = part.object("fileData")
  const text = part.string("text")
  for (const read of ["thought", "thoughtSignature"]) part.any(read)
  if (blob) return inline(part, new Fields(blob, `${path}.inlineData`))
  if (file) return byReference(part, new Fields(file, `${path}.fileData`))
  if (text !== undefined) return text === "" ? undefined : { type: "text", text, ...withExtras(part.rest()) }
  return Object.keys(part.rest()).length === 0 ? undefined : { type: "opaque", dialect: dialectName, data: raw }
}

/** The parts of a content; a bare text and a single part are taken as well. */
export const partsOf = (content: JsonObject, path: string): JsonObject[] => {
  const { parts } = content
  if (parts === undefined || parts === null) return []
  if (typeof parts === "string") return [{ text: parts }]
  if (isObject(parts)) return [parts]
  if (!Array.isArray(parts)) throw invalid(`${path}.parts`, "must be an array of parts")
  return parts.map((part: Json, index) => {
    if (typeof part === "string") return { text: part }
    if (!isObject(part)) throw invalid(`${path}.parts[${index}]`, 'must be an object, for example {"text": "…"}')
    return part
  })
}
