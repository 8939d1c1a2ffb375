import { type ChatPart, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { wrapCustomInput } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"

export type CallStart = Extract<ChatPart, { type: "tool-call-start" }>

/**
 * The arguments of one call on their way. The block opens with the second piece, because a signature must stand in front of it and comes
 * with the end; calls in one piece, as Gemini makes them, are then known whole. Leading blanks wait: "" is no JSON, and no pieces are `{}`.
 */
export class Call {
  #pieces = 0
  #written = ""
  #blank = ""
  isOpen = false

  constructor(readonly start: CallStart) {}

  block(): JsonObject {
    const { id, name, extras } = this.start
    return { type: "tool_use", id, name, input: {}, ...extras?.[dialectName] }
  }

  /** True when the block must open for this piece. */
  take(piece: string): boolean {
    if (piece === "") return false
    this.#pieces++
    if (this.start.kind === "custom") {
      this.#written += piece
      return false
    }
    this.#blank += piece
    return this.#pieces > 1 && this.#blank.trim() !== ""
  }

  /** What may be sent of what was taken. */
  flush(): string {
    const text = this.#blank
    if (text.trim() === "") return ""
    this.#blank = ""
    return text
  }

  /** What is left at the end. */
  rest(): string {
    return this.start.kind === "custom" ? JSON.stringify(wrapCustomInput(this.#written)) : this.flush()
  }
}

/** The input of a call in a whole message. What the model wrote is kept even where it is no JSON object. */
export const inputOf = (written: string): JsonObject => {
  if (written.trim() === "") return {}
  try {
    const parsed = JSON.parse(written) as Json
    if (isObject(parsed)) return parsed
  } catch {
    // Falls through: text that is no JSON is as little an object as a JSON list is.
  }
  return { raw_arguments: written }
}
