import type { Right } from "../../accounts/rights/rights.ts"

/**
 * What a route asks of whoever calls it. `public`: nothing. `inference`: a key that may call models. `key`: any key that works.
 * `signed`: something else than a key, which the route itself checks (a code, a secret address). Otherwise a right of a management key.
 */
export type Needs = "public" | "inference" | "key" | "signed" | Right

/** Every route of the application with what it asks for; a test compares it with the routes that there are. Method and path as the router has them. */
export const routeRights = {
  "GET /api/v1/key": "key",
  "GET /v1/auth/check": "key",
  "GET /admin/keys": "keys:read",
  "POST /admin/keys": "keys:write",
  "PATCH /admin/keys/:id": "keys:write",
  "DELETE /admin/keys/:id": "keys:write",
} as const satisfies Readonly<Record<string, Needs>>

export type RouteName = keyof typeof routeRights

/** Those that a management key is needed for. */
export type ManagedRoute = {
  readonly [Name in RouteName]: (typeof routeRights)[Name] extends Right ? Name : never
}[RouteName]
