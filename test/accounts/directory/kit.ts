import type { Look, Making, Manager, Planned } from "../../../src/accounts/directory/change.ts"
import type { ObjectKind, Stored } from "../../../src/accounts/directory/types.ts"
import type { Principal } from "../../../src/accounts/principal.ts"

export const owner: Manager = { role: "owner", reach: "all" }
export const administrator: Manager = { role: "admin", reach: "all" }

/** A directory that is nothing but memory: what is planned holds at once. */
export function directoryOf() {
  const kinds = new Map<string, Map<string, Stored<ObjectKind>>>()
  let now = 1000
  let ids = 0
  const look: Look = {
    get: (kind, id) => kinds.get(kind)?.get(id) as never,
    list: (kind) => [...(kinds.get(kind)?.values() ?? [])] as never,
  }
  const making: Making = { now, newId: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, "0")}` }
  return {
    look,
    making,
    do({ steps, id }: Planned): string {
      now += 1
      for (const { kind, id, body } of steps) {
        const known = kinds.get(kind) ?? new Map<string, Stored<ObjectKind>>()
        if (body === undefined) known.delete(id)
        else known.set(id, { id, body, createdAt: now })
        kinds.set(kind, known)
      }
      return id
    },
  }
}

export const keyOf = (keyId: string, rest: Partial<Principal> = {}): Principal => ({
  keyId,
  name: keyId,
  label: keyId,
  kind: "inference",
  limitReset: "never",
  strict: false,
  disabled: false,
  source: "store",
  createdAtMs: 0,
  ...rest,
})

/** The code of a refusal. */
export function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    return (thrown as { readonly code: string }).code
  }
  return "none"
}
