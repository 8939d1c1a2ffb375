import type { Policy } from "../config/config.ts"
import { GatewayError, type KnownModels } from "../contract/index.ts"
import { Groups } from "./groups.ts"
import { nothingKnown } from "./known.ts"
import type { LiveOffer } from "./offers.ts"
import type { LiveProvider } from "./provider.ts"
import { atOnce, type Steps } from "./steps.ts"

export interface CatalogParts {
  readonly providers: readonly LiveProvider[]
  /** Explicit offers, in configured order. */
  readonly offers: readonly LiveOffer[]
  readonly aliases: Readonly<Record<string, string>>
  readonly policies: Readonly<Record<string, Policy>>
  /** What is publicly known; open providers offer what it lists for their kind. */
  readonly known?: KnownModels
}

/** An alias chain longer than this is a loop; the configuration check refuses those, aliases of plugins are not checked. */
const longestAliasChain = 8
/** Names are remembered with what they lead to, until so many offers are. */
const rememberedOffers = 10_000

/** Frozen: which names lead to which offers. One per configuration and roster. */
export class Catalog {
  readonly providers: ReadonlyMap<string, LiveProvider>
  readonly offers: readonly LiveOffer[]
  readonly #parts: CatalogParts
  readonly #byShortName: Map<string, LiveOffer[]>
  readonly #resolved = new Map<string, readonly LiveOffer[]>()
  readonly #order: Map<string, number>
  readonly #known: KnownModels
  #groups: Groups | undefined
  #remembered = 0

  /** `like`: one of the same providers and offers, whose tables hold for this one as well. */
  constructor(parts: CatalogParts, like?: Catalog) {
    this.#parts = parts
    this.#known = parts.known ?? nothingKnown
    this.providers = new Map(parts.providers.map((live) => [live.id, live]))
    this.offers = parts.offers
    this.#order = like ? like.#order : new Map()
    this.#byShortName = like ? like.#byShortName : new Map()
    this.#groups = like ? like.#groups : undefined
    if (like) return
    parts.providers.forEach((live, index) => {
      this.#order.set(live.id, index)
    })
    for (const offer of parts.offers) {
      push(this.#byShortName, offer.model.slice(offer.model.indexOf("/") + 1), offer)
      if (offer.upstream !== offer.model) push(this.#byShortName, offer.upstream, offer)
    }
  }

  /** The same providers and offers under other names. */
  with(names: Pick<CatalogParts, "aliases" | "policies">): Catalog {
    return new Catalog({ ...this.#parts, ...names }, this)
  }

  /** Made when the first name is looked up: what nobody asks for costs nothing. */
  get #grouped(): Groups {
    this.#groups ??= atOnce(this.#makeGroups())
    return this.#groups
  }

  #makeGroups(): Steps<Groups> {
    return Groups.make(this.providers.values(), this.offers, this.#known)
  }

  /** Does what the first look-up would have to do. */
  *prepare(): Steps<void> {
    this.#groups ??= yield* this.#makeGroups()
  }

  /** Every public model with its offers, in configured order; makes all of them, so for lists only. */
  groups(): Iterable<readonly [string, readonly LiveOffer[]]> {
    return this.#grouped.all()
  }

  /** `author/slug` of a model's name in any spelling, as far as known. */
  canonical(name: string): string | undefined {
    return this.#known.canonical(name)
  }

  /** Names of models alone, without making what is offered under them. */
  modelNames(): Iterable<string> {
    return this.#grouped.names()
  }

  /** Every name that clients may use: models, aliases, policies. */
  *names(): Iterable<string> {
    yield* this.modelNames()
    yield* Object.keys(this.#parts.aliases)
    yield* Object.keys(this.#parts.policies)
  }

  get aliases(): Readonly<Record<string, string>> {
    return this.#parts.aliases
  }

  get policies(): CatalogParts["policies"] {
    return this.#parts.policies
  }

  #unalias(name: string): string {
    let current = name
    for (let step = 0; step < longestAliasChain; step++) {
      const next = own(this.#parts.aliases, current)
      if (next === undefined) return current
      current = next
    }
    throw new GatewayError("model_not_found", `The alias "${name}" leads in a circle.`, { param: "model" })
  }

  /**
   * Offers of a name in configured order; empty when there is none. The name is a public one, a canonical one in any spelling, or
   * `provider/upstream`.
   */
  find(name: string): readonly LiveOffer[] {
    const known = this.#resolved.get(name)
    if (known) return known
    const found = this.#search(name)
    if (found.length > 0) {
      if (this.#remembered >= rememberedOffers) {
        this.#resolved.clear()
        this.#remembered = 0
      }
      this.#resolved.set(name, found)
      this.#remembered += found.length
    }
    return found
  }

  #search(name: string): readonly LiveOffer[] {
    const found = this.#grouped.find(name)
    const own = this.#atProvider(name, found)
    // A name that a provider would merely let pass is better one that somebody is known by.
    const meant = found.length === 0 && own.every(({ sources }) => sources === undefined) ? this.#called(name) : found
    const all = meant === found ? [...found, ...own] : meant.length > 0 ? meant : own
    if (all.length > 0) return all.toSorted((left, right) => this.#rank(left) - this.#rank(right))
    const short = this.#byShortName.get(name)
    if (short) return short
    return name.includes("/") ? this.#otherwise(name) : this.#bare(name)
  }

  /** `provider/upstream`, where the provider is not among what the name leads to already. */
  #atProvider(name: string, found: readonly LiveOffer[]): readonly LiveOffer[] {
    const slash = name.indexOf("/")
    const head = slash > 0 ? this.providers.get(name.slice(0, slash)) : undefined
    const rest = name.slice(slash + 1)
    if (!head || rest === "" || found.some(({ provider }) => provider === head.id)) return []
    const own = this.offers.filter(
      (offer) => offer.provider === head.id && (offer.model === rest || offer.upstream === rest),
    )
    if (own.length > 0) return own
    const shelf = this.#grouped.shelf(head.id)
    return shelf ? [shelf.make(name, rest)] : []
  }

  /** A model by another name that its author has for it. */
  #called(name: string): readonly LiveOffer[] {
    const canonical = name.includes("/") ? this.#known.canonical(name) : undefined
    return canonical === undefined || canonical === name ? [] : this.#grouped.find(canonical)
  }

  /** A model by the name that an open provider's upstream has for it. */
  #otherwise(name: string): readonly LiveOffer[] {
    // What an upstream calls its models must not stand in for a policy or preset that is gone.
    if (/^(?:policy|@preset)\//.test(name)) return []
    return [...this.#grouped.shelves].filter((shelf) => shelf.has(name)).map((shelf) => shelf.make(name, name))
  }

  /**
   * Bare names of well-known families, as coding agents ask for them (`claude-opus-5-5`, `claude-haiku-4-5-20251001`): what goes by the
   * author's name in front, else the name without its date, else the open provider of that family, whatever it is called here.
   */
  #bare(name: string): readonly LiveOffer[] {
    const family = families.find(([pattern]) => pattern.test(name))?.[1]
    if (family === undefined) return []
    const named = this.#aliased(`${family}/${name}`)
    if (named.length > 0) return named
    const undated = name.replace(/-\d{8}$/, "")
    const short = undated === name ? undefined : this.#byShortName.get(undated)
    if (short) return short
    if (undated !== name) {
      const found = [...this.#aliased(undated), ...this.#aliased(`${family}/${undated}`)]
      if (found.length > 0) return found
    }
    return [...this.#grouped.shelves]
      .filter(({ live }) => live.definition === family)
      .map((shelf) => shelf.make(`${shelf.live.id}/${name}`, name))
  }

  #aliased(name: string): readonly LiveOffer[] {
    return own(this.#parts.aliases, name) === undefined ? [] : this.find(this.#unalias(name))
  }

  #rank(offer: LiveOffer): number {
    return this.#order.get(offer.provider) ?? Number.MAX_SAFE_INTEGER
  }
}

const families: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, "anthropic"],
  [/^(gpt-|o\d|chatgpt-)/, "openai"],
  [/^gemini-/, "google"],
]

/** Names come from clients: `constructor` is not the name of anything here. */
const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
