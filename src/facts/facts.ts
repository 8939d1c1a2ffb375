import { mergeFacts, type Told } from "../contract/merge-facts.ts"
import type { KnownModels, KnownName, ModelFacts } from "../contract/offer.ts"
import { isKnownAuthor } from "./naming/authors.ts"
import { canonicalName, factsOfName, readName } from "./naming.ts"
import type { FactSource } from "./source.ts"

export interface FactsOptions {
  /** Loads what is built in; called once, when somebody first needs it. A throw means that there is none. */
  readonly load: () => Promise<readonly FactSource[]>
  readonly onLoadFailure?: (error: unknown) => void
  /** Milliseconds UTC. */
  readonly now: () => number
}

/** The source whose facts about a provider come from that very provider; it goes before all others. */
export const providerList = "provider-list"

/**
 * What is publicly known of models, from every source: field by field, the provider's own list first, then the newest evidence. Merging
 * is done when somebody asks for a name, so that thousands of models cost nothing until then.
 */
export class Facts implements KnownModels {
  readonly #options: FactsOptions
  readonly #builtIn: FactSource[] = []
  readonly #replaced = new Map<string, FactSource>()
  readonly #listeners = new Set<() => unknown>()
  #ordered: readonly FactSource[] = []
  #loading: Promise<void> | undefined
  #isThere = false
  #loaded = false

  constructor(options: FactsOptions) {
    this.#options = options
  }

  /** Whether what is built in is there. */
  get isThere(): boolean {
    return this.#isThere
  }

  /** Whether what is built in is there, and all who listen have taken it in. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** The sources, best first. */
  get sources(): readonly FactSource[] {
    return this.#ordered
  }

  /** Puts a source in the place of the one of its name, and tells the listeners; done when they have taken it in. */
  replace(source: FactSource): Promise<void> {
    this.#replaced.set(source.name, source)
    this.#order()
    return this.#tell()
  }

  /** Calls `listener` after every change; the result ends it. A promise of it must not reject. */
  onChange(listener: () => unknown): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Loads what is built in, once; the listeners have been told when it is there. Never throws. */
  load(): Promise<void> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  async #load(): Promise<void> {
    try {
      this.#builtIn.push(...(await this.#options.load()))
    } catch (error) {
      this.#options.onLoadFailure?.(error)
    }
    this.#isThere = true
    this.#order()
    await this.#tell()
    this.#loaded = true
  }

  of(vendor: string, upstream: string, provider?: string): ModelFacts | undefined {
    const told: Told[] = []
    for (const source of this.#ordered) {
      const facts = source.of(vendor, upstream, provider)
      if (facts) told.push(toldBy(source, facts))
    }
    const merged = mergeFacts(told)
    return merged && this.#named(vendor, merged, provider)
  }

  list(vendor: string, provider?: string): readonly ModelFacts[] {
    return this.#upstreams(vendor, provider).map((upstream) => this.of(vendor, upstream, provider)!)
  }

  names(vendor: string, provider?: string): readonly KnownName[] {
    return this.#upstreams(vendor, provider).map((upstream) => {
      const canonical = this.#canonicalAt(vendor, upstream, provider)
      return canonical === undefined ? { upstream } : { upstream, canonical }
    })
  }

  canonical(name: string): string | undefined {
    return canonicalName(name)
  }

  /** What a name tells gives way to what somebody says, except for whose weights they are: there the spelling is what counts. */
  #named(vendor: string, { canonical: _told, ...facts }: ModelFacts, provider: string | undefined): ModelFacts {
    const { canonical: _spelled, ...told } = factsOfName(vendor, facts.upstream)
    const canonical = this.#canonicalAt(vendor, facts.upstream, provider)
    const named = canonical === undefined ? told : { ...told, canonical }
    const { canonical: _canonical, ...sources } = facts.sources ?? {}
    return { ...named, ...facts, sources: { ...sourcesOf(named), ...sources } }
  }

  #canonicalAt(vendor: string, upstream: string, provider: string | undefined): string | undefined {
    for (const source of this.#ordered) {
      const told = source.canonical?.(vendor, upstream, provider)
      if (told !== undefined) return told
    }
    const { canonical } = readName(vendor, upstream)
    return canonical === undefined || this.#isVouchedFor(canonical, vendor, upstream) ? canonical : undefined
  }

  /**
   * A server may call its models as it likes. That one of them is what somebody else serves under the same name, a name of the file for
   * example, it can only say of authors whom others know, or where another source knows the model; otherwise its list would draw requests
   * to itself that are meant for others.
   */
  #isVouchedFor(canonical: string, vendor: string, upstream: string): boolean {
    return (
      isKnownAuthor(canonical.slice(0, canonical.indexOf("/"))) ||
      this.#ordered.some((source) => source.name !== providerList && source.of(vendor, upstream) !== undefined)
    )
  }

  #upstreams(vendor: string, provider: string | undefined): readonly string[] {
    const whole = provider === undefined ? undefined : this.#whole(vendor, provider)
    const names = new Set<string>()
    for (const source of this.#ordered) {
      const own = source.names?.(vendor, provider) ?? source.list(vendor, provider).map(({ upstream }) => upstream)
      for (const upstream of own) if (whole?.has(upstream) !== false) names.add(upstream)
    }
    // What its own provider lists is there, whatever was said of it once.
    if (whole) return [...names]
    const today = new Date(this.#options.now()).toISOString().slice(0, 10)
    return [...names].filter((upstream) => !this.#ordered.some((one) => one.isGone?.(vendor, upstream, today)))
  }

  #whole(vendor: string, provider: string): { has(upstream: string): boolean } | undefined {
    for (const source of this.#ordered) {
      const whole = source.whole?.(vendor, provider)
      if (whole) return whole
    }
    return undefined
  }

  #order(): void {
    this.#ordered = [...this.#builtIn.filter(({ name }) => !this.#replaced.has(name)), ...this.#replaced.values()].sort(
      bestFirst,
    )
  }

  async #tell(): Promise<void> {
    await Promise.all(Array.from(this.#listeners, (listener) => listener()))
  }
}

const toldBy = ({ name, asOf }: FactSource, facts: ModelFacts): Told => ({ source: name, facts, asOf })

const sourcesOf = (told: Partial<ModelFacts>): Record<string, string> =>
  Object.fromEntries(Object.keys(told).map((field) => [field, "name"]))

const bestFirst = (left: FactSource, right: FactSource): number =>
  Number(right.name === providerList) - Number(left.name === providerList) || right.asOf - left.asOf
