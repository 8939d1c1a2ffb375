import { type AbilityName, emptyUsage, type Json } from "../../contract/index.ts"
import { bill } from "../attempt/bill.ts"
import type { Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { fromMemory } from "../recall/from-memory.ts"
import { storeIn } from "../recall/look-up.ts"
import { callQuery } from "../recall/query.ts"
import { entryBase } from "../recall/remember.ts"
import { followingTry, joinOrLead } from "../recall/together.ts"
import { WaitedCall } from "../recall/waited-call.ts"
import type { CallAnswer } from "./attempt.ts"
import type { ReplyOf, Work } from "./work.ts"

/** A reply that several wait for. */
class CallFlight extends WaitedCall {
  reply: unknown

  answer(reply: unknown): void {
    this.reply = reply
    this.over()
    this.tellAll()
  }
}

/**
 * The reply of an embedding or a ranking that is remembered, or being made for an equal request, as an attempt that costs nothing.
 * Undefined: its upstream has to be asked.
 */
export async function recallCall<Name extends AbilityName>(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  { ability, request }: Work<Name>,
): Promise<CallAnswer<Name> | undefined> {
  const { caching } = exchange
  if (!caching || (ability !== "embeddings" && ability !== "rerank")) return undefined
  const query = callQuery(exchange, ability, request as object, caching)
  const found = await fromMemory(exchange, query, planned)
  if (found && "reply" in found.entry) return freeAnswer(found.current, found.entry.reply)
  return caching.coalesces ? shareReply(exchange, query.fingerprint, planned) : undefined
}

function freeAnswer<Name extends AbilityName>(current: Try, reply: unknown): CallAnswer<Name> {
  bill(current, emptyUsage)
  return { current, reply: withoutUsage(reply) as ReplyOf<Name> }
}

async function shareReply<Name extends AbilityName>(
  exchange: Exchange,
  fingerprint: string,
  planned: readonly PlannedAttempt[],
): Promise<CallAnswer<Name> | undefined> {
  const joined = await joinOrLead(exchange, fingerprint, CallFlight)
  if (!joined) return undefined
  const { call, leave } = joined
  leave()
  const current = followingTry(exchange, call, planned)
  return current && freeAnswer(current, call.reply)
}

/** What it used belongs to the request that paid for it. */
function withoutUsage(reply: unknown): unknown {
  const { usage: _, ...kept } = reply as Record<string, unknown>
  return kept
}

/** Stores a reply, and gives it to those who wait for it. */
export function rememberCall(exchange: Exchange, reply: unknown): void {
  const { cacheQuery, flight } = exchange
  if (flight instanceof CallFlight) flight.answer(reply)
  const about = entryBase(exchange)
  if (cacheQuery && about) storeIn(exchange, cacheQuery, { ...about, reply: withoutUsage(reply) as Json })
}
