import type { KeyChange } from "./key-types.ts"
import type { KeyDetails, Principal } from "./principal.ts"

/** The key as it is after a change. */
export const changed = (old: Principal, change: KeyChange, now: number): Principal => {
  const { limitNano, expiresAtMs, routing: oldRouting, details: oldDetails, ...kept } = old
  const details = withTokens(change.details === undefined ? oldDetails : (change.details ?? undefined), oldDetails)
  const routing = change.routing === undefined ? oldRouting : (change.routing ?? undefined)
  const limit = change.limitNano === undefined ? limitNano : (change.limitNano ?? undefined)
  const expiry = change.expiresAtMs === undefined ? expiresAtMs : (change.expiresAtMs ?? undefined)
  return Object.freeze({
    ...kept,
    name: change.name ?? old.name,
    disabled: change.disabled ?? old.disabled,
    limitReset: change.limitReset ?? old.limitReset,
    strict: change.strict ?? old.strict,
    ...(limit === undefined ? {} : { limitNano: limit }),
    ...(expiry === undefined ? {} : { expiresAtMs: expiry }),
    ...(routing === undefined ? {} : { routing }),
    ...(details === undefined ? {} : { details }),
    updatedAtMs: now,
  })
}

/** Which token a key has is nothing that a change of anything else changes. */
const withTokens = (details: KeyDetails | undefined, old: KeyDetails | undefined): KeyDetails | undefined => {
  const { tokens: _, ...rest } = details ?? {}
  const next = { ...rest, ...(old?.tokens ? { tokens: old.tokens } : {}) }
  return Object.keys(next).length === 0 ? undefined : next
}
