import { type CacheQuery, type ChatPart, emptyUsage, messageOf, type Price, type Provider } from "../contract/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "./answer.ts"
import type { Exchange } from "./exchange.ts"
import { plan } from "./plan/plan.ts"
import type { PlannedAttempt } from "./plan/types.ts"
import { chatRequest } from "./request.ts"
import type { LiveOffer } from "./services.ts"

/**
 * Asks the caches. A hit becomes the one planned attempt: an offer that gives the remembered parts, so that it is delivered, settled
 * and recorded like any other answer, at no cost and with no tokens. A miss leaves the native lane closed, since the answer must be read.
 */
export async function recall(exchange: Exchange): Promise<readonly PlannedAttempt[] | undefined> {
  const query = queryOf(exchange)
  // The name must be one that may be called, also when the answer is remembered.
  const [first] = plan(exchange)
  for (const cache of exchange.snapshot.roster.caches) {
    const parts = await orNothing(exchange, () => cache.lookup(query), cache.name)
    if (parts && first) {
      exchange.cacheHit = cache.name
      return [{ offer: rememberedOffer(first.offer, parts), retries: 0 }]
    }
  }
  exchange.contentIsRead = true
  exchange.cacheQuery = query
  return undefined
}

/** A cache that throws is a miss, and stores nothing. */
async function orNothing<T>(exchange: Exchange, work: () => Promise<T>, cache: string): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    exchange.services.log.warn("cache failed", {
      cache,
      requestId: exchange.inbound.requestId,
      error: messageOf(thrown),
    })
    return undefined
  }
}

/** The key's id is part of it: nobody gets an answer that was made for somebody else. */
function queryOf(exchange: Exchange): CacheQuery {
  const { stream: _, ...request } = chatRequest(exchange)
  const canonical = JSON.stringify([exchange.inbound.principal.keyId, exchange.model, exchange.fields.models, request])
  const fingerprint = new Bun.CryptoHasher("sha256").update(canonical).digest("hex")
  return { ...exchange.call, fingerprint, request: chatRequest(exchange) }
}

/** Known to cost nothing, which is not the same as having no known price. */
const free: Price = { input: 0, output: 0 }

function rememberedOffer(offer: LiveOffer, parts: readonly ChatPart[]): LiveOffer {
  const replay: ChatPart[] = [...parts.filter(({ type }) => type !== "usage"), { type: "usage", usage: emptyUsage }]
  const provider: Provider = {
    async *chat() {
      yield* replay
    },
  }
  return {
    ...offer,
    provider: "cache",
    price: free,
    configPrice: free,
    key: "cache/recall",
    wires: [],
    live: { ...offer.live, id: "cache", name: "cache", definition: "cache", provider },
  }
}

/** Collects an answer for the caches; only one that is whole and without a fault is stored. */
export function remember(exchange: Exchange, answer: Answer): Answer {
  const query = exchange.cacheQuery
  if (!query || answer.kind !== "parts") return answer
  return { ...answer, first: [], parts: collected(exchange, query, answer) }
}

async function* collected(exchange: Exchange, query: CacheQuery, answer: PartsAnswer): AsyncGenerator<ChatPart> {
  const parts: ChatPart[] = []
  for await (const part of partsOf(answer)) {
    parts.push(part)
    yield part
  }
  const isWhole =
    parts.some((part) => part.type === "finish" && part.reason !== "error") &&
    !parts.some((part) => part.type === "error")
  if (!isWhole) return
  // Not awaited: the client need not wait until its answer is remembered.
  for (const cache of exchange.snapshot.roster.caches)
    void orNothing(exchange, () => cache.store(query, parts), cache.name)
}
