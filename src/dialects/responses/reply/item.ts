import type { JsonObject, MediaContent } from "../../../contract/index.ts"
import { dialectName } from "../names.ts"
import type { AnswerState, ItemReader } from "./blocks.ts"
import { CallItem } from "./call-item.ts"
import { MessageItem } from "./message-item.ts"
import { ReasoningItem } from "./reasoning-item.ts"

const madeImage = (item: JsonObject): MediaContent | undefined => {
  const { result, output_format: format } = item
  if (typeof result !== "string" || result === "") return undefined
  const mime = `image/${typeof format === "string" ? format : "png"}`
  if (/^https?:/i.test(result)) return { type: "media", kind: "image", source: { type: "url", url: result }, mime }
  return { type: "media", kind: "image", source: { type: "data", base64: result.replace(/^data:[^,]*,/, "") }, mime }
}

/** Built-in tools and whatever comes next year: a picture where it is one, otherwise kept whole for clients of this format. */
class OtherItem implements ItemReader {
  readonly #state: AnswerState
  #item: JsonObject

  constructor(state: AnswerState, item: JsonObject) {
    this.#state = state
    this.#item = item
  }

  event(): void {}

  done(item: JsonObject): void {
    this.#item = { ...this.#item, ...item }
    const index = this.#state.blocks++
    const media = this.#item.type === "image_generation_call" ? madeImage(this.#item) : undefined
    this.#state.parts.push(
      media ? { type: "media", index, media } : { type: "opaque", index, dialect: dialectName, data: this.#item },
    )
  }
}

export const readItem = (item: JsonObject, state: AnswerState): ItemReader => {
  switch (item.type) {
    case "message":
      return new MessageItem(state, item)
    case "reasoning":
      return new ReasoningItem(state, item)
    case "function_call":
    case "custom_tool_call":
      return new CallItem(state, item)
    default:
      return new OtherItem(state, item)
  }
}

/** Which kind of item an event belongs to, for upstreams that forget to announce it. */
export const typeOfEvent = (type: string): string | undefined => {
  if (/^response\.(?:output_text|refusal|content_part)\./.test(type)) return "message"
  if (/^response\.reasoning/.test(type)) return "reasoning"
  if (/^response\.function_call_arguments\./.test(type)) return "function_call"
  if (/^response\.custom_tool_call_input\./.test(type)) return "custom_tool_call"
  return undefined
}
