import { type KnownModels, modelKey } from "../contract/index.ts"
import type { LiveOffer } from "./offers.ts"
import type { LiveProvider } from "./provider.ts"
import { Shelf } from "./shelf.ts"
import type { Steps } from "./steps.ts"

/** A model at an open provider, before it is made. */
interface Slot {
  readonly shelf: Shelf
  readonly upstream: string
}

/** The same weights at every provider that has them. */
interface Group {
  /** Public names: those of the file in its words, otherwise the canonical one. The first is that of what is made here. */
  readonly names: string[]
  /** In configured order. */
  readonly entries: (LiveOffer | Slot)[]
  /** Some provider has it under this very name, and not only under one of its own. */
  isPublic: boolean
}

const isMade = (entry: LiveOffer | Slot): entry is LiveOffer => !("shelf" in entry)

/**
 * Which names lead to which offers. Offers that the file or a plugin names are there from the start; of what open providers are known to
 * have, only names are, until somebody asks for one.
 */
export class Groups {
  readonly #byKey = new Map<string, Group>()
  readonly #shelves = new Map<string, Shelf>()

  private constructor() {}

  /** Names of thousands of models at dozens of providers take a while to be put together. */
  static *make(providers: Iterable<LiveProvider>, explicit: readonly LiveOffer[], known: KnownModels): Steps<Groups> {
    const groups = new Groups()
    for (const { model } of explicit) groups.#name(model)
    const byProvider = Map.groupBy(explicit, ({ provider }) => provider)
    for (const live of providers) {
      yield
      for (const offer of byProvider.get(live.id) ?? []) {
        groups.#addOffer(offer)
        yield
      }
      if (live.open) yield* groups.#addShelf(new Shelf(live, known))
    }
    return groups
  }

  shelf(provider: string): Shelf | undefined {
    return this.#shelves.get(provider)
  }

  get shelves(): Iterable<Shelf> {
    return this.#shelves.values()
  }

  /** The offers behind a public or canonical name, in whatever spelling. */
  find(name: string): readonly LiveOffer[] {
    const group = this.#byKey.get(modelKey(name))
    return group ? this.#offers(group, name) : []
  }

  *names(): Iterable<string> {
    for (const { names, isPublic } of this.#byKey.values()) if (isPublic) yield* names
  }

  *all(): Iterable<readonly [string, readonly LiveOffer[]]> {
    for (const group of this.#byKey.values())
      if (group.isPublic) for (const name of group.names) yield [name, this.#offers(group, name)]
  }

  /** Two names of the file that differ by their spelling alone are two names, where one of them is asked for exactly. */
  #offers({ names, entries }: Group, asked: string): readonly LiveOffer[] {
    const offers = entries.map((entry) => (isMade(entry) ? entry : entry.shelf.offer(names[0]!, entry.upstream)))
    const isExact = entries.some((entry) => isMade(entry) && entry.model === asked)
    if (!isExact) return offers
    return offers.filter(({ model, canonical, live }) => live.open || model === asked || canonical !== undefined)
  }

  #addOffer(offer: LiveOffer): void {
    const { model, canonical = model } = offer
    this.#group(model, true).entries.push(offer)
    if (modelKey(canonical) !== modelKey(model)) this.#group(canonical, false).entries.push(offer)
  }

  *#addShelf(shelf: Shelf): Steps<void> {
    this.#shelves.set(shelf.live.id, shelf)
    const own = new Map<string, Slot>()
    for (const { upstream, canonical } of shelf.names()) {
      yield
      const name = canonical ?? `${shelf.live.id}/${upstream}`
      const key = modelKey(name)
      const region = shelf.regionOf(upstream)
      const place = region === "" ? key : `${key} ${region}`
      const other = own.get(place)
      // A vendor's several names of one model are one offer; the shortest is the one that is meant to be used.
      if (other !== undefined && other.upstream.length <= upstream.length) continue
      const slot = { shelf, upstream }
      own.set(place, slot)
      const { entries } = this.#group(name, true, key)
      if (other === undefined) entries.push(slot)
      else entries[entries.indexOf(other)] = slot
    }
  }

  /** A name of the file. */
  #name(model: string): void {
    const { names } = this.#group(model, true)
    if (!names.includes(model)) names.push(model)
  }

  #group(name: string, isPublic: boolean, key = modelKey(name)): Group {
    const known = this.#byKey.get(key)
    if (known) {
      known.isPublic ||= isPublic
      return known
    }
    const group: Group = { names: [name], entries: [], isPublic }
    this.#byKey.set(key, group)
    return group
  }
}
