import type { ChatPart, FinishReason, LossCode } from "../../contract/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import { storeIn } from "./look-up.ts"

/** Ways in which an answer is whole. */
const whole: ReadonlySet<FinishReason> = new Set(["stop", "length", "tool-calls"])
/** What went wrong for this request alone, and need not for the next one. */
const passing: ReadonlySet<LossCode> = new Set(["budget_clamped", "budget_cut", "search_failed"])

/** Collects an answer for the caches; only one that is whole and without a fault is stored. */
export function remember(exchange: Exchange, answer: Answer): Answer {
  if (!exchange.caching?.remembers || !exchange.cacheQuery || exchange.recalled || answer.kind !== "parts")
    return answer
  return { ...answer, first: [], parts: collected(exchange, answer) }
}

async function* collected(exchange: Exchange, answer: PartsAnswer): AsyncGenerator<ChatPart> {
  const parts: ChatPart[] = []
  for await (const part of partsOf(answer)) {
    parts.push(part)
    yield part
  }
  if (isWhole(parts) && isRepeatable(exchange)) keep(exchange, parts)
}

function isWhole(parts: readonly ChatPart[]): boolean {
  let finishes = 0
  for (const part of parts) {
    if (part.type === "error") return false
    if (part.type !== "finish") continue
    if (!whole.has(part.reason)) return false
    finishes += 1
  }
  return finishes > 0
}

/** Whether an equal request would have got the same. One that broke off and was gone on with elsewhere is two halves. */
const isRepeatable = ({ losses, announced, answering }: Exchange): boolean =>
  announced === answering && !losses.some(({ code }) => passing.has(code))

function keep(exchange: Exchange, parts: readonly ChatPart[]): void {
  const { cacheQuery: query } = exchange
  const about = entryBase(exchange)
  if (query && about) storeIn(exchange, query, { ...about, parts })
}

/** What an entry says beside the answer. */
export function entryBase(exchange: Exchange) {
  const { services, caching, offer, api, id, costNano, losses } = exchange
  if (!caching || !offer) return undefined
  const { provider, upstream, model, live } = offer
  const maker = live.identity
  const storedAt = Math.round(services.now())
  const expiresAt = storedAt + caching.ttlMs
  return { storedAt, expiresAt, sourceId: id, costNano, api, provider, upstream, model, maker, losses: [...losses] }
}
