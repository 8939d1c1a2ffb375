import type {
  Ability,
  AbilityCall,
  ChatPart,
  ChatRequest,
  GatewayError,
  JsonObject,
  Loss,
  Provider,
  WireChat,
  WireFailure,
} from "../../src/contract/index.ts"
import { counter, decodeBytes, encode } from "./wire-client.ts"

/** The wire that the host would take for a model: the first that serves it. */
export const servingWire = ({ wire, otherWires = [] }: Provider, model: string): WireChat => {
  const found = [...(wire ? [wire] : []), ...otherWires].find((one) => one.serves?.(model) !== false)
  if (!found) throw new Error(`no wire serves ${model}`)
  return found
}

export interface Answered {
  readonly losses: readonly Loss[]
  readonly body: JsonObject
  readonly parts: readonly ChatPart[]
  readonly bytes: Uint8Array
}

const never = new AbortController().signal

/** Encodes, signs, sends and decodes as the gateway does. Throws the classified error of a refused call. */
export const askSigned = async (
  provider: Provider,
  model: string,
  request: ChatRequest,
  signal: AbortSignal = never,
): Promise<Answered> => {
  const wire = servingWire(provider, model)
  const { body, losses } = encode(wire, model, request)
  const sent = await sendText(wire, model, JSON.stringify(body), request.stream, signal)
  const text = new TextDecoder().decode(sent)
  const source = { profile: wire.profile(model), model, request, newId: counter() }
  const parts = request.stream
    ? decodeBytes(wire, model, request, sent)
    : wire.dialect.decodeReply(JSON.parse(text), source)
  return { losses, body, parts, bytes: sent }
}

/** Sends a body as it is. */
export const sendText = async (
  wire: WireChat,
  model: string,
  body: string,
  stream: boolean,
  signal: AbortSignal = never,
): Promise<Uint8Array> => {
  const plain = { ...wire.endpoint({ model, stream }), body }
  const request = wire.sign ? await wire.sign(plain, signal) : plain
  const response = await fetch(request.url, { method: "POST", headers: request.headers, body: request.body, signal })
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (response.ok) return bytes
  const failure: WireFailure = {
    status: response.status,
    headers: response.headers,
    body: new TextDecoder().decode(bytes),
  }
  throw wire.classify?.(failure) ?? wire.dialect.decodeError(failure, "fake")
}

/** Runs an ability against whatever its address is, and keeps what it loses. */
export const runAbility = async <Request, Reply>(
  ability: Ability<Request, Reply> | undefined,
  model: string,
  request: Request,
): Promise<{ readonly reply: Reply; readonly losses: readonly Loss[] }> => {
  if (!ability) throw new Error("no such ability")
  const losses: Loss[] = []
  const call: AbilityCall = {
    model,
    signal: never,
    lose: (loss) => losses.push(loss),
    newId: counter(),
    wait: () => Promise.resolve(),
    async send({ url, headers, body, method = "POST" }) {
      const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: body as BodyInit }) })
      if (response.ok) return response
      const failure = { status: response.status, headers: response.headers, body: await response.text() }
      throw ability.classify?.(failure) ?? new Error(`unclassified: ${failure.status} ${failure.body}`)
    },
  }
  return { reply: await ability.run(request, call), losses }
}

/** What was thrown, which must be one of ours. */
export const failureOf = async (task: () => unknown): Promise<GatewayError> => {
  try {
    await task()
  } catch (thrown) {
    return thrown as GatewayError
  }
  throw new Error("expected a failure")
}

export const textOf = (parts: readonly ChatPart[]): string =>
  parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("")

export const callsOf = (parts: readonly ChatPart[]) =>
  parts.flatMap((part) => (part.type === "tool-call-start" ? [{ id: part.id, name: part.name }] : []))
