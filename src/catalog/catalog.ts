import type { Policy } from "../config/config.ts"
import { GatewayError } from "../contract/index.ts"
import { nearestNames } from "./names.ts"
import { type LiveOffer, makeOffer } from "./offers.ts"
import type { LiveProvider } from "./provider.ts"

/** Models to try, in order, and how often each may be tried again. */
export interface Route {
  readonly model: string
  readonly offers: readonly LiveOffer[]
  readonly retries: number | undefined
}

export interface CatalogParts {
  readonly providers: readonly LiveProvider[]
  /** Explicit offers, in configured order. */
  readonly offers: readonly LiveOffer[]
  readonly aliases: Readonly<Record<string, string>>
  readonly policies: Readonly<Record<string, Policy>>
}

/** An alias chain longer than this is a loop; the configuration check refuses those, aliases of plugins are not checked. */
const longestAliasChain = 8
/** How many offers made for open providers are remembered. */
const rememberedOffers = 2000

/** Frozen: which names lead to which offers. One per configuration and roster. */
export class Catalog {
  readonly providers: ReadonlyMap<string, LiveProvider>
  readonly offers: readonly LiveOffer[]
  readonly #parts: CatalogParts
  readonly #byModel = new Map<string, LiveOffer[]>()
  readonly #byShortName = new Map<string, LiveOffer[]>()
  readonly #resolved = new Map<string, readonly LiveOffer[]>()
  readonly #order = new Map<string, number>()

  constructor(parts: CatalogParts) {
    this.#parts = parts
    this.providers = new Map(parts.providers.map((live) => [live.id, live]))
    this.offers = parts.offers
    parts.providers.forEach((live, index) => {
      this.#order.set(live.id, index)
    })
    for (const offer of parts.offers) {
      push(this.#byModel, offer.model, offer)
      push(this.#byShortName, offer.model.slice(offer.model.indexOf("/") + 1), offer)
      if (offer.upstream !== offer.model) push(this.#byShortName, offer.upstream, offer)
    }
  }

  /** Every name that clients may use: models, aliases, policies. */
  *names(): Iterable<string> {
    yield* this.#byModel.keys()
    yield* Object.keys(this.#parts.aliases)
    yield* Object.keys(this.#parts.policies)
  }

  get aliases(): Readonly<Record<string, string>> {
    return this.#parts.aliases
  }

  get policies(): CatalogParts["policies"] {
    return this.#parts.policies
  }

  /** The routes behind a public name. Throws `model_not_found` with the nearest names. */
  resolve(name: string): readonly Route[] {
    const policy = own(this.#parts.policies, name)
    if (policy) {
      return policy.steps.map((step) => ({ ...this.#route(step.model), retries: step.retries }))
    }
    return [this.#route(name)]
  }

  #route(name: string): Route {
    const model = this.#unalias(name)
    const offers = this.find(model)
    if (offers.length > 0) return { model: offers[0]!.model, offers, retries: undefined }
    const near = nearestNames(name, this.names())
    const hint =
      near.length > 0
        ? ` Did you mean ${near.map((other) => `"${other}"`).join(" or ")}?`
        : " The list of models says what there is."
    throw new GatewayError("model_not_found", `No provider offers the model "${name}".${hint}`, { param: "model" })
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

  /** Offers of a model name in configured order; empty when there is none. */
  find(name: string): readonly LiveOffer[] {
    const known = this.#resolved.get(name)
    if (known) return known
    const found = this.#search(name)
    if (found.length > 0) {
      if (this.#resolved.size >= rememberedOffers) this.#resolved.clear()
      this.#resolved.set(name, found)
    }
    return found
  }

  #search(name: string): readonly LiveOffer[] {
    const exact = [...(this.#byModel.get(name) ?? [])]
    const slash = name.indexOf("/")
    const head = slash > 0 ? this.providers.get(name.slice(0, slash)) : undefined
    const rest = name.slice(slash + 1)
    if (head && rest !== "" && !exact.some((offer) => offer.provider === head.id)) {
      const own = this.offers.filter(
        (offer) => offer.provider === head.id && (offer.model === rest || offer.upstream === rest),
      )
      if (own.length > 0) exact.push(...own)
      else if (head.open) exact.push(makeOffer(head, { model: name, upstream: rest }))
    }
    if (exact.length > 0) return exact.sort((left, right) => this.#rank(left) - this.#rank(right))
    return slash === -1 ? (this.#byShortName.get(name) ?? this.#bare(name)) : (this.#byShortName.get(name) ?? [])
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
    const serving = this.#parts.providers.filter(({ open, definition }) => open && definition === family)
    return serving.map((live) => makeOffer(live, { model: `${live.id}/${name}`, upstream: name }))
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
