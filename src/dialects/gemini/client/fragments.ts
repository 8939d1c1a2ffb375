import { type ChatPart, isObject, type Json, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { type SealedReasoning, wrapCustomInput } from "../../translate/index.ts"
import { dialectName, geminiFormat } from "../formats.ts"
import { sealSignature } from "./signatures.ts"

/** What a part adds to one candidate. */
export interface Fragment {
  readonly choice: number
  readonly part: JsonObject
  readonly logprobs?: Json
}

interface Thought {
  readonly format: string
  readonly id?: string
  text: string
  signature?: string
  encrypted?: string
}

interface Call {
  readonly id: string
  readonly name: string
  readonly kind: "function" | "custom"
  written: string
}

type Block = Extract<ChatPart, { index: number }>

const argsOf = ({ kind, written }: Call): JsonObject => {
  if (kind === "custom") return wrapCustomInput(written)
  if (written.trim() === "") return {}
  try {
    const parsed = JSON.parse(written) as Json
    if (isObject(parsed)) return parsed
  } catch {
    // Arguments that are no object have no other place here than inside of one.
  }
  return wrapCustomInput(written)
}

const encodeMedia = ({ source, mime, kind, name }: MediaContent): JsonObject => {
  const usual = { image: "image/png", audio: "audio/wav", video: "video/mp4", file: "application/octet-stream" }[kind]
  const called = name === undefined ? {} : { displayName: name }
  if (source.type === "data") return { inlineData: { mimeType: mime ?? usual, data: source.base64, ...called } }
  const fileUri = source.type === "url" ? source.url : source.id
  return { fileData: { fileUri, ...(mime === undefined ? {} : { mimeType: mime }), ...called } }
}

/**
 * Parts → parts as this API has them: texts and thoughts as they come, calls whole. A thought of another vendor is shown, and travels
 * sealed in the `thoughtSignature` of the call, text or image that follows it: clients send those back, but not always thoughts.
 */
export class FragmentWriter {
  readonly #thoughts = new Map<string, Thought>()
  readonly #waiting = new Map<number, SealedReasoning[]>()
  readonly #calls = new Map<string, Call>()

  write(part: ChatPart): Fragment | undefined {
    if (!("index" in part)) return undefined
    const choice = part.choice ?? 0
    const written = this.#part(part, choice, `${choice} ${part.index}`)
    if (!written) return undefined
    return part.type === "text-delta" && part.logprobs !== undefined
      ? { choice, part: written, logprobs: part.logprobs }
      : { choice, part: written }
  }

  /** What is left of a candidate when nothing follows: thoughts that found no other place. */
  close(choice: number): Fragment | undefined {
    const sealed = this.#sealed(choice)
    return sealed.thoughtSignature === undefined ? undefined : { choice, part: { text: "", thought: true, ...sealed } }
  }

  #sealed(choice: number): JsonObject {
    const waiting = this.#waiting.get(choice)
    if (!waiting) return {}
    this.#waiting.delete(choice)
    return { thoughtSignature: sealSignature(waiting) }
  }

  #part(part: Block, choice: number, key: string): JsonObject | undefined {
    switch (part.type) {
      case "text-delta":
      case "refusal-delta":
        return part.text === "" ? undefined : { text: part.text, ...this.#sealed(choice) }
      case "reasoning-start":
        this.#thoughts.set(key, { format: part.format, text: "", ...(part.id === undefined ? {} : { id: part.id }) })
        return undefined
      case "reasoning-delta":
        return this.#thought(part, this.#thoughts.get(key) ?? { format: geminiFormat, text: "" })
      case "reasoning-end": {
        const thought = this.#thoughts.get(key)
        this.#thoughts.delete(key)
        if (thought && thought.format !== geminiFormat) this.#wait(choice, thought)
        return undefined
      }
      case "tool-call-start":
        this.#calls.set(key, { id: part.id, name: part.name, kind: part.kind, written: "" })
        return undefined
      case "tool-call-delta": {
        const call = this.#calls.get(key)
        if (call) call.written += part.arguments
        return undefined
      }
      case "tool-call-end": {
        const call = this.#calls.get(key)
        this.#calls.delete(key)
        if (!call) return undefined
        const signature = part.signature === undefined ? this.#sealed(choice) : { thoughtSignature: part.signature }
        return { functionCall: { id: call.id, name: call.name, args: argsOf(call) }, ...signature }
      }
      case "media":
        return { ...encodeMedia(part.media), ...this.#sealed(choice) }
      case "opaque":
        return part.dialect === dialectName && isObject(part.data) ? part.data : undefined
      default:
        return undefined
    }
  }

  #thought(delta: Extract<ChatPart, { type: "reasoning-delta" }>, thought: Thought): JsonObject | undefined {
    const { text = "", signature, encrypted } = delta
    if (thought.format !== geminiFormat) {
      thought.text += text
      if (signature !== undefined) thought.signature = (thought.signature ?? "") + signature
      if (encrypted !== undefined) thought.encrypted = (thought.encrypted ?? "") + encrypted
      return text === "" ? undefined : { text, thought: true }
    }
    // Google's own: the signature of a text or a call stands on an answering part, that of a thought on the thought.
    if (encrypted !== undefined) return { text: "", thoughtSignature: encrypted }
    if (text === "" && signature === undefined) return undefined
    return { text, thought: true, ...(signature === undefined ? {} : { thoughtSignature: signature }) }
  }

  #wait(choice: number, { format, id, text, signature, encrypted }: Thought): void {
    if (text === "" && signature === undefined && encrypted === undefined) return
    const waiting = this.#waiting.get(choice) ?? []
    this.#waiting.set(choice, waiting)
    waiting.push({
      format,
      ...(text === "" ? {} : { text }),
      ...(signature === undefined ? {} : { signature }),
      ...(encrypted === undefined ? {} : { encrypted }),
      ...(id === undefined ? {} : { id }),
    })
  }
}
