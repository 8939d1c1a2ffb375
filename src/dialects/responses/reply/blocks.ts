import type { ChatPart, JsonObject } from "../../../contract/index.ts"

/** What the items of one answer share. */
export interface AnswerState {
  readonly parts: ChatPart[]
  readonly newId: (prefix: string) => string
  readonly toClient: (name: string) => string
  /** The tag of this upstream's reasoning. */
  readonly format: string
  /** Blocks so far. */
  blocks: number
  /** UTF-16 units of text so far, over all blocks. */
  textLength: number
  called: boolean
  refused: boolean
}

/** One item of the output on its way into parts. */
export interface ItemReader {
  /** An event that belongs to the item. */
  event(type: string, event: JsonObject): void
  /** The item as it is in the end: whatever did not come in pieces comes now, and its blocks are closed. */
  done(item: JsonObject): void
  /** The item once more, in the last event. */
  late?(item: JsonObject): void
}

/** What of a final text has not come yet. A final text that contradicts what came cannot be put right any more. */
export const restOf = (whole: string, came: string): string => (whole.startsWith(came) ? whole.slice(came.length) : "")
