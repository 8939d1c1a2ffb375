import type { CacheQuery, CacheQuestion, ChatRequest } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import { chatRequest } from "../request.ts"
import { content, hashOf, surroundings, tenantOf, withoutQuestion } from "./fingerprint.ts"
import type { Caching } from "./types.ts"

/** Which request a plugin means that hands its query on. */
const asked = new WeakMap<object, Exchange>()
export const exchangeOf = (call: object): Exchange | undefined => asked.get(call)

/** A conversation, as caches are asked for it. */
export function chatQuery(exchange: Exchange, { ttlMs }: Caching): CacheQuery {
  const request = chatRequest(exchange)
  const around = surroundings(exchange)
  let question: CacheQuestion | undefined | null = null
  return noted(exchange, {
    ...exchange.call,
    fingerprint: hashOf([...around, content(request)]),
    tenant: tenantOf(exchange),
    ability: "chat",
    api: exchange.api,
    ttlMs,
    request,
    question() {
      if (question === null) question = questionOf(request, around)
      return question
    },
  })
}

function questionOf(request: ChatRequest, around: readonly unknown[]): CacheQuestion | undefined {
  const found = withoutQuestion(request)
  return found && { partition: hashOf([...around, content(found.rest)]), text: found.text }
}

/** Anything else that is remembered: its request is all that its provider gets. */
export function callQuery(
  exchange: Exchange,
  ability: "embeddings" | "rerank",
  request: object,
  { ttlMs }: Caching,
): CacheQuery {
  const { model: _, ...rest } = request as { readonly model?: unknown }
  return noted(exchange, {
    ...exchange.call,
    fingerprint: hashOf([...surroundings(exchange), rest]),
    tenant: tenantOf(exchange),
    ability,
    api: exchange.api,
    ttlMs,
    question: () => undefined,
  })
}

function noted(exchange: Exchange, query: CacheQuery): CacheQuery {
  asked.set(query, exchange)
  return query
}
