import type { Answer, PartsAnswer } from "../answer.ts"
import { clientClosed, type Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import type { LiveOffer } from "../services.ts"
import { Flight } from "./flight.ts"
import { offerOf } from "./look-up.ts"
import { recalledTry, replay } from "./replay.ts"
import type { Outcome, WaitedCall } from "./waited-call.ts"

/** After so many calls that failed, those who still wait are told what the last one failed with. */
const mostFailures = 2

/** A call of somebody else that has an answer. Whoever follows it leaves it. */
export interface Joined<Call extends WaitedCall> {
  readonly call: Call
  readonly leave: () => void
}

/**
 * Waits for an equal request under way until it has an answer. Undefined: this request makes the call, for those as well who come after
 * it. A call that fails is made once more by one of those who wait; what only its own client was to blame for does not count.
 */
export async function joinOrLead<Call extends WaitedCall>(
  exchange: Exchange,
  fingerprint: string,
  Kind: new (leader: Exchange, failures: number, over: () => void) => Call,
): Promise<Joined<Call> | undefined> {
  const { flights } = exchange.services
  let failures = 0
  for (;;) {
    const call = flights.get(fingerprint)
    if (!(call instanceof Kind)) {
      const own = new Kind(exchange, failures, () => {
        if (flights.get(fingerprint) === own) flights.delete(fingerprint)
      })
      flights.set(fingerprint, own)
      exchange.flight = own
      return undefined
    }
    const leave = call.join()
    const outcome = await unlessGone(exchange, call.begun, leave)
    if (outcome.began) return { call, leave }
    leave()
    if (outcome.own) continue
    failures = Math.max(failures, call.failures + 1)
    if (failures >= mostFailures) throw outcome.error
  }
}

/** The attempt of one who follows; undefined where the leader's answer is not for him, because he may not ask who gave it. */
export function followingTry(
  exchange: Exchange,
  { leader }: WaitedCall,
  planned: readonly PlannedAttempt[],
): Try | undefined {
  const made = leader.offer && plannedOffer(leader.offer, planned)
  const { losses } = leader
  if (!made || (losses.length > 0 && (exchange.strict || leader.api !== exchange.api))) return undefined
  const current = recalledTry(exchange, made, {
    cache: "coalesced",
    sourceId: leader.id,
    storedAt: Math.round(leader.inbound.startedAt),
    savedNano: () => leader.costNano,
  })
  for (const loss of losses) exchange.lose(loss)
  return current
}

const plannedOffer = (offer: LiveOffer, planned: readonly PlannedAttempt[]): LiveOffer | undefined =>
  offerOf({ ...offer, maker: offer.live.identity }, planned)?.offer

/** Gives the answer of an equal request under way, as it comes. Undefined: this request has to ask its upstream. */
export async function shareAnswer(
  exchange: Exchange,
  fingerprint: string,
  planned: readonly PlannedAttempt[],
): Promise<PartsAnswer | undefined> {
  const joined = await joinOrLead(exchange, fingerprint, Flight)
  if (!joined) return undefined
  const { call, leave } = joined
  const current = followingTry(exchange, call, planned)
  if (!current) {
    leave()
    return undefined
  }
  const { next } = call.view()
  const leaving = async () => {
    leave()
    return { done: true as const, value: undefined }
  }
  return replay(exchange, current, { next: untilEnd(next, leave), return: leaving })
}

/** The leader's answer, seen from where everybody sees it. */
export function shared(exchange: Exchange, answer: Answer): Answer {
  const { flight } = exchange
  return flight instanceof Flight && answer.kind === "parts" ? flight.begin(answer) : answer
}

/** Whoever has read to the end waits no more. */
const untilEnd =
  <T>(next: () => Promise<IteratorResult<T>>, leave: () => void) =>
  async (): Promise<IteratorResult<T>> => {
    try {
      const result = await next()
      if (result.done) leave()
      return result
    } catch (thrown) {
      leave()
      throw thrown
    }
  }

/** A client that leaves waits no more. */
async function unlessGone(exchange: Exchange, begun: Promise<Outcome>, leave: () => void): Promise<Outcome> {
  const { signal } = exchange.inbound
  let onGone: () => void = () => {}
  const gone = new Promise<never>((_, reject) => {
    onGone = () => reject(clientClosed())
    if (signal.aborted) onGone()
    else signal.addEventListener("abort", onGone, { once: true })
  })
  try {
    return await Promise.race([begun, gone])
  } catch (thrown) {
    leave()
    throw thrown
  } finally {
    signal.removeEventListener("abort", onGone)
  }
}
