import { type ToolNames, unwrapCustomInput } from "signalbox/dialects"
import { type ChatPart, isObject, type Json, type JsonObject, type MediaContent } from "signalbox/plugin"
import { dialectName } from "../formats.ts"

export interface BlockSource {
  readonly names: ToolNames
  readonly customTools: ReadonlySet<string>
  /** The tag of this model's reasoning. */
  readonly format: string
  readonly newId: (prefix: string) => string
  /** UTF-16 units of text that the answer has so far, over all blocks. */
  textLength: number
}

/** One content block on its way. Only tools announce themselves; the others are opened by their first delta. */
export interface OpenBlock {
  readonly opening: readonly ChatPart[]
  delta(delta: JsonObject): readonly ChatPart[]
  close(): readonly ChatPart[]
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "")

/** Where a citation points to, if that is an address: the web, or the source of a search result. */
const addressOf = ({ location, source }: JsonObject): string | undefined => {
  const web = isObject(location) && isObject(location.web) ? location.web.url : undefined
  const address = web ?? source
  return typeof address === "string" && /^https?:\/\//.test(address) ? address : undefined
}

class TextBlock implements OpenBlock {
  readonly opening: readonly ChatPart[]
  readonly #citations: JsonObject[] = []
  readonly #startIndex: number

  constructor(
    private readonly index: number,
    private readonly source: BlockSource,
  ) {
    this.opening = [{ type: "text-start", index }]
    this.#startIndex = source.textLength
  }

  delta(delta: JsonObject): readonly ChatPart[] {
    if (isObject(delta.citation)) this.#citations.push(delta.citation)
    const written = text(delta.text)
    if (written === "") return []
    this.source.textLength += written.length
    return [{ type: "text-delta", index: this.index, text: written }]
  }

  close(): readonly ChatPart[] {
    const { index } = this
    const [startIndex, endIndex] = [this.#startIndex, this.source.textLength]
    const cited = this.#citations.map((citation): ChatPart => {
      const url = addressOf(citation)
      // Places in documents have no address; only this format can say them.
      if (url === undefined) return { type: "opaque", index, dialect: dialectName, data: { citation } }
      const passage = (Array.isArray(citation.sourceContent) ? citation.sourceContent : []).filter(isObject)
      const content = passage.map((piece) => text(piece.text)).join("")
      const title = typeof citation.title === "string" ? { title: citation.title } : {}
      return { type: "citation", index, url, startIndex, endIndex, ...title, ...(content === "" ? {} : { content }) }
    })
    return [...cited, { type: "text-end", index }]
  }
}

/** Text, its signature, or encrypted reasoning, which may come in pieces: pieces of base64, each padded for itself. */
class ReasoningBlock implements OpenBlock {
  readonly opening: readonly ChatPart[]
  #signature = ""
  readonly #redacted: Buffer[] = []

  constructor(
    private readonly index: number,
    format: string,
  ) {
    this.opening = [{ type: "reasoning-start", index, format }]
  }

  delta({ reasoningContent }: JsonObject): readonly ChatPart[] {
    const delta = isObject(reasoningContent) ? reasoningContent : {}
    const whole = isObject(delta.reasoningText) ? delta.reasoningText : delta
    this.#signature += text(whole.signature)
    const redacted = text(delta.redactedContent)
    if (redacted !== "") this.#redacted.push(Buffer.from(redacted, "base64"))
    const written = text(whole.text)
    return written === "" ? [] : [{ type: "reasoning-delta", index: this.index, text: written }]
  }

  close(): readonly ChatPart[] {
    const { index } = this
    const end: ChatPart = { type: "reasoning-end", index }
    if (this.#redacted.length > 0)
      return [{ type: "reasoning-delta", index, encrypted: Buffer.concat(this.#redacted).toString("base64") }, end]
    return this.#signature === "" ? [end] : [{ type: "reasoning-delta", index, signature: this.#signature }, end]
  }
}

/** Whole replies bring the input as an object, streams as pieces of its text; none at all means no arguments. */
class CallBlock implements OpenBlock {
  readonly opening: readonly ChatPart[]
  readonly #custom: boolean
  readonly #input: Json | undefined
  #written = ""

  constructor(
    private readonly index: number,
    call: JsonObject,
    source: BlockSource,
  ) {
    const name = source.names.toClient(text(call.name))
    this.#custom = source.customTools.has(name)
    this.#input = call.input
    const id = text(call.toolUseId) || source.newId("tooluse_")
    this.opening = [{ type: "tool-call-start", index, id, name, kind: this.#custom ? "custom" : "function" }]
  }

  delta({ toolUse }: JsonObject): readonly ChatPart[] {
    const input = isObject(toolUse) ? toolUse.input : undefined
    const piece = typeof input === "string" ? input : input === undefined ? "" : JSON.stringify(input)
    this.#written += piece
    return piece === "" || this.#custom ? [] : [{ type: "tool-call-delta", index: this.index, arguments: piece }]
  }

  close(): readonly ChatPart[] {
    const { index } = this
    const blank = this.#written.trim() === ""
    const whole = blank ? JSON.stringify(this.#input ?? {}) : this.#written
    const rest = this.#custom ? unwrapCustomInput(whole) : blank ? whole : ""
    const end: ChatPart = { type: "tool-call-end", index }
    return rest === "" ? [end] : [{ type: "tool-call-delta", index, arguments: rest }, end]
  }
}

class ImageBlock implements OpenBlock {
  readonly opening: readonly ChatPart[] = []
  #bytes = ""

  constructor(
    private readonly index: number,
    private readonly format: string,
  ) {}

  delta({ image }: JsonObject): readonly ChatPart[] {
    const source = isObject(image) && isObject(image.source) ? image.source : {}
    this.#bytes += text(source.bytes)
    return []
  }

  close(): readonly ChatPart[] {
    if (this.#bytes === "") return []
    const media: MediaContent = {
      type: "media",
      kind: "image",
      source: { type: "data", base64: this.#bytes },
      mime: `image/${this.format}`,
    }
    return [{ type: "media", index: this.index, media }]
  }
}

/** Whatever comes next year: kept whole for those who speak this format. */
class OpaqueBlock implements OpenBlock {
  readonly opening: readonly ChatPart[] = []
  constructor(
    private readonly index: number,
    private readonly data: JsonObject,
  ) {}
  delta(delta: JsonObject): readonly ChatPart[] {
    Object.assign(this.data, delta)
    return []
  }
  close(): readonly ChatPart[] {
    return [{ type: "opaque", index: this.index, dialect: dialectName, data: this.data }]
  }
}

/** The block that a start (`{toolUse}`), a first delta, or a whole reply's content tells of. */
export const openBlock = (content: JsonObject, index: number, source: BlockSource): OpenBlock => {
  if (isObject(content.toolUse)) return new CallBlock(index, content.toolUse, source)
  if (isObject(content.reasoningContent)) return new ReasoningBlock(index, source.format)
  if (isObject(content.image)) return new ImageBlock(index, text(content.image.format) || "png")
  if (typeof content.text === "string" || isObject(content.citation)) return new TextBlock(index, source)
  return new OpaqueBlock(index, {})
}
