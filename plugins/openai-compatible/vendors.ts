import { clouds } from "./rows/clouds.ts"
import { firstParty } from "./rows/first-party.ts"
import { gateways } from "./rows/gateways.ts"
import { local } from "./rows/local.ts"
import { sovereign } from "./rows/sovereign.ts"
import { specialists } from "./rows/specialists.ts"
import type { Vendor } from "./vendor.ts"

/** One table out of several. A slug names one row: two of the same name would hide one another. */
export const joinVendors = (...tables: readonly (readonly Vendor[])[]): readonly Vendor[] => {
  const seen = new Set<string>()
  for (const { slug } of tables.flat()) {
    if (seen.has(slug)) throw new Error(`two vendors are called ${slug}`)
    seen.add(slug)
  }
  return tables.flat()
}

/** Every upstream that is known to speak chat completions, or one of OpenAI's other routes. */
export const vendors = joinVendors(firstParty, clouds, sovereign, gateways, local, specialists)
