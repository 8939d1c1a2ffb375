import { type ChatPart, isObject, type Json, type JsonObject } from "../../../contract/index.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A position counted in UTF-8 bytes as one in UTF-16 units. */
const utf16Offset = (bytes: Uint8Array, offset: number): number =>
  decoder.decode(bytes.subarray(0, Math.max(0, Math.min(offset, bytes.length)))).length

interface Source {
  readonly url: string
  readonly title?: string
}

const sourceOf = (chunk: Json): Source | undefined => {
  if (!isObject(chunk)) return undefined
  const from = [chunk.web, chunk.retrievedContext, chunk.maps].find(isObject)
  if (typeof from?.uri !== "string") return undefined
  return { url: from.uri, ...(typeof from.title === "string" ? { title: from.title } : {}) }
}

/**
 * Grounding metadata as citations. `groundingSupports` say which stretch of the text rests on which chunk, in UTF-8 bytes from the
 * start of a part; `partStarts` are the UTF-16 positions of the parts in the whole text. Chunks that support nothing are cited without a place.
 */
export const citations = (
  metadata: JsonObject,
  text: string,
  index: number,
  choice: { readonly choice?: number },
  partStarts: readonly number[],
): readonly ChatPart[] => {
  const sources = (Array.isArray(metadata.groundingChunks) ? metadata.groundingChunks : []).map(sourceOf)
  const used = new Set<number>()
  const out: ChatPart[] = []
  for (const support of Array.isArray(metadata.groundingSupports) ? metadata.groundingSupports : []) {
    if (!isObject(support)) continue
    const segment = isObject(support.segment) ? support.segment : {}
    const partStart = partStarts[Number(segment.partIndex ?? 0)] ?? 0
    const bytes = encoder.encode(text.slice(partStart))
    const at = (offset: Json | undefined) => partStart + utf16Offset(bytes, Number(offset ?? 0))
    for (const chunk of Array.isArray(support.groundingChunkIndices) ? support.groundingChunkIndices : []) {
      const source = sources[Number(chunk)]
      if (!source) continue
      used.add(Number(chunk))
      const place = { startIndex: at(segment.startIndex), endIndex: at(segment.endIndex) }
      const content = typeof segment.text === "string" ? { content: segment.text } : {}
      out.push({ type: "citation", index, ...choice, ...source, ...place, ...content })
    }
  }
  sources.forEach((source, position) => {
    if (source && !used.has(position)) out.push({ type: "citation", index, ...choice, ...source })
  })
  return out
}
