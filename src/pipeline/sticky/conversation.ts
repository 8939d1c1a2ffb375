import type { Exchange } from "../exchange.ts"
import { sessionOf } from "../session.ts"
import type { Conversation } from "./memory.ts"
import { openingOf } from "./opening.ts"

/**
 * The conversation of a request: the name that the client gives it (a session before the key of its prompt cache), otherwise how it begins.
 * Undefined: nothing tells. Found once.
 */
export function conversationOf(exchange: Exchange): Conversation | undefined {
  if (exchange.conversation === undefined) exchange.conversation = found(exchange) ?? null
  return exchange.conversation ?? undefined
}

function found(exchange: Exchange): Conversation | undefined {
  const { fields, inbound } = exchange
  const name = sessionOf(exchange) ?? fields.promptCacheKey
  if (name !== undefined) return { hash: hashOf(exchange, name), isNamed: true }
  if (!inbound.client) return undefined
  const opening = openingOf(inbound.body, inbound.client, fields.span)
  return opening === undefined ? undefined : { hash: hashOf(exchange, opening), isNamed: false }
}

/** Two keys, or two models, never share one. Not a secret: a fast hash will do. */
const hashOf = ({ inbound, model }: Exchange, text: string): string =>
  Bun.hash(`${inbound.principal.keyId}\n${model}\n${text}`).toString(16)
