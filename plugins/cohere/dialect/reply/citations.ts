import { type ChatPart, isObject, type Json, type JsonObject } from "signalbox/plugin"
import { dialectName } from "../formats.ts"

/** A text block and where it begins in the whole answer's text, in UTF-16 units. */
export interface CitedText {
  readonly index: number
  readonly start: number
  readonly text: string
}

const addressOf = (source: Json): { readonly url: string; readonly title?: string } | undefined => {
  if (!isObject(source)) return undefined
  const from = [source.document, source.tool_output].find(isObject)
  const url = from?.url
  if (typeof url !== "string" || url === "") return undefined
  return { url, ...(typeof from?.title === "string" ? { title: from.title } : {}) }
}

/** The place in UTF-16 units. The API counts characters; the cited words themselves say whether that is the same. */
const placeOf = (citation: JsonObject, { text }: CitedText): readonly [number, number] => {
  const [start, end] = [Number(citation.start ?? 0), Number(citation.end ?? 0)]
  const words = typeof citation.text === "string" ? citation.text : undefined
  if (words === undefined || text.slice(start, end) === words) return [start, end]
  const units = [...text].slice(0, start).join("").length
  return text.startsWith(words, units) ? [units, units + words.length] : [start, end]
}

/** One citation: its sources with an address as citations, the others in the vendor's own form. */
export const decodeCitation = (citation: JsonObject, block: CitedText): readonly ChatPart[] => {
  const { index } = block
  const sources = Array.isArray(citation.sources) ? citation.sources : []
  const found = sources.map(addressOf).filter((source) => source !== undefined)
  if (found.length === 0) return [{ type: "opaque", index, dialect: dialectName, data: citation }]
  const [start, end] = placeOf(citation, block)
  const content = typeof citation.text === "string" ? { content: citation.text } : {}
  const place = { startIndex: block.start + start, endIndex: block.start + end }
  return found.map((source): ChatPart => ({ type: "citation", index, ...source, ...place, ...content }))
}
