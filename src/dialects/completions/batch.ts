import { isObject, type Json, type JsonObject } from "../../contract/index.ts"
import { doneEvent, encodeEvent } from "../sse.ts"
import { promptsOf } from "./decode.ts"

/**
 * One body for each prompt of a list; the body itself where there is one prompt. OpenAI answers a list with the choices of all its prompts
 * in one reply: whoever asks for each puts the answers together again with `joinCompletions` or a `CompletionStreamJoiner`.
 */
export const splitPrompts = (body: JsonObject): readonly JsonObject[] => {
  const prompts = promptsOf(body)
  return prompts.length === 1 ? [body] : prompts.map((prompt) => ({ ...body, prompt }))
}

const sum = (one: Json | undefined, other: Json | undefined): Json => {
  if (typeof one === "number" && typeof other === "number") return Number((one + other).toFixed(12))
  if (!isObject(one) || !isObject(other)) return other ?? one ?? null
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...keys].map((key) => [key, sum(one[key], other[key])]))
}

const shifted = (choices: Json | undefined, offset: number): JsonObject[] =>
  (Array.isArray(choices) ? choices : [])
    .filter(isObject)
    .map((choice) => ({ ...choice, index: Number(choice.index ?? 0) + offset }))

/** Replies in the order of their prompts as one: choices are numbered on, usage is added up. `each`: choices per prompt (`n`). */
export const joinCompletions = (replies: readonly JsonObject[], each: number): JsonObject => {
  const [first = {}] = replies
  const usages = replies.map(({ usage }) => usage).filter(isObject)
  return {
    ...first,
    choices: replies.flatMap(({ choices }, position) => shifted(choices, position * each)),
    ...(usages.length > 0 ? { usage: usages.reduce((before, usage) => sum(before, usage) as JsonObject) } : {}),
  }
}

/** Streams of several prompts as one, in any interleaving. All chunks carry the first stream's id. */
export class CompletionStreamJoiner {
  readonly #each: number
  #frame: JsonObject | undefined
  #usage: JsonObject | undefined

  /** `each`: choices per prompt (`n`). */
  constructor(each: number) {
    this.#each = each
  }

  /** The data of an event of the stream at `position` → event text; empty for what only the end shows. An error goes through as it is. */
  push(data: string, position: number): string {
    if (data === "[DONE]") return ""
    const chunk = JSON.parse(data) as JsonObject
    if (chunk.error !== undefined) return encodeEvent(chunk)
    const { choices, usage, ...frame } = chunk
    this.#frame ??= frame
    if (isObject(usage)) this.#usage = this.#usage ? (sum(this.#usage, usage) as JsonObject) : usage
    const moved = shifted(choices, position * this.#each)
    return moved.length === 0 ? "" : encodeEvent({ ...frame, id: this.#frame.id ?? null, choices: moved })
  }

  end(): string {
    const usage = this.#usage ? encodeEvent({ ...this.#frame, choices: [], usage: this.#usage }) : ""
    return usage + doneEvent
  }
}
