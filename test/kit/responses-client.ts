import type { ChatPart, ChatRequest, Face, GatewayError, Json, JsonObject } from "../../src/contract/index.ts"
import { responsesClient } from "../../src/dialects/responses/client/index.ts"

/** Helpers for tests of the Responses dialect as clients see it. */

export const identity = {
  id: "resp_abcdef0123456789abcdef01",
  model: "a/b",
  provider: "acme",
  providerName: "Acme",
  createdSeconds: 1_790_000_000,
  completedSeconds: () => 1_790_000_002,
}

export const cost = 0.5

export const decode = (body: Json): ChatRequest => responsesClient.decodeRequest(body)

export const plainRequest = decode({ model: "a/b", input: "hi" })

export interface Told {
  readonly type: string
  readonly sequence_number: number
  readonly [key: string]: Json
}

/** The text of a stream, with what the encoder keeps as the whole answer. */
export const streamOf = (
  parts: readonly ChatPart[],
  face: Face,
  request: ChatRequest = plainRequest,
  error?: GatewayError,
): { text: string; reply: JsonObject | undefined } => {
  const encoder = responsesClient.encodeStream(identity, face, {
    includeUsage: true,
    price: () => cost,
    context: { requestId: "req_1" },
    request,
  })
  const text = parts.map((part) => encoder.push(part)).join("") + encoder.end(error)
  return { text, reply: encoder.reply?.() }
}

/** Events of a stream as their JSON; each has the name of its type before it. `[DONE]` is left out. */
export const eventsOf = (text: string): Told[] =>
  text
    .trim()
    .split("\n\n")
    .filter((block) => block !== "data: [DONE]")
    .map((block) => {
      const [name, data] = block.split("\n")
      const event = JSON.parse((data ?? "").replace(/^data: /, "")) as Told
      if (name !== `event: ${event.type}`) throw new Error(`an event without its name: ${block}`)
      return event
    })

export const replyOf = (parts: readonly ChatPart[], face: Face, request: ChatRequest = plainRequest): JsonObject =>
  responsesClient.encodeReply(parts, identity, face, cost, request)
