/** A conversation as it would have gone on: when it was where last, by the keys of offers. */
interface Conversation {
  readonly places: Map<string, number>
  /** It was wherever it was recorded, at each turn so far. */
  inStep: boolean
  hasLost: boolean
  last: number
}

export interface Turn {
  /** Hash of the conversation; undefined: nothing tells of one. */
  readonly conversation: string | undefined
  /** Where this turn was, and where it would have been: keys of offers. */
  readonly was: string | undefined
  readonly would: string
  readonly at: number
}

/** Which upstreams hold a conversation's prompt, if requests go elsewhere. Forgets conversations that were silent for too long. */
export class PromptCaches {
  readonly #conversations = new Map<string, Conversation>()
  readonly #windowMs: number

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  get size(): number {
    return this.#conversations.size
  }

  /** Whether what was read from a cache would have been in one. To be asked before `note`. */
  isWarm({ conversation, was, would, at }: Turn): boolean {
    const known = this.#find(conversation, at)
    if (!known) return would === was
    const seen = known.places.get(would)
    return (seen !== undefined && at - seen <= this.#windowMs) || (known.inStep && would === was)
  }

  note({ conversation, was, would, at }: Turn): void {
    if (conversation === undefined) return
    const known = this.#find(conversation, at) ?? { places: new Map(), inStep: true, hasLost: false, last: at }
    known.places.set(would, at)
    known.inStep &&= would === was
    known.last = Math.max(known.last, at)
    // The order of the map is that of the latest use, so that those to forget are in front.
    this.#conversations.delete(conversation)
    this.#conversations.set(conversation, known)
    for (const [name, { last }] of this.#conversations) {
      if (at - last <= this.#windowMs) break
      this.#conversations.delete(name)
    }
  }

  /** True the first time that it is said of a conversation. */
  lose(conversation: string | undefined): boolean {
    const known = conversation === undefined ? undefined : this.#conversations.get(conversation)
    if (!known) return true
    const isFirst = !known.hasLost
    known.hasLost = true
    return isFirst
  }

  #find(conversation: string | undefined, at: number): Conversation | undefined {
    const known = conversation === undefined ? undefined : this.#conversations.get(conversation)
    return known && at - known.last <= this.#windowMs ? known : undefined
  }
}
