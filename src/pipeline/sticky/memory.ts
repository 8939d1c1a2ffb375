import { putBounded } from "../../contract/bounded.ts"

/** What the requests of one conversation have in common. */
export interface Conversation {
  /** Of its key, its model and what names it: requests with the same one should stay at one upstream. */
  readonly hash: string
  /** The client said so; otherwise it is known by how it begins. */
  readonly isNamed: boolean
}

/**
 * At which offer each conversation is. One small interface, because several gateways of an organisation should agree on it; nothing here
 * is lost money when it is lost. Times are milliseconds UTC and come from the caller.
 */
export interface StickyMemory {
  /** The offer's key; undefined: none, or too long ago. */
  find(conversation: string, now: number): string | undefined
  /** From now on it is at this offer, until then. */
  keep(conversation: string, offer: string, until: number): void
  /** It is no longer at this offer, if it was. */
  release(conversation: string, offer: string): void
}

interface Place {
  readonly offer: string
  readonly until: number
}

/** Conversations of ten minutes of a busy organisation; some 150 bytes each. */
const remembered = 50_000

/** In this process's memory; the conversation that was silent longest is forgotten first. */
export class StickyMap implements StickyMemory {
  readonly #places = new Map<string, Place>()
  readonly #most: number

  constructor(most = remembered) {
    this.#most = most
  }

  get size(): number {
    return this.#places.size
  }

  find(conversation: string, now: number): string | undefined {
    const place = this.#places.get(conversation)
    if (!place || place.until > now) return place?.offer
    this.#places.delete(conversation)
    return undefined
  }

  keep(conversation: string, offer: string, until: number): void {
    putBounded(this.#places, this.#most, conversation, { offer, until })
  }

  release(conversation: string, offer: string): void {
    if (this.#places.get(conversation)?.offer === offer) this.#places.delete(conversation)
  }
}
