import { amazonBedrock } from "../../../plugins/bedrock/definition.ts"
import type { Services } from "../../../plugins/bedrock/services.ts"
import type {
  AbilityCall,
  ChatPart,
  ChatRequest,
  JsonObject,
  Loss,
  Provider,
  ProviderSettings,
  WireChat,
} from "../../../src/contract/index.ts"
import { createSseDecoder } from "../../../src/dialects/index.ts"
import { fakeRegion } from "../../kit/fake-bedrock.ts"
import { chat, counter } from "../../kit/wire-client.ts"

export const startedAt = Date.UTC(2026, 10, 20, 13, 45)

export const servicesWith = (fields: Partial<Services> = {}): Services => ({
  fetch,
  now: () => startedAt,
  signal: new AbortController().signal,
  deadline: () => new AbortController().signal,
  readText: () => Promise.reject(new Error("no such file")),
  ...fields,
})

export const keyed = { access_key_id: "AKIAFAKE", secret_access_key: "wJalrXUtnFEMI/K7MDENG" }

export interface Made extends Partial<Omit<ProviderSettings, "options">> {
  /** Of the fake; all services are there. */
  readonly url?: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly services?: Partial<Services>
}

/** A provider as an entry of `providers:` makes it; by default with an access key. */
export const provider = ({ url, options = keyed, services, ...settings }: Made = {}): Provider => {
  const endpoints =
    url === undefined
      ? {}
      : { endpoints: { runtime: url, mantle: url, agent_runtime: url, sts: url, metadata: url, container: url } }
  return amazonBedrock(servicesWith(services)).create({
    id: "bedrock",
    headers: {},
    ...settings,
    options: { region: fakeRegion, ...endpoints, ...options },
  })
}

/** The wire that the gateway would take for a client of this format. */
export const wireFor = (
  { wire, otherWires = [] }: Provider,
  model: string,
  request: ChatRequest = chat(),
  format?: string,
): WireChat => {
  const all = [...(wire ? [wire] : []), ...otherWires].filter((each) => each.serves?.(model) !== false)
  const own = all.find(({ dialect }) => dialect.name === format)
  const found = own ?? all.find((each) => each.declines?.(request, model) !== true)
  if (!found) throw new Error(`no wire for ${model}`)
  return found
}

export const encodeFor = (wire: WireChat, model: string, request: ChatRequest) => {
  const losses: Loss[] = []
  const body = wire.dialect.encodeRequest(request, {
    model,
    profile: wire.profile(model),
    lose: (loss) => losses.push(loss),
  })
  return { body, losses }
}

export const framesOf = ({ dialect }: WireChat) =>
  typeof dialect.framing === "function" ? dialect.framing() : createSseDecoder()

/** The bytes of a stream as parts; `cut` says where to split them. */
export const decodeBytes = (
  wire: WireChat,
  model: string,
  request: ChatRequest,
  bytes: Uint8Array,
  cut: readonly number[] = [],
): ChatPart[] => {
  const frames = framesOf(wire)
  const decoder = wire.dialect.decodeStream({ profile: wire.profile(model), model, request, newId: counter() })
  const edges = [0, ...cut, bytes.length]
  const parts: ChatPart[] = []
  for (let at = 0; at + 1 < edges.length; at++)
    for (const event of frames.push(bytes.subarray(edges[at], edges[at + 1]))) parts.push(...decoder.push(event))
  for (const event of frames.end()) parts.push(...decoder.push(event))
  return [...parts, ...decoder.end()]
}

export interface Told {
  readonly body: JsonObject
  readonly losses: readonly Loss[]
  readonly parts: readonly ChatPart[]
}

/** Encodes, signs, sends and decodes as the gateway does. Throws the classified error of a refused call. */
export const tell = async (
  wire: WireChat,
  model: string,
  request: ChatRequest,
  signal = new AbortController().signal,
): Promise<Told> => {
  const { body, losses } = encodeFor(wire, model, request)
  const endpoint = wire.endpoint({ model, stream: request.stream })
  const written = { ...endpoint, body: JSON.stringify(body) }
  const sent = wire.sign ? await wire.sign(written, signal) : written
  const response = await fetch(sent.url, { method: "POST", headers: sent.headers, body: sent.body })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  if (!response.ok) {
    const failure = { status: response.status, headers: response.headers, body: text }
    throw wire.classify?.(failure) ?? wire.dialect.decodeError(failure, "bedrock")
  }
  const source = { profile: wire.profile(model), model, request, newId: counter() }
  const parts = request.stream
    ? decodeBytes(wire, model, request, bytes)
    : wire.dialect.decodeReply(JSON.parse(text), source)
  return { body, losses, parts }
}

export const abilityCall = (model: string, losses: Loss[] = []): AbilityCall => ({
  model,
  signal: new AbortController().signal,
  async send({ url, method = "POST", headers, body }) {
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) } as RequestInit)
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return response
  },
  wait: () => Promise.resolve(),
  lose: (loss) => losses.push(loss),
  newId: counter(),
})
