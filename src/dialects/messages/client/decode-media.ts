import { type Content, isObject, type Json, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName, withExtras } from "../formats.ts"
import { readCache } from "./cache.ts"

type Source = MediaContent["source"]

interface Found {
  readonly source: Source
  readonly mime?: string
  /** The source as the client wrote it, where the internal form says less. */
  readonly original?: JsonObject
}

const asText = (text: string, original?: JsonObject): Found => ({
  source: { type: "data", base64: Buffer.from(text.toWellFormed()).toString("base64") },
  mime: "text/plain",
  ...(original ? { original } : {}),
})

/** The text of a string or of text blocks; undefined where anything else is among them. */
const textOfBlocks = (content: Json | undefined): string | undefined => {
  if (typeof content === "string") return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((block) => (isObject(block) && block.type === "text" ? block.text : undefined))
  return texts.every((text) => typeof text === "string") ? texts.join("\n") : undefined
}

/** Undefined: a kind of source that is not known here. */
const findSource = (raw: JsonObject, path: string): Found | undefined => {
  const source = new Fields(raw, path)
  const demand = (key: string): string => {
    const value = source.string(key)
    if (value === undefined) throw invalid(`${path}.${key}`, "is missing: it must be a string")
    return value
  }
  switch (source.string("type")) {
    case "base64":
      return {
        source: { type: "data", base64: demand("data") },
        ...defined({ mime: source.string("media_type")?.toLowerCase() }),
      }
    case "url":
      return { source: { type: "url", url: demand("url") } }
    case "file":
      return { source: { type: "id", id: demand("file_id") } }
    case "text":
      return asText(demand("data"))
    case "content": {
      const text = textOfBlocks(raw.content)
      return text === undefined ? undefined : asText(text, raw)
    }
    default:
      return undefined
  }
}

const opaque = (block: JsonObject): Content => ({ type: "opaque", dialect: dialectName, data: block })

/** `image` and `document` blocks. What other formats have no field for (`context`, `citations`) stays with the block. */
export const decodeMedia = (raw: JsonObject, path: string): Content => {
  const block = new Fields(raw, path)
  const kind = block.string("type") === "image" ? "image" : "file"
  const source = block.object("source")
  if (!source) throw invalid(`${path}.source`, "is missing: it must be an object with a type")
  const found = findSource(source, `${path}.source`)
  if (!found) return opaque(raw)
  const name = kind === "file" ? block.string("title") : undefined
  // Documents by address are PDF: platform.claude.com, PDF support.
  const mime = found.mime ?? (kind === "file" && found.source.type === "url" ? "application/pdf" : undefined)
  return {
    type: "media",
    kind,
    source: found.source,
    ...defined({ mime, name, cache: readCache(block) }),
    ...withExtras({ ...block.rest(), ...(found.original ? { source: found.original } : {}) }),
  }
}

/** A passage that the client found itself: a document of text to others, with all its fields to its own format. */
export const decodeSearchResult = (raw: JsonObject, path: string): Content => {
  const text = textOfBlocks(raw.content)
  if (text === undefined || typeof raw.source !== "string") return opaque(raw)
  const block = new Fields(raw, path)
  const cache = readCache(block)
  const title = block.string("title")
  const { source } = asText([title, raw.source, text].filter(Boolean).join("\n"))
  return {
    type: "media",
    kind: "file",
    source,
    mime: "text/plain",
    ...defined({ name: title, cache }),
    ...withExtras({ ...block.rest(), type: "search_result" }),
  }
}
