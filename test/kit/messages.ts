import type { ChatPart, ChatRequest, Json, JsonObject, Loss, Profile } from "../../src/contract/index.ts"
import { createSseDecoder, messages, messagesClient, requestyFace } from "../../src/dialects/index.ts"
import { asked } from "./asked.ts"

/** Short ways to put requests and replies through the messages dialect, as its clients see it. */

export const identity = { id: "msg_1", model: "a/b", provider: "acme", providerName: "Acme", createdSeconds: 1 }

export const decode = (body: object) => messagesClient.decodeRequest(body as Json)

export const minimal = { model: "a/b", max_tokens: 100, messages: [{ role: "user", content: "hi" }] }

/** The content of one user turn. */
export const contentOf = (...blocks: object[]) =>
  decode({ ...minimal, messages: [{ role: "user", content: blocks }] }).messages[0]!.content

export const encode = (request: ChatRequest, profile: Profile, model = "claude") => {
  const losses: Loss[] = []
  const body = messages.encodeRequest(request, { model, profile, lose: (loss) => losses.push(loss) })
  return { body, losses, lost: losses.map(({ path, action }) => `${path} ${action}`) }
}

export interface Options {
  readonly request?: ChatRequest
  readonly face?: typeof requestyFace
  readonly price?: number
  readonly lose?: (loss: Loss) => void
}

const uncounted = () => {}

export const whole = (
  parts: readonly ChatPart[],
  { request = asked, face = requestyFace, price = 0.5, lose = uncounted }: Options = {},
) => messagesClient.encodeReply(parts, identity, face, price, request, lose)

export const streamText = (
  parts: readonly ChatPart[],
  { request = asked, face = requestyFace, price = 0.5, lose = uncounted }: Options = {},
): string => {
  const encoder = messagesClient.encodeStream(identity, face, {
    includeUsage: true,
    price: () => price,
    context: { requestId: "req_1" },
    request,
    lose,
  })
  return parts.map((part) => encoder.push(part)).join("") + encoder.end()
}

export const eventsOf = (text: string): JsonObject[] => {
  const decoder = createSseDecoder()
  const events = [...decoder.push(new TextEncoder().encode(text)), ...decoder.end()]
  return events.map(({ event, data }) => {
    const parsed = JSON.parse(data) as JsonObject
    if (parsed.type !== event) throw new Error(`event ${event} carries ${String(parsed.type)}`)
    return parsed
  })
}

const append = (before: Json | undefined, more: Json | undefined): string => `${before ?? ""}${more ?? ""}`

/**
 * Folds a stream as a client does, and checks its order on the way: one block at a time, numbered from 0, opened and closed once,
 * `message_start` first, `message_delta` and `message_stop` last.
 */
export const foldEvents = (events: readonly JsonObject[]): JsonObject => {
  const content: JsonObject[] = []
  let message: JsonObject | undefined
  let open: { index: number; json: string } | undefined
  let stopped = false
  for (const event of events) {
    const { type } = event
    if (stopped) throw new Error(`${type} after message_stop`)
    if (type === "ping") continue
    if (type === "message_start") {
      if (message) throw new Error("a second message_start")
      message = { ...(event.message as JsonObject) }
      continue
    }
    if (!message) throw new Error(`${type} before message_start`)
    if (type === "content_block_start") {
      if (open) throw new Error("a block opens inside of another")
      if (event.index !== content.length) throw new Error(`block ${event.index} is out of order`)
      open = { index: content.length, json: "" }
      content.push({ ...(event.content_block as JsonObject) })
    } else if (type === "content_block_delta" || type === "content_block_stop") {
      if (!open || event.index !== open.index) throw new Error(`${type} for a block that is not open`)
      const block = content[open.index]!
      if (type === "content_block_stop") {
        if (open.json !== "") block.input = JSON.parse(open.json) as Json
        open = undefined
        continue
      }
      const delta = event.delta as JsonObject
      if (delta.type === "text_delta") block.text = append(block.text, delta.text)
      else if (delta.type === "thinking_delta") block.thinking = append(block.thinking, delta.thinking)
      else if (delta.type === "signature_delta") block.signature = delta.signature ?? null
      else if (delta.type === "input_json_delta") open.json += String(delta.partial_json)
      else if (delta.type === "citations_delta")
        block.citations = [...((block.citations as Json[] | undefined) ?? []), delta.citation ?? null]
      else if (delta.type === "compaction_delta") block.content = delta.content ?? null
      else throw new Error(`unknown delta ${String(delta.type)}`)
    } else if (type === "message_delta") {
      if (open) throw new Error("message_delta inside of a block")
      Object.assign(message, event.delta, { usage: event.usage })
      if (event.context_management) message.context_management = event.context_management
    } else if (type === "message_stop") stopped = true
    else throw new Error(`unexpected ${String(type)}`)
  }
  if (!message || !stopped) throw new Error("the stream is not complete")
  return { ...message, content }
}

/** The same answer whole, and folded from its stream. */
export const both = (parts: readonly ChatPart[], request = asked, lose: (loss: Loss) => void = uncounted) => ({
  whole: whole(parts, { request, lose }),
  folded: foldEvents(eventsOf(streamText(parts, { request, lose }))),
})

/** A usage with something in most of its buckets. */
export const usage = {
  input: { fresh: 10, cacheRead: 20, cacheWrite: 3, cacheWrite1h: 4, audio: 0, image: 1 },
  output: { text: 5, reasoning: 7, audio: 0, image: 0 },
  counters: { webSearch: 2 },
}
