import type { ModelFacts } from "../../contract/offer.ts"
import { providerList } from "../facts.ts"
import type { FactSource } from "../source.ts"
import type { FactTable } from "./fact-table.ts"
import { listedAs } from "./models-dev-vendors.ts"

export const modelsDev = "models.dev"

export interface ModelsDevParts {
  readonly asOf: number
  /** By kind of provider; only those that are wanted. */
  readonly tables: ReadonlyMap<string, FactTable>
  /** Kinds that the document knows and that are not in memory. */
  readonly others: ReadonlySet<string>
  /** One of them is asked for. */
  readonly onMissing: (vendor: string) => void
}

/** The document of models.dev, as far as it is in memory. */
export class ModelsDevSource implements FactSource {
  readonly name = modelsDev
  readonly asOf: number
  readonly #parts: ModelsDevParts

  constructor(parts: ModelsDevParts) {
    this.asOf = parts.asOf
    this.#parts = parts
  }

  of(vendor: string, upstream: string): ModelFacts | undefined {
    return this.#table(vendor)?.byName.get(upstream)
  }

  list(vendor: string): readonly ModelFacts[] {
    return [...(this.#table(vendor)?.byName.values() ?? [])]
  }

  #table(vendor: string): FactTable | undefined {
    const name = listedAs(vendor)
    const table = this.#parts.tables.get(name)
    if (table === undefined && this.#parts.others.has(name)) this.#parts.onMissing(name)
    return table
  }
}

export interface OwnList {
  /** Kind of provider. */
  readonly vendor: string
  readonly table: FactTable
  /** What is not in it is not there. */
  readonly complete: boolean
}

/** The upstreams' own lists, by the id of the configured provider. */
export class ProviderListSource implements FactSource {
  readonly name = providerList
  readonly asOf: number
  readonly #lists: ReadonlyMap<string, OwnList>

  constructor(asOf: number, lists: ReadonlyMap<string, OwnList>) {
    this.asOf = asOf
    this.#lists = lists
  }

  of(vendor: string, upstream: string, provider?: string): ModelFacts | undefined {
    return this.#of(vendor, provider)?.table.byName.get(upstream)
  }

  list(vendor: string, provider?: string): readonly ModelFacts[] {
    return [...(this.#of(vendor, provider)?.table.byName.values() ?? [])]
  }

  whole(vendor: string, provider: string): ReadonlyMap<string, unknown> | undefined {
    const own = this.#of(vendor, provider)
    return own?.complete ? own.table.byName : undefined
  }

  #of(vendor: string, provider: string | undefined): OwnList | undefined {
    const own = provider === undefined ? undefined : this.#lists.get(provider)
    return own?.vendor === vendor ? own : undefined
  }
}
