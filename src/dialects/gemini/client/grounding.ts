import type { ChatPart, JsonObject } from "../../../contract/index.ts"

type Citation = Extract<ChatPart, { type: "citation" }>

const encoder = new TextEncoder()
const byteLength = (text: string): number => encoder.encode(text).length

/** A stretch of the answer's text, in UTF-16 units of the whole, and the number of the part that it is in. */
export interface TextPart {
  readonly position: number
  readonly start: number
}

/** Collects what one candidate cites. */
export class Grounding {
  readonly #citations: Citation[] = []
  #text = ""

  note(part: ChatPart): void {
    if (part.type === "text-delta" || part.type === "refusal-delta") this.#text += part.text
    else if (part.type === "citation") this.#citations.push(part)
  }

  /**
   * `groundingMetadata`; undefined where nothing was cited. `texts` are the text parts of a whole reply: places are counted in UTF-8 bytes
   * from the start of their part. In a stream the parts are pieces of one text, and so are the places counted.
   */
  encode(texts: readonly TextPart[] = []): JsonObject | undefined {
    if (this.#citations.length === 0) return undefined
    const chunks = new Map<string, number>()
    const groundingChunks: JsonObject[] = []
    const groundingSupports: JsonObject[] = []
    for (const citation of this.#citations) {
      const { url, title } = citation
      let chunk = chunks.get(url)
      if (chunk === undefined) {
        chunk = groundingChunks.length
        chunks.set(url, chunk)
        groundingChunks.push({ web: { uri: url, ...(title === undefined ? {} : { title }) } })
      }
      const segment = this.#segment(citation, texts)
      if (segment) groundingSupports.push({ segment, groundingChunkIndices: [chunk] })
    }
    return { groundingChunks, ...(groundingSupports.length > 0 ? { groundingSupports } : {}) }
  }

  #segment({ startIndex, endIndex, content }: Citation, texts: readonly TextPart[]): JsonObject | undefined {
    if (endIndex === undefined || endIndex === 0) return content === undefined ? undefined : { text: content }
    const from = startIndex ?? 0
    const place = texts.findLast(({ start }) => start <= from)
    const base = place?.start ?? 0
    const bytesTo = (end: number) => byteLength(this.#text.slice(base, Math.max(base, end)))
    return {
      ...(place && place.position > 0 ? { partIndex: place.position } : {}),
      startIndex: bytesTo(from),
      endIndex: bytesTo(endIndex),
      text: content ?? this.#text.slice(from, endIndex),
    }
  }
}
