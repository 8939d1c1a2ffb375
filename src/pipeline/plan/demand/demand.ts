import type { AbilityName } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import type { Need } from "./needs.ts"

/** What a request demands of an offer. Each part is found out when it is first asked for: most requests need none of it. */
export interface Demand {
  /** Absent: a conversation. */
  readonly ability: AbilityName | undefined
  /** Request parameters that it sends, in OpenRouter's words. */
  readonly parameters: readonly string[]
  has(need: Need): boolean
  /** The same, looked at closely; for a refusal. */
  isCertain(need: Need): boolean
  /** Estimated, as this offer counts. */
  inputTokens(offer: Pick<LiveOffer, "key">): number
  /** The output limit that it asks for. */
  readonly maxOutputTokens: number | undefined
}
