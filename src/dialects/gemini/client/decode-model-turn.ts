import type { Content, JsonObject, ReasoningContent } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { placed, placeOf, samePlace } from "../../translate/index.ts"
import { geminiFormat, lostSignature } from "../formats.ts"
import { decodePart, withExtras } from "./decode-parts.ts"
import { unsealSignature } from "./signatures.ts"

/** Ids for calls, and the calls that wait for their results. */
export interface CallBook {
  /** The id that the client gave, or one that is the same each time the same history comes. */
  open(name: string, id: string | undefined): string
}

const isPlain = (content: Content | undefined): boolean => content !== undefined && content.extras === undefined

/** A thought as Google shows it, or the visible copy of one that is in a seal. */
const isShown = (content: Content | undefined): boolean =>
  content?.type === "reasoning" && content.signature === undefined && content.encrypted === undefined

/**
 * Model contents that follow one another, as one assistant message. SDKs keep each fragment of a stream as a content of its own, so
 * neighbouring texts and thoughts are joined again.
 */
export class ModelTurn {
  readonly content: Content[] = []
  readonly #calls: CallBook

  constructor(calls: CallBook) {
    this.#calls = calls
  }

  push(raw: JsonObject, path: string): void {
    this.#read(raw, path)
    for (const content of this.content.toReversed()) {
      if (placeOf(content) !== undefined) break
      placed(content, path)
    }
  }

  #read(raw: JsonObject, path: string): void {
    const part = new Fields(raw, path)
    const signature = part.string("thoughtSignature")
    const sealed = signature === undefined ? undefined : unsealSignature(signature)
    if (sealed) {
      // What the client showed of these thoughts is in the seal, whole.
      while (isShown(this.content.at(-1))) this.content.pop()
      for (const thought of sealed) this.content.push({ type: "reasoning", ...thought })
    }
    const own = sealed ? undefined : signature
    const call = part.object("functionCall")
    if (call) this.#call(new Fields(call, `${path}.functionCall`), part, own)
    else if (raw.thought === true) {
      if (!sealed) this.#thought(part, own)
    } else this.#answer(raw, path, own)
  }

  #call(call: Fields, part: Fields, signature: string | undefined): void {
    const name = call.string("name")
    if (name === undefined || name === "") throw invalid(call.at("name"), "must be the name of a function")
    const id = this.#calls.open(name, call.string("id"))
    const args = JSON.stringify(call.object("args") ?? {})
    for (const read of ["thought", "thoughtSignature"]) part.any(read)
    this.content.push({
      type: "tool-call",
      id,
      name,
      arguments: args,
      kind: "function",
      // Google's stand-in for a lost signature: whoever needs it puts it there again.
      ...(signature === undefined || signature === lostSignature ? {} : { signature }),
      ...withExtras({ ...part.rest(), ...call.rest() }),
    })
  }

  #thought(part: Fields, signature: string | undefined): void {
    const text = part.string("text") ?? ""
    for (const read of ["thought", "thoughtSignature"]) part.any(read)
    const extras = withExtras(part.rest())
    const before = this.content.at(-1)
    if (before?.type === "reasoning" && isShown(before) && isPlain(before) && extras.extras === undefined) {
      if (text === "" && signature === undefined) return
      const joined: ReasoningContent = { ...before, text: `${before.text ?? ""}${text}`, ...defined({ signature }) }
      this.content[this.content.length - 1] = samePlace(joined, before)
    } else if (text !== "" || signature !== undefined)
      this.content.push({
        type: "reasoning",
        ...(text === "" ? {} : { text }),
        ...defined({ signature }),
        format: geminiFormat,
        ...extras,
      })
  }

  /** The signature of a text or an image is reasoning without words, which goes back to where it was. */
  #answer(raw: JsonObject, path: string, signature: string | undefined): void {
    const content = decodePart(raw, path)
    const before = this.content.at(-1)
    if (content?.type === "text" && before?.type === "text" && isPlain(content) && isPlain(before))
      this.content[this.content.length - 1] = samePlace({ ...before, text: before.text + content.text }, before)
    else if (content) this.content.push(content)
    if (signature !== undefined && content?.type !== "opaque")
      this.content.push({ type: "reasoning", encrypted: signature, format: geminiFormat })
  }
}
