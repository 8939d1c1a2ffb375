import type { GatewayError } from "../../contract/index.ts"

/** What a request wants of memory. */
export interface Caching {
  /** Answers are looked up and stored. */
  readonly remembers: boolean
  /** What is stored is passed over, and replaced. */
  readonly refreshes: boolean
  readonly ttlMs: number
  /** An equal request under way may answer this one as well. */
  readonly coalesces: boolean
}

/** The answer that was given in place of a call. */
export interface Recalled {
  /** The cache that had it; `coalesced`: an equal request was under way. */
  readonly cache: string
  /** The generation that it was made by. */
  readonly sourceId: string
  readonly storedAt: number
  /** Absent for what is not kept. */
  readonly expiresAt?: number
  /** What the call would have cost; known at the end of the answer. */
  readonly savedNano: () => number
}

/** A call that other requests wait for as well, as the one that makes it sees it. */
export interface SharedCall {
  /** Somebody else waits for it: it goes on although its own client has left. */
  readonly isAwaited: boolean
  /** How many wait for it beside the one that makes it. */
  readonly waiting: number
  /** It comes to nothing; those who wait are told. Nothing once the answer has begun. */
  fail(error: GatewayError): void
}

/** Equal requests under way, by fingerprint. */
export type Flights = Map<string, SharedCall>
