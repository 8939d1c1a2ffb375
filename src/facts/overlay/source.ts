import type { ModelFacts } from "../../contract/offer.ts"
import type { FactSource } from "../source.ts"
import { Table } from "./table.ts"

/** Our own tables. */
export class OverlaySource implements FactSource {
  readonly name = "overlay"
  readonly asOf: number
  readonly #tables = new Map<string, Table>()

  /** `day`: of the evidence for what is in the texts, `YYYY-MM-DD`. */
  constructor(day: string, texts: readonly string[]) {
    this.asOf = Date.parse(day)
    for (const table of texts.map((text) => new Table(text)))
      for (const vendor of table.vendors) this.#tables.set(vendor, table)
  }

  /** Kinds of provider that there is a table of. */
  get vendors(): Iterable<string> {
    return this.#tables.keys()
  }

  of(vendor: string, upstream: string): ModelFacts | undefined {
    return this.#tables.get(vendor)?.rows.get(upstream)
  }

  list(vendor: string): readonly ModelFacts[] {
    return [...(this.#tables.get(vendor)?.rows.values() ?? [])]
  }

  names(vendor: string): Iterable<string> {
    return this.#tables.get(vendor)?.rows.keys() ?? []
  }

  canonical(vendor: string, upstream: string): string | undefined {
    return this.of(vendor, upstream)?.canonical
  }

  isGone(vendor: string, upstream: string, today: string): boolean {
    const { shutdown } = this.of(vendor, upstream) ?? {}
    return shutdown !== undefined && shutdown < today
  }
}
