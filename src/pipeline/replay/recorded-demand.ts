import type { AbilityName, ApiName, RouteDemand } from "../../contract/index.ts"
import type { Demand } from "../plan/demand/demand.ts"
import type { Need } from "../plan/demand/needs.ts"

/** What is no conversation is called alike as an API and as an ability. */
const abilities: ReadonlySet<string> = new Set<AbilityName & ApiName>([
  "embeddings",
  "rerank",
  "images",
  "speech",
  "transcription",
])

/** Undefined: a conversation. */
export const abilityOf = (api: ApiName): AbilityName | undefined =>
  abilities.has(api) ? (api as AbilityName) : undefined

/** What a request demanded, as it was written down. */
export class RecordedDemand implements Demand {
  readonly ability: AbilityName | undefined
  readonly parameters: readonly string[]
  readonly maxOutputTokens: number | undefined
  readonly #needs: ReadonlySet<string>
  readonly #inputTokens: number

  constructor(api: ApiName, { needs, parameters = [], inputTokens, maxOutputTokens }: RouteDemand) {
    this.ability = abilityOf(api)
    this.parameters = parameters
    this.maxOutputTokens = maxOutputTokens
    this.#needs = new Set(needs)
    this.#inputTokens = inputTokens
  }

  has(need: Need): boolean {
    return this.#needs.has(need)
  }

  isCertain(need: Need): boolean {
    return this.#needs.has(need)
  }

  /** As the upstream that was planned first counts: of the others it is not known any more. */
  inputTokens(): number {
    return this.#inputTokens
  }
}
