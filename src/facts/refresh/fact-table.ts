import type { ModelFacts } from "../../contract/offer.ts"

/** A list of facts that stays a text until somebody asks for it. */
export class FactTable {
  #text: string | undefined
  #byName: Map<string, ModelFacts> | undefined

  /** `ModelFacts[]` as JSON, as `packContent` made it. */
  constructor(text: string) {
    this.#text = text
  }

  get byName(): ReadonlyMap<string, ModelFacts> {
    this.#byName ??= new Map(
      (JSON.parse(this.#text ?? "[]") as readonly ModelFacts[]).map((facts) => [facts.upstream, facts]),
    )
    this.#text = undefined
    return this.#byName
  }
}
