import type { ChatPart, ClientDialect, JsonObject, Usage } from "../../../contract/index.ts"
import { emptyUsage, isObject } from "../../../contract/index.ts"
import { BlockWriter } from "./blocks.ts"
import { inputOf } from "./call.ts"
import { omitsThinking } from "./decode-thinking.ts"
import { endingOf, messageHead, usageOf } from "./reply-fields.ts"

const grow = (block: JsonObject, key: string, more: unknown): void => {
  const before = block[key]
  block[key] = (typeof before === "string" ? before : "") + (typeof more === "string" ? more : "")
}

/** Folds the events of a stream into the blocks that they tell of, as the SDKs do. */
class BlockFolder {
  readonly content: JsonObject[] = []
  readonly #arguments = new Map<number, string>()

  take(events: readonly JsonObject[]): void {
    for (const event of events) this.#one(event, Number(event.index))
  }

  #one(event: JsonObject, index: number): void {
    if (event.type === "content_block_start" && isObject(event.content_block))
      this.content[index] = { ...event.content_block }
    const block = this.content[index]
    if (!block) return
    if (event.type === "content_block_delta" && isObject(event.delta)) this.#delta(block, event.delta, index)
    const written = this.#arguments.get(index)
    if (event.type === "content_block_stop" && written !== undefined) block.input = inputOf(written)
  }

  #delta(block: JsonObject, delta: JsonObject, index: number): void {
    switch (delta.type) {
      case "text_delta":
        grow(block, "text", delta.text)
        return
      case "thinking_delta":
        grow(block, "thinking", delta.thinking)
        return
      case "signature_delta":
        block.signature = delta.signature ?? ""
        return
      case "compaction_delta":
        block.content = delta.content ?? null
        return
      case "input_json_delta":
        this.#arguments.set(index, (this.#arguments.get(index) ?? "") + String(delta.partial_json))
        return
      case "citations_delta":
        block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation ?? null]
    }
  }
}

/** Parts → a whole message: the fold of its own stream, so that both say the same. An `error` part is thrown. */
export const encodeReply: ClientDialect["encodeReply"] = (parts, identity, face, costUsd, request, lose) => {
  const blocks = new BlockWriter(omitsThinking(request.reasoning), lose)
  const folder = new BlockFolder()
  let start: Extract<ChatPart, { type: "start" }> | undefined
  let finish: Extract<ChatPart, { type: "finish" }> | undefined
  let usage: Usage | undefined
  for (const part of parts) {
    if (part.type === "error") throw part.error
    if ("index" in part) folder.take(blocks.write(part))
    else if (part.type === "start") start = part
    else if (part.type === "usage") usage = part.usage
    else if ((part.choice ?? 0) === 0) finish = part
  }
  folder.take(blocks.end())
  const {
    usage: more,
    words,
    context_management: context,
    ...ending
  } = endingOf(finish, blocks.calledTools, blocks.refusal)
  if (words !== "") folder.take(blocks.say(words))
  return {
    ...messageHead(identity),
    content: folder.content,
    ...ending,
    ...(context ? { context_management: context } : {}),
    usage: { ...usageOf(usage ?? emptyUsage, face, usage ? costUsd : 0, start?.serviceTier), ...more },
  }
}
