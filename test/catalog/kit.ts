import { resolveConfig } from "../../src/config/resolve/resolve.ts"
import type { ConfigFile } from "../../src/config/schema.ts"
import type { KnownModels, ModelFacts, Provider, ProviderDefinition } from "../../src/contract/index.ts"

/** A configuration as if it had been read from a file. */
export const configOf = (file: Readonly<Record<string, unknown>>) =>
  resolveConfig(file as unknown as ConfigFile, { baseDir: "/", cwd: "/" })

/** Kinds of provider by their ids. */
export const definitionsOf = (providers: Readonly<Record<string, Provider>>) =>
  new Map(
    Object.entries(providers).map(([id, provider]) => {
      const definition: ProviderDefinition = { id, name: id, create: () => provider }
      return [id, { definition, standalone: false }]
    }),
  )

/** Facts by kind of provider, that count how often one is asked for. */
export class CountedFacts implements KnownModels {
  readonly #rows: Readonly<Record<string, readonly ModelFacts[]>>
  readonly #canonical: Readonly<Record<string, string>>
  asked = 0

  constructor(rows: Readonly<Record<string, readonly ModelFacts[]>>, canonical: Readonly<Record<string, string>> = {}) {
    this.#rows = rows
    this.#canonical = canonical
  }

  of(vendor: string, upstream: string): ModelFacts | undefined {
    this.asked++
    const facts = this.#rows[vendor]?.find((row) => row.upstream === upstream)
    return facts && { sources: { name: "overlay" }, ...facts }
  }

  list(vendor: string) {
    return this.#rows[vendor] ?? []
  }

  names(vendor: string) {
    return this.list(vendor)
  }

  canonical(name: string) {
    return this.#canonical[name]
  }
}
