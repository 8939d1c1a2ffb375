import type { BroughtKey } from "../../accounts/standing/types.ts"
import { offerWith, withEachCredential } from "../../catalog/credentials.ts"
import { fittingFor, keepingNothing } from "../credentials/fitting.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"
import { conversationOf } from "../sticky/conversation.ts"

/** One of the credentials that an offer may be tried with. */
export interface Credential {
  /** The number by which health knows it: of the operator's their places. */
  readonly slot: number
  /** Absent: the operator's. */
  readonly brought?: BroughtKey
}

/** Whether a failure of one credential may be another's success. */
export const hasSeveral = ({ standing, paysBrought }: Exchange, { live, provider }: LiveOffer): boolean =>
  paysBrought || live.byCredential !== undefined || standing.brought?.providers.has(provider) === true

/**
 * The credentials of an offer in the order in which they are tried: brought ones, the operator's, and those that were brought as a reserve.
 * `turn`: where the operator's begin, where nothing tells of a conversation.
 */
export function credentialsFor(exchange: Exchange, offer: LiveOffer, turn: () => number): readonly Credential[] {
  const { services, snapshot, standing } = exchange
  const fitting = fittingFor(snapshot, standing, offer)
  const { own, brought } = exchange.plan?.zdr ? keepingNothing(fitting, offer) : fitting
  const credentialOf = (key: BroughtKey): Credential => ({ slot: services.brought.slotOf(key), brought: key })
  const count = withEachCredential(offer).length
  const places =
    own && !exchange.paysBrought ? (count === 1 ? [0] : (byAffinity(exchange, count) ?? inTurn(turn(), count))) : []
  return [
    ...brought.filter(({ isFallback }) => !isFallback).map(credentialOf),
    ...places.map((slot): Credential => ({ slot })),
    ...brought.filter(({ isFallback }) => isFallback).map(credentialOf),
  ]
}

/** All slots of an offer that brought credentials count for; undefined where it is the operator's alone, which health knows. */
export const broughtSlots = (exchange: Exchange, offer: LiveOffer): readonly number[] | undefined =>
  exchange.standing.brought?.providers.has(offer.provider)
    ? credentialsFor(exchange, offer, () => 0).map(({ slot }) => slot)
    : undefined

/** The offer with one of them; a promise where a brought one is used for the first time. */
export function offerBy(
  { services }: Exchange,
  offer: LiveOffer,
  { slot, brought }: Credential,
): LiveOffer | Promise<LiveOffer> {
  if (!brought) return withEachCredential(offer)[slot] ?? offer
  const live = services.brought.with(offer.live, brought)
  return live instanceof Promise ? live.then((ready) => offerWith(offer, ready)) : offerWith(offer, live)
}

/** The credentials from one on, round and round. */
export const inTurn = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, each) => (first + each) % count)

/**
 * The credentials in an order of the conversation's own, so that it stays with one account, which is where its prompt cache is, and comes
 * back to it after a failure. Undefined: nothing tells of a conversation.
 */
export function byAffinity(exchange: Exchange, count: number): readonly number[] | undefined {
  const conversation = conversationOf(exchange)
  if (conversation === undefined) return undefined
  const rank = (each: number) => Bun.hash(`${conversation.hash} ${each}`)
  return inTurn(0, count)
    .map((each) => ({ each, rank: rank(each) }))
    .sort((left, right) => (left.rank < right.rank ? -1 : 1))
    .map(({ each }) => each)
}
