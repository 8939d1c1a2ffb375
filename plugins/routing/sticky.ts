import type { Candidate, Strategy } from "signalbox/plugin"
import { isWell, partition } from "./lists.ts"
import { weighted } from "./weighted.ts"

/**
 * The same conversation at the same offer, without anybody remembering it: each offer's place comes from a hash of both names, so that
 * one that goes or fails moves its own conversations only. Requests by themselves are balanced.
 */
export const sticky: Strategy = {
  name: "sticky",
  order(candidates, call) {
    const { conversation } = call
    if (conversation === undefined) return weighted.order(candidates, call)
    const score = (candidate: Candidate) => scoreOf(conversation, candidate)
    const [well, unwell] = partition(candidates, isWell)
    return [well, unwell].flatMap((list) => list.toSorted((left, right) => score(right) - score(left)))
  },
}

/** Rendezvous hashing with weights: the share of conversations that an offer gets is its weight's. */
function scoreOf(conversation: string, { offer, weight }: Candidate): number {
  const place = (hash(`${conversation}\n${offer.provider}/${offer.upstream}`) + 0.5) / 2 ** 32
  return -weight / Math.log(place)
}

/** 32 bits: FNV-1a, then the mixing of MurmurHash3, because the last letters alone would hardly change the high bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value ^= text.charCodeAt(index)
    value = Math.imul(value, 0x01000193)
  }
  value ^= value >>> 16
  value = Math.imul(value, 0x85ebca6b)
  value ^= value >>> 13
  value = Math.imul(value, 0xc2b2ae35)
  value ^= value >>> 16
  return value >>> 0
}
