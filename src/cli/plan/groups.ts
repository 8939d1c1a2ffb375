/** Names come from clients: more different ones than this are put together. */
const mostGroups = 10_000

/** Rows of a table that are made when something first belongs to them; bounded. */
export class Groups<T> {
  readonly #groups = new Map<string, T>()
  readonly #make: (parts: readonly string[]) => T

  constructor(make: (parts: readonly string[]) => T) {
    this.#make = make
  }

  get(...parts: readonly string[]): T {
    const key = parts.join("\n")
    const known = this.#groups.get(key)
    if (known) return known
    if (this.#groups.size >= mostGroups) {
      const others = parts.map(() => "(others)")
      return key === others.join("\n") ? this.#put(key, others) : this.get(...others)
    }
    return this.#put(key, parts)
  }

  /** Best first. */
  sorted(compare: (left: T, right: T) => number): readonly T[] {
    return [...this.#groups.values()].sort(compare)
  }

  #put(key: string, parts: readonly string[]): T {
    const made = this.#make(parts)
    this.#groups.set(key, made)
    return made
  }
}
