import type { ModelFacts } from "../contract/offer.ts"
import { isReached } from "./naming/kinds.ts"
import type { FactSource } from "./source.ts"

/** A list of prices as far as it knows more than prices. */
export interface PriceNames {
  /** Milliseconds UTC of its evidence. */
  readonly asOf: number
  models(vendor: string): readonly (Omit<ModelFacts, "upstream"> & { readonly id: string })[]
}

/**
 * What the list prices know of models beside their prices, which depend on date and hour and are looked up when a request is billed
 * (`ledger/prices.ts`). Their ids are names of rules that may fit several names; what the rules are named after is a model of that name.
 */
export class PriceNamesSource implements FactSource {
  readonly name = "genai-prices"
  readonly asOf: number
  readonly #list: PriceNames
  readonly #tables = new Map<string, ReadonlyMap<string, ModelFacts>>()

  constructor(list: PriceNames) {
    this.asOf = list.asOf
    this.#list = list
  }

  of(vendor: string, upstream: string): ModelFacts | undefined {
    return this.#table(vendor).get(upstream)
  }

  list(vendor: string): readonly ModelFacts[] {
    return [...this.#table(vendor).values()]
  }

  names(vendor: string): Iterable<string> {
    return this.#table(vendor).keys()
  }

  #table(vendor: string): ReadonlyMap<string, ModelFacts> {
    let table = this.#tables.get(vendor)
    if (table === undefined) {
      table = new Map(
        this.#list
          .models(vendor)
          .filter(({ id }) => isServed(vendor, id) && isReached(id))
          .map(({ id, ...facts }) => [id, { upstream: id, ...facts }]),
      )
      this.#tables.set(vendor, table)
    }
    return table
  }
}

/** What routers and clouds write before or behind a name; elsewhere it is part of a rule and of no name. */
const marked: ReadonlySet<string> = new Set([
  "amazon-bedrock",
  "bedrock",
  "openrouter",
  "together",
  "novita",
  "huggingface",
])

/** Ids that are rules and no names (fine-tuned ones, variants), and names that another vendor has. */
function isServed(vendor: string, id: string): boolean {
  if (/\.ft-|-$/.test(id) || (id.includes(":") && !marked.has(vendor))) return false
  // Google's list has what is at Vertex AI in it as well; Gemini's own API has no Claude, and writes the size last.
  if (vendor === "google") return !/^(?:claude-|gemini-(?:flash|pro)(?:-|$)|gemma-3n?$)/.test(id)
  // Claude's ids there end in a date and a version, or in neither.
  if (vendor === "amazon-bedrock") return !/anthropic\.claude-[a-z0-9-]*(?<!-\d{8})-v1:0$/.test(id)
  return vendor !== "openrouter" || id.includes("/")
}
