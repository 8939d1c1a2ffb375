import type { Stretch } from "./accumulate.ts"
import type { UsageEntry } from "./entry.ts"
import type { UsageQuery, UsageValue } from "./usage-types.ts"

export interface UsageQuestion {
  readonly query: UsageQuery
  /** Sums that the database does not have yet. */
  readonly pending: readonly UsageEntry[]
}

/** As numbers, and the values of each group once. */
export interface UsageAnswer {
  readonly stretches: readonly Stretch[]
  /** By group; of groups without requests as well. */
  readonly values: readonly (readonly UsageValue[])[]
}
