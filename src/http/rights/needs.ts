import type { Right } from "../../accounts/rights/rights.ts"

/**
 * What a route asks of whoever calls it. `public`: nothing. `inference`: a key that may call models. `key`: any key that works.
 * `listed`: nothing where lists of models are public, otherwise any key. `local`: nothing where only this machine can ask, otherwise
 * `system:read`. `signed`: something else than a key, which the route itself checks (a code, a secret address). Otherwise a right of a
 * management key.
 */
export type Needs = "public" | "inference" | "key" | "listed" | "local" | "signed" | Right
