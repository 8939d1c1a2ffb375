import type { Keys } from "../accounts/key-types.ts"
import type { Principal } from "../accounts/principal.ts"
import { GatewayError } from "../contract/index.ts"

/** Names under which people put keys into URLs; every proxy on the way would log them. */
const keyParameters = ["key", "api_key", "api-key", "apikey", "access_token", "token"]

/**
 * The token of `Authorization: Bearer`, of `x-api-key` (Anthropic's; it counts where both are there, as at Anthropic) or of
 * `x-goog-api-key` (Google's).
 */
function tokenOf(request: Request): string | undefined {
  const direct = request.headers.get("x-api-key") ?? request.headers.get("x-goog-api-key")
  if (direct) return direct
  const header = request.headers.get("authorization")
  if (!header) return undefined
  const match = /^bearer\s+(\S+)\s*$/i.exec(header)
  return match?.[1]
}

/** Ids of keys, which filters of usage are given, are no secrets. */
const keyIds = /^[0-9a-f]{64}(?:,[0-9a-f]{64})*$/

/** Refuses a key in the query string, whatever else the request holds. */
export function refuseKeyInQuery(request: Request): void {
  const question = request.url.indexOf("?")
  if (question < 0) return
  const parameters = new URLSearchParams(request.url.slice(question + 1))
  const found = keyParameters.find((name) => parameters.getAll(name).some((value) => !keyIds.test(value)))
  if (found) {
    throw new GatewayError(
      "key_in_query",
      `The key is in the URL ("${found}="). Send it as "Authorization: Bearer KEY" and replace this one: it may be in logs by now.`,
    )
  }
}

/** Who is asking. Before any other work; one hash and one look-up. Throws the refusal. */
export function authenticate(keys: Keys, request: Request, kind: Principal["kind"] | "any"): Principal {
  refuseKeyInQuery(request)
  return authenticateToken(keys, tokenOf(request), kind)
}

/** The same for a key that came by another way than a header. */
export function authenticateToken(keys: Keys, token: string | undefined, kind: Principal["kind"] | "any"): Principal {
  const found = keys.authenticate(token, kind === "any" ? "inference" : kind)
  if (!GatewayError.is(found)) return found
  if (kind !== "any" || found.code !== "wrong_key_kind") throw found
  const manager = keys.authenticate(token, "management")
  if (GatewayError.is(manager)) throw manager
  return manager
}
