import type { BroughtKey } from "../../accounts/standing/types.ts"
import type { Visit } from "../../catalog/health/visit.ts"
import type { AttemptRecord } from "../../contract/index.ts"
import type { LiveOffer } from "../services.ts"

/** An answer that broke off, for the attempt that goes on with it. */
export interface Continuation {
  /** What the client has of it, without the spaces at its end. */
  readonly text: string
  /** Output tokens that it took. */
  readonly spentTokens: number
  /** The upstream has refused a begun answer already. */
  readonly inWords?: boolean
}

/** What an attempt begins with: a place at its upstream, and one of its credentials. Whoever has it ends `visit`. */
export interface Start {
  /** With the credential that was chosen. */
  readonly offer: LiveOffer
  readonly visit: Pick<Visit, "answered" | "spoke" | "ended">
  /** The number by which health knows the credential. */
  readonly slot: number
  /** Of the operator's credentials its place, from 1, where there are several. */
  readonly credential: number | undefined
  /** The credential, where somebody brought it. */
  readonly brought?: BroughtKey
  /** How long it waited for its place; absent: not at all. */
  readonly queuedMs: number | undefined
  /** Why there is this attempt beside the first. */
  readonly role?: AttemptRecord["role"]
  readonly continues?: Continuation
}
