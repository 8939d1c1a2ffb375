import type { Exchange } from "../exchange.ts"
import { conversationOf } from "../sticky/conversation.ts"

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
