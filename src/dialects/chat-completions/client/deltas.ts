import { type ChatPart, type Face, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { dialectName } from "../names.ts"
import { annotationOf, type DetailSource, detailOf, mediaFields, signatureDetail, webSearchOf } from "./reply-fields.ts"

/** What a part adds to one choice: fields of `delta`, and the chances of its tokens. */
export interface Delta {
  readonly choice: number
  readonly fields: JsonObject
  readonly logprobs?: Json
}

interface Call {
  readonly position: number
  readonly id: string
  readonly kind: "function" | "custom"
  /** Its signature went out with its name. */
  readonly isSigned: boolean
}

const googleExtra = (signature: string): JsonObject => ({ extra_content: { google: { thought_signature: signature } } })

/**
 * Parts → deltas as both faces' clients read them: reasoning in both spellings (`reasoning`, `reasoning_details` of OpenRouter;
 * `reasoning_content`, `reasoning_signature` of Requesty), tool calls with `index`, the first fragment with `id`, `type` and name.
 */
export class DeltaWriter {
  readonly #thoughts = new Map<string, DetailSource>()
  readonly #calls = new Map<string, Call>()
  readonly #counts = new Map<string, number>()

  constructor(private readonly face: Pick<Face, "showsWebSearch">) {}

  write(part: ChatPart): Delta | undefined {
    if (!("index" in part)) return undefined
    const choice = part.choice ?? 0
    const fields = this.#fields(part, choice)
    if (!fields) return undefined
    return part.type === "text-delta" && part.logprobs !== undefined
      ? { choice, fields, logprobs: part.logprobs }
      : { choice, fields }
  }

  #count(kind: string, choice: number): number {
    const key = `${kind} ${choice}`
    const next = this.#counts.get(key) ?? 0
    this.#counts.set(key, next + 1)
    return next
  }

  #fields(part: Extract<ChatPart, { index: number }>, choice: number): JsonObject | undefined {
    const key = `${choice} ${part.index}`
    switch (part.type) {
      case "text-delta":
        return { content: part.text }
      case "refusal-delta":
        return { refusal: part.text }
      case "reasoning-start": {
        const { format, id, summary } = part
        const index = this.#count("thought", choice)
        this.#thoughts.set(key, { format, index, ...(id === undefined ? {} : { id }), ...(summary ? { summary } : {}) })
        return undefined
      }
      case "reasoning-delta":
        return this.#thought(part, this.#thoughts.get(key) ?? { format: "unknown", index: 0 })
      case "tool-call-start": {
        const isSigned = part.signature !== undefined
        const call = { position: this.#count("call", choice), id: part.id, kind: part.kind, isSigned }
        this.#calls.set(key, call)
        const body =
          part.kind === "custom"
            ? { custom: { name: part.name, input: "" } }
            : { function: { name: part.name, arguments: "" } }
        // The AI SDK reads a signature only beside the call's name.
        const extra = part.signature === undefined ? {} : googleExtra(part.signature)
        return { tool_calls: [{ index: call.position, id: part.id, type: part.kind, ...body, ...extra }] }
      }
      case "tool-call-delta": {
        const call = this.#calls.get(key)
        const body =
          call?.kind === "custom" ? { custom: { input: part.arguments } } : { function: { arguments: part.arguments } }
        return { tool_calls: [{ index: call?.position ?? 0, ...body }] }
      }
      case "tool-call-end": {
        const call = this.#calls.get(key)
        if (part.signature === undefined || !call) return undefined
        const late = { index: call.position, function: { arguments: "" }, ...googleExtra(part.signature) }
        return {
          ...(call.isSigned ? {} : { tool_calls: [late] }),
          reasoning_details: [signatureDetail(part.signature, call.id, this.#count("thought", choice))],
        }
      }
      case "media":
        return mediaFields(part.media)
      case "citation":
        return { annotations: [annotationOf(part)], ...(this.face.showsWebSearch ? webSearchOf(part) : {}) }
      case "opaque":
        return part.dialect === dialectName && isObject(part.data) ? part.data : undefined
      default:
        return undefined
    }
  }

  #thought(part: Extract<ChatPart, { type: "reasoning-delta" }>, source: DetailSource): JsonObject {
    const { text, signature, encrypted } = part
    return {
      ...(text ? { reasoning: text, reasoning_content: text } : {}),
      ...(signature === undefined ? {} : { reasoning_signature: signature }),
      reasoning_details: [
        detailOf(source, {
          ...(text === undefined ? {} : { text }),
          ...(signature === undefined ? {} : { signature }),
          ...(encrypted === undefined ? {} : { encrypted }),
        }),
      ],
    }
  }
}
