import type { KeyRouting } from "../config/config.ts"
import { GatewayError } from "../contract/errors.ts"
import type { RateLimits } from "./limits/types.ts"
import type { KeyDetails, LimitReset, Principal } from "./principal.ts"
import { hashToken, type KeyKind, maskToken } from "./tokens.ts"

/** A key that the configuration file declares. Its token is hashed at once and not kept. */
export interface DeclaredKey {
  readonly name: string
  readonly key: string
  readonly limitNano?: number
  readonly limitReset?: LimitReset
  readonly expiresAtMs?: number
  readonly disabled?: boolean
  readonly strict?: boolean
  readonly routing?: KeyRouting
  readonly rates?: RateLimits
  readonly labels?: Readonly<Record<string, string>>
  readonly storeBodies?: boolean
}

/** The file's keys by id. Throws `conflict` for two with one token or name. */
export function declaredPrincipals(
  declared: readonly DeclaredKey[],
  adminKey: string | undefined,
  createdAtMs: (keyId: string) => number,
): Map<string, Principal> {
  const principals = new Map<string, Principal>()
  const names = new Set<string>()
  const add = (key: DeclaredKey, kind: KeyKind): void => {
    const keyId = hashToken(key.key)
    const twin = principals.get(keyId)
    if (twin)
      throw new GatewayError(
        "conflict",
        `The keys "${twin.name}" and "${key.name}" have the same token. Give each its own.`,
      )
    if (names.has(key.name)) throw new GatewayError("conflict", `Two keys are named "${key.name}". Rename one.`)
    names.add(key.name)
    principals.set(
      keyId,
      Object.freeze({
        keyId,
        name: key.name,
        label: maskToken(key.key),
        kind,
        limitReset: key.limitReset ?? "never",
        strict: key.strict ?? false,
        disabled: key.disabled ?? false,
        source: "file",
        createdAtMs: createdAtMs(keyId),
        ...(key.limitNano === undefined ? {} : { limitNano: key.limitNano }),
        ...(key.expiresAtMs === undefined ? {} : { expiresAtMs: key.expiresAtMs }),
        ...(key.routing === undefined ? {} : { routing: key.routing }),
        ...detailsOf(key),
      }),
    )
  }
  if (adminKey !== undefined) add({ name: "admin_key", key: adminKey }, "management")
  for (const key of declared) add(key, "inference")
  return principals
}

const detailsOf = ({ rates, labels, storeBodies }: DeclaredKey): { readonly details?: KeyDetails } => {
  if (rates === undefined && labels === undefined && storeBodies === undefined) return {}
  const details: KeyDetails = {
    ...(rates === undefined ? {} : { rates }),
    ...(labels === undefined ? {} : { labels }),
    ...(storeBodies === undefined ? {} : { storeBodies }),
  }
  return { details }
}
