import {
  type ChatPart,
  type ChatRequest,
  emptyUsage,
  type Json,
  type ReplyIdentity,
} from "../../../src/contract/index.ts"
import { createSseDecoder, gemini, geminiClient, requestyFace } from "../../../src/dialects/index.ts"
import { asked } from "../../kit/asked.ts"
import { counter } from "../../kit/wire-client.ts"

export const identity: ReplyIdentity = {
  id: "gen-1",
  model: "vendor/modèle",
  provider: "acme",
  providerName: "Acme",
  createdSeconds: 1_790_000_000,
}

export const usage = {
  ...emptyUsage,
  input: { ...emptyUsage.input, fresh: 90, cacheRead: 10, audio: 4, image: 6 },
  output: { ...emptyUsage.output, text: 20, reasoning: 7 },
}

export const decode = (body: unknown): ChatRequest =>
  geminiClient.decodeRequest(body as Json, { model: "vendor/model", stream: false })

export const whole = (parts: readonly ChatPart[]) =>
  geminiClient.encodeReply(parts, identity, requestyFace, 0.25, asked) as {
    candidates: {
      content: { role: string; parts: Record<string, Json>[] }
      finishReason: string
      [key: string]: Json
    }[]
    usageMetadata?: Record<string, Json>
    [key: string]: unknown
  }

export const streamed = (parts: readonly ChatPart[]): string => {
  const encoder = geminiClient.encodeStream(identity, requestyFace, {
    includeUsage: true,
    price: () => 0.25,
    context: { requestId: "req_1" },
    request: asked,
  })
  return parts.map((part) => encoder.push(part)).join("") + encoder.end()
}

export const eventsOf = (text: string | Uint8Array): string[] => {
  const sse = createSseDecoder()
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text
  return [...sse.push(bytes), ...sse.end()].map(({ data }) => data)
}

const source = () => ({ profile: {}, model: "m", request: asked, newId: counter() })

/** What the decoder for Gemini upstreams makes of what the encoder for Gemini clients writes. */
export const readWhole = (body: Json): readonly ChatPart[] => gemini.decodeReply(body, source())
export const readStream = (text: string | Uint8Array): ChatPart[] => {
  const decoder = gemini.decodeStream(source())
  return [...eventsOf(text).flatMap((data) => decoder.push({ data })), ...decoder.end()]
}

export const text = (words: string, index = 0, choice?: number): ChatPart[] => {
  const at = { index, ...(choice === undefined ? {} : { choice }) }
  return [
    { type: "text-start", ...at },
    { type: "text-delta", text: words, ...at },
    { type: "text-end", ...at },
  ]
}
export const call = (id: string, name: string, args: string, index: number, signature?: string): ChatPart[] => [
  { type: "tool-call-start", id, name, kind: "function", index },
  { type: "tool-call-delta", arguments: args.slice(0, 3), index },
  { type: "tool-call-delta", arguments: args.slice(3), index },
  { type: "tool-call-end", index, ...(signature === undefined ? {} : { signature }) },
]
export const thought = (format: string, words: string, index: number, more: object = {}): ChatPart[] => [
  { type: "reasoning-start", format, index },
  { type: "reasoning-delta", text: words, index },
  { type: "reasoning-delta", ...more, index },
  { type: "reasoning-end", index },
]
export const stop: ChatPart[] = [
  { type: "usage", usage },
  { type: "finish", reason: "stop", raw: "end_turn" },
]
