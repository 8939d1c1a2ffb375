import type { ChatPart, ChatRequest, JsonObject, Loss, Provider, WireChat } from "../../src/contract/index.ts"
import { createSseDecoder } from "../../src/dialects/index.ts"

export const wireOf = (provider: Provider): WireChat => {
  if (!provider.wire) throw new Error("not a wire provider")
  return provider.wire
}

export const user = (text: string) => ({ role: "user" as const, content: [{ type: "text" as const, text }] })

export const chat = (fields: Partial<ChatRequest> & { readonly text?: string } = {}): ChatRequest => {
  const { text, ...rest } = fields
  return { model: "author/model", messages: [user(text ?? "hello")], sampling: {}, stream: false, ...rest }
}

export const counter = () => {
  let next = 0
  return (prefix: string) => `${prefix}${next++}`
}

export const encode = (wire: WireChat, model: string, request: ChatRequest, maxOutput?: number) => {
  const losses: Loss[] = []
  const body = wire.dialect.encodeRequest(request, {
    model,
    profile: wire.profile(model),
    lose: (loss) => losses.push(loss),
    ...(maxOutput === undefined ? {} : { maxOutput }),
  })
  return { body, losses }
}

/** The bytes of a stream as parts; `cut` says where to split them. */
export const decodeBytes = (
  wire: WireChat,
  model: string,
  request: ChatRequest,
  bytes: Uint8Array,
  cut: readonly number[] = [],
): ChatPart[] => {
  const events = createSseDecoder()
  const decoder = wire.dialect.decodeStream({ profile: wire.profile(model), model, request, newId: counter() })
  const parts: ChatPart[] = []
  const edges = [0, ...cut, bytes.length]
  for (let at = 0; at + 1 < edges.length; at++)
    for (const event of events.push(bytes.subarray(edges[at], edges[at + 1]))) parts.push(...decoder.push(event))
  for (const event of events.end()) parts.push(...decoder.push(event))
  return [...parts, ...decoder.end()]
}

export interface Asked {
  readonly losses: readonly Loss[]
  readonly body: JsonObject
  readonly parts: readonly ChatPart[]
  readonly bytes: Uint8Array
}

/** Encodes, sends and decodes as the gateway does. Throws the classified error of a refused call. */
export const ask = async (wire: WireChat, model: string, request: ChatRequest): Promise<Asked> => {
  const { body, losses } = encode(wire, model, request)
  const { url, headers } = wire.endpoint({ model, stream: request.stream })
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  if (!response.ok)
    throw wire.dialect.decodeError({ status: response.status, headers: response.headers, body: text }, "fake")
  const source = { profile: wire.profile(model), model, request, newId: counter() }
  const parts = request.stream
    ? decodeBytes(wire, model, request, bytes)
    : wire.dialect.decodeReply(JSON.parse(text), source)
  return { losses, body, parts, bytes }
}
