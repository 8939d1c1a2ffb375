import { standingOf } from "../../src/accounts/standing/standing.ts"
import type { Standings } from "../../src/accounts/standing/types.ts"
import { configOf } from "./config.ts"

const config = await configOf(undefined)

/** Of keys that belong to nobody, in an organisation without anything. */
export const plainStandings: Standings = {
  of: (principal) => standingOf(principal, { get: () => undefined, list: () => [] }, config),
  latest: (standing) => standing,
  changed: () => {},
}
