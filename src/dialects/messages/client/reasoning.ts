import type { ChatPart, JsonObject } from "../../../contract/index.ts"
import { type SealedReasoning, seal } from "../../translate/index.ts"
import { claudeFormat } from "../formats.ts"

type Start = Extract<ChatPart, { type: "reasoning-start" }>
type Delta = Extract<ChatPart, { type: "reasoning-delta" }>

/** How a thought ends: the signature of the open block, or a block of its own where nothing of it was shown. */
export type Closing = { readonly signature: string } | { readonly block: JsonObject } | undefined

/**
 * One thought of any vendor in Anthropic's two blocks. Claude's signatures go out as they are; what another vendor wants back is sealed
 * into the place of the signature. Without text that may be shown it is a redacted block, which clients send back unread.
 */
export class Thought {
  readonly #start: Start
  #text = ""
  #signature: string | undefined
  #encrypted: string | undefined

  readonly #omit: boolean

  /** `omit`: the client wants no text. Claude is told so itself; what it says all the same belongs to its signature. */
  constructor(start: Start, omit: boolean) {
    this.#start = start
    this.#omit = omit && start.format !== claudeFormat
  }

  /** The text to show. */
  take({ text, signature, encrypted }: Delta): string {
    if (signature !== undefined) this.#signature = (this.#signature ?? "") + signature
    if (encrypted !== undefined) this.#encrypted = (this.#encrypted ?? "") + encrypted
    this.#text += text ?? ""
    return this.#omit ? "" : (text ?? "")
  }

  close(shown: boolean): Closing {
    const { format } = this.#start
    const isClaudes = format === claudeFormat
    if (isClaudes && this.#encrypted !== undefined && !shown)
      return { block: { type: "redacted_thinking", data: this.#encrypted } }
    const isEmpty = this.#text === "" && this.#signature === undefined && this.#encrypted === undefined
    if (isEmpty) return undefined
    const signature = isClaudes && this.#encrypted === undefined ? (this.#signature ?? "") : this.#seal()
    if (shown) return { signature }
    if (isClaudes || this.#text !== "") return { block: { type: "thinking", thinking: "", signature } }
    return { block: { type: "redacted_thinking", data: signature } }
  }

  #seal(): string {
    const { format, id, summary } = this.#start
    return seal({
      format,
      ...(this.#signature === undefined ? {} : { signature: this.#signature }),
      ...(this.#encrypted === undefined ? {} : { encrypted: this.#encrypted }),
      ...(id === undefined ? {} : { id }),
      ...(summary ? { summary } : {}),
      ...(this.#omit && this.#text !== "" ? { text: this.#text } : {}),
    } satisfies SealedReasoning)
  }
}

/** Gemini's signature of a call, in front of the call: the blocks of a call have no place for it. */
export const sealedCallSignature = (signature: string, callId: string, format: string): JsonObject => ({
  type: "redacted_thinking",
  data: seal({ format, encrypted: signature, id: callId }),
})
