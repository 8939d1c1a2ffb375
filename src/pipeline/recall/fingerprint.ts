import { type ChatRequest, gatewayExtras, type JsonObject, type Message } from "../../contract/index.ts"
import { wantsAutoCache } from "../auto-cache.ts"
import type { Exchange } from "../exchange.ts"

export const hashOf = (value: unknown): string =>
  new Bun.CryptoHasher("sha256").update(JSON.stringify(value)).digest("hex")

/** Who may be given the answer. */
export const tenantOf = ({ inbound, snapshot }: Exchange): string =>
  snapshot.config.cache.share === "organisation" ? "organisation" : inbound.principal.keyId

/**
 * What two requests must have in common beside their content: tenant, ability, names of models, all that decides where they go, and what
 * goes upstream without being in the body. What is only a hint on the way (the session), or a label for the ledger, is not among it.
 */
export function surroundings(exchange: Exchange): readonly unknown[] {
  const { ability, model, fields, preset } = exchange
  return [
    tenantOf(exchange),
    ability ?? "chat",
    model,
    fields.models,
    fields.preferences?.sent,
    preset && [preset.name, preset.provider, preset.wish],
    wished(exchange),
    ability === undefined && [forwarded(exchange), wantsAutoCache(exchange)],
    ...credentials(exchange),
  ]
}

/** What somebody's own account was paid for, and its failures, are for those alone who may use the same accounts. */
const credentials = ({ standing }: Exchange): readonly string[] =>
  standing.brought?.keys.map((key) => ("credential" in key ? hashOf(key.credential) : key.id)) ?? []

/** What an alias, a policy or a tag adds to the request: the name may stay while what stands behind it changes. */
const wished = ({ wishes }: Exchange): readonly unknown[] | undefined =>
  wishes && wishes.size > 0 ? [...wishes].sort(([one], [other]) => (one < other ? -1 : 1)) : undefined

/** Headers that go up where the upstream speaks the client's format; without one there is nothing of the format in the request either. */
function forwarded({ client, inbound }: Exchange): readonly unknown[] | undefined {
  const found = client.forwardedHeaders.flatMap((name) => {
    const value = inbound.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return found.length === 0 ? undefined : [client.name, found]
}

/** Fields for the gateway that change nothing of the answer: labels, and what the answer repeats of the request. */
const labels: ReadonlySet<string> = new Set([
  "session_id",
  "trace",
  "debug",
  "usage",
  "requesty",
  "preset",
  "responses_echo",
])

/**
 * The request as encoders get it, which is all that they can write: whatever differs upstream differs here. Left out is how the answer is
 * carried (`stream`), and what its name was, which `surroundings` has as it was asked for.
 */
export function content(request: ChatRequest): JsonObject {
  const { stream: _, model: __, extras = {}, ...rest } = request
  const { [gatewayExtras]: gateway = {}, ...own } = extras
  const asked = Object.entries(gateway).filter(([key]) => !labels.has(key))
  return { ...rest, extras: own, asked } as unknown as JsonObject
}

/** The last text of the user, and the request without it. Undefined where it is more than text. */
export function withoutQuestion(
  request: ChatRequest,
): { readonly text: string; readonly rest: ChatRequest } | undefined {
  const last = request.messages.at(-1)
  if (last?.role !== "user" || last.content.length === 0) return undefined
  if (!last.content.every(({ type }) => type === "text")) return undefined
  const text = last.content.map((part) => (part.type === "text" ? part.text : "")).join("\n")
  const blank = { ...last, content: last.content.map((part) => ({ ...part, text: "" })) } as Message
  return { text, rest: { ...request, messages: [...request.messages.slice(0, -1), blank] } }
}
