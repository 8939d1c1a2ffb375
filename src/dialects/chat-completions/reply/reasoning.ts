import { isObject, type JsonObject } from "../../../contract/index.ts"

/** A piece of reasoning in one delta. Pieces with the same `key` belong to one block. */
export interface ReasoningPiece {
  readonly key: string
  readonly format: string
  readonly id?: string
  readonly summary?: boolean
  readonly text?: string
  readonly signature?: string
  readonly encrypted?: string
}

const filled = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const plainText = (delta: JsonObject): string | undefined => {
  for (const key of ["reasoning_content", "reasoning", "reasoning_text"]) {
    const value = filled(delta[key])
    if (value !== undefined) return value
  }
  return undefined
}

const detailPiece = (detail: JsonObject, position: number): ReasoningPiece | undefined => {
  const type = detail.type
  const index = typeof detail.index === "number" ? detail.index : position
  const base = {
    key: `${String(type)} ${index} ${type === "reasoning.encrypted" ? (filled(detail.id) ?? "") : ""}`,
    format: filled(detail.format) ?? "unknown",
    ...(filled(detail.id) === undefined ? {} : { id: String(detail.id) }),
  }
  const [text, signature] = [filled(detail.text), filled(detail.signature)]
  if (type === "reasoning.text")
    return { ...base, ...(text === undefined ? {} : { text }), ...(signature === undefined ? {} : { signature }) }
  if (type === "reasoning.summary") return { ...base, summary: true, text: filled(detail.summary) ?? "" }
  if (type === "reasoning.encrypted" && filled(detail.data)) return { ...base, encrypted: String(detail.data) }
  return undefined
}

/**
 * Reads reasoning from the spellings in use and takes its text from one of them only: some servers send the same text twice
 * (`reasoning` beside `reasoning_content` or `reasoning_details`). Whichever carried text first stays the source of the whole answer.
 */
export class ReasoningReader {
  #source: "details" | "plain" | undefined

  read(delta: JsonObject): readonly ReasoningPiece[] {
    const list = Array.isArray(delta.reasoning_details) ? delta.reasoning_details.filter(isObject) : []
    const pieces = list.flatMap((detail, position) => detailPiece(detail, position) ?? [])
    const plain = plainText(delta)
    if (this.#source === undefined) {
      if (pieces.some((piece) => piece.text)) this.#source = "details"
      else if (plain !== undefined) this.#source = "plain"
    }
    const signature = filled(delta.reasoning_signature)
    if (this.#source === "details") {
      const hasSignature = pieces.some((piece) => piece.signature === signature)
      return signature === undefined || hasSignature
        ? pieces
        : [...pieces, { key: "plain", format: "unknown", signature }]
    }
    const opaque = pieces.flatMap(({ text: _shown, ...piece }) => ((piece.signature ?? piece.encrypted) ? [piece] : []))
    if (plain === undefined && (signature === undefined || opaque.length > 0)) return opaque
    const own: ReasoningPiece = {
      key: "plain",
      format: opaque[0]?.format ?? "unknown",
      ...(plain === undefined ? {} : { text: plain }),
      ...(signature === undefined || opaque.length > 0 ? {} : { signature }),
    }
    return [own, ...opaque]
  }
}
