import { organisationOf } from "../accounts/directory/organisation.ts"
import type { Config } from "../config/config.ts"
import type { HttpServices } from "./services.ts"

export interface Credits {
  readonly mode: Config["organisation"]["credits"]
  readonly paidInNano: number
  /** Since ever, with the operator's own credentials. */
  readonly spentNano: number
}

/** What was paid in for all, and what all have spent. */
export function creditsOf({ directory, budgets, pipeline }: HttpServices): Credits {
  const { config } = pipeline.snapshot()
  return {
    mode: config.organisation.credits,
    paidInNano: organisationOf(directory, config).body.creditsNano ?? 0,
    spentNano: budgets.snapshotOf("organisation", pipeline.now()).usage.total,
  }
}
