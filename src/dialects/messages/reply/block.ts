import { type ChatPart, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { type ToolNames, unwrapCustomInput } from "../../translate/index.ts"
import { dialectName, withExtras } from "../formats.ts"

export interface BlockSource {
  readonly names: ToolNames
  readonly customTools: ReadonlySet<string>
  /** The tag of this upstream's thinking. */
  readonly format: string
  readonly newId: (prefix: string) => string
  /** UTF-16 units of text that the answer has so far, over all blocks. */
  textLength: number
}

/** One content block on its way: opened, fed with deltas, closed. */
export interface OpenBlock {
  delta(delta: JsonObject): readonly ChatPart[]
  close(): readonly ChatPart[]
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "")

/** Cited text is a block of its own, so a citation covers its block; offsets count over the whole answer's text. */
class TextBlock implements OpenBlock {
  readonly #citations: JsonObject[] = []
  readonly #startIndex: number
  constructor(
    private readonly index: number,
    private readonly source: BlockSource,
  ) {
    this.#startIndex = source.textLength
  }
  delta(delta: JsonObject): readonly ChatPart[] {
    if (delta.type === "citations_delta" && isObject(delta.citation)) this.#citations.push(delta.citation)
    return this.write(text(delta.text))
  }
  write(written: string): readonly ChatPart[] {
    if (written === "") return []
    this.source.textLength += written.length
    return [{ type: "text-delta", index: this.index, text: written }]
  }
  cite(citations: readonly Json[]): void {
    this.#citations.push(...citations.filter(isObject))
  }
  close(): readonly ChatPart[] {
    const { index } = this
    const startIndex = this.#startIndex
    const endIndex = this.source.textLength
    const parts = this.#citations.map((citation): ChatPart => {
      // Citations of documents have no address; only this format can say them.
      if (typeof citation.url !== "string") return { type: "opaque", index, dialect: dialectName, data: citation }
      return {
        type: "citation",
        index,
        url: citation.url,
        startIndex,
        endIndex,
        ...(typeof citation.title === "string" ? { title: citation.title } : {}),
        ...(typeof citation.cited_text === "string" ? { content: citation.cited_text } : {}),
        ...withExtras(citation),
      }
    })
    return [...parts, { type: "text-end", index }]
  }
}

/** The signature comes whole, at the end of its block; should it come again, the last one counts. */
class ThinkingBlock implements OpenBlock {
  #signature = ""
  constructor(private readonly index: number) {}
  delta(delta: JsonObject): readonly ChatPart[] {
    if (typeof delta.signature === "string") this.#signature = delta.signature
    const thinking = text(delta.thinking)
    return thinking === "" ? [] : [{ type: "reasoning-delta", index: this.index, text: thinking }]
  }
  close(): readonly ChatPart[] {
    const { index } = this
    const signature = this.#signature
    const end: ChatPart = { type: "reasoning-end", index }
    return signature === "" ? [end] : [{ type: "reasoning-delta", index, signature }, end]
  }
}

class RedactedBlock implements OpenBlock {
  constructor(private readonly index: number) {}
  delta(): readonly ChatPart[] {
    return []
  }
  close(): readonly ChatPart[] {
    return [{ type: "reasoning-end", index: this.index }]
  }
}

/** A call without any argument text has no arguments: `{}`. Whole replies bring the input at once, streams piece by piece. */
class CallBlock implements OpenBlock {
  #written = ""
  constructor(
    private readonly index: number,
    private readonly input: Json | undefined,
    private readonly custom: boolean,
  ) {}
  delta(delta: JsonObject): readonly ChatPart[] {
    const piece = text(delta.partial_json)
    this.#written += piece
    return piece === "" || this.custom ? [] : [{ type: "tool-call-delta", index: this.index, arguments: piece }]
  }
  close(): readonly ChatPart[] {
    const { index } = this
    const whole = this.#written.trim() === "" ? JSON.stringify(this.input ?? {}) : this.#written
    const rest = this.custom ? unwrapCustomInput(whole) : this.#written.trim() === "" ? whole : ""
    const end: ChatPart = { type: "tool-call-end", index }
    return rest === "" ? [end] : [{ type: "tool-call-delta", index, arguments: rest }, end]
  }
}

/** Server tools, their results, compaction and whatever comes next year: kept whole for clients that speak this format. */
class OpaqueBlock implements OpenBlock {
  #input = ""
  constructor(
    private readonly index: number,
    private readonly block: JsonObject,
  ) {}
  delta(delta: JsonObject): readonly ChatPart[] {
    if (typeof delta.partial_json === "string") this.#input += delta.partial_json
    if (delta.type === "compaction_delta") Object.assign(this.block, { content: delta.content ?? null })
    return []
  }
  close(): readonly ChatPart[] {
    let data = this.block
    if (this.#input.trim() !== "") data = { ...data, input: parseOr(this.#input) }
    return [{ type: "opaque", index: this.index, dialect: dialectName, data }]
  }
}

const parseOr = (json: string): Json => {
  try {
    return JSON.parse(json) as Json
  } catch {
    return json
  }
}

export interface Opened {
  readonly block: OpenBlock
  readonly parts: readonly ChatPart[]
}

/** Opens a block as `content_block_start` or a whole reply's `content[]` gives it; it may be filled already. */
export const openBlock = (content: JsonObject, index: number, source: BlockSource): Opened => {
  switch (content.type) {
    case "text": {
      const block = new TextBlock(index, source)
      if (Array.isArray(content.citations)) block.cite(content.citations)
      return { block, parts: [{ type: "text-start", index }, ...block.write(text(content.text))] }
    }
    case "thinking": {
      const block = new ThinkingBlock(index)
      const start: ChatPart = { type: "reasoning-start", index, format: source.format }
      return { block, parts: [start, ...block.delta(content)] }
    }
    case "redacted_thinking": {
      const start: ChatPart = { type: "reasoning-start", index, format: source.format }
      const data: ChatPart = { type: "reasoning-delta", index, encrypted: text(content.data) }
      return { block: new RedactedBlock(index), parts: [start, data] }
    }
    case "tool_use": {
      const name = source.names.toClient(text(content.name))
      const custom = source.customTools.has(name)
      const id = text(content.id) || source.newId("call_")
      const kind = custom ? "custom" : "function"
      const block = new CallBlock(index, content.input, custom)
      const { type: _type, id: _id, name: _name, input: _input, ...rest } = content
      return { block, parts: [{ type: "tool-call-start", index, id, name, kind, ...withExtras(rest) }] }
    }
    default:
      return { block: new OpaqueBlock(index, structuredClone(content)), parts: [] }
  }
}

/** The block that a delta belongs to, for servers that forget to open it. */
export const blockOfDelta = (delta: JsonObject): JsonObject | undefined => {
  if (delta.type === "text_delta") return { type: "text", text: "" }
  if (delta.type === "thinking_delta" || delta.type === "signature_delta") return { type: "thinking", thinking: "" }
  return undefined
}
