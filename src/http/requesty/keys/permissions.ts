import { manageLevel } from "../../../accounts/key-rules.ts"
import type { Principal } from "../../../accounts/principal.ts"
import type { KeyKind } from "../../../accounts/tokens.ts"
import { isObject } from "../../../contract/index.ts"
import { oneOf, type Read, readFields, wrong } from "../../fields/fields.ts"

type Manage = "none" | "read" | "write"

/** What a key may do, in Requesty's words. Whoever may change keys cannot call models here, so the two are never both `write`. */
export interface Permissions {
  readonly manage: Manage
  readonly completions: "none" | "write"
}

export const permissionsOf = (key: Principal): Permissions => ({
  manage: manageLevel(key),
  completions: key.kind === "management" ? "none" : "write",
})

const fields = {
  manage: ["manage", oneOf("none", "read", "write")],
  completions: ["completions", oneOf("none", "write")],
} as const

/** The kind of key that has these permissions, and what of them its kind does not say. */
export const permissions: Read<{ readonly kind: KeyKind; readonly manage: Manage }> = (value, name) => {
  if (!isObject(value)) throw wrong(name, 'an object like {"manage": "none", "completions": "write"}')
  const { manage = "none", completions = "none" } = readFields(value, fields, `${name}.`) as Partial<Permissions>
  if (manage === "none" && completions === "none")
    throw wrong(name, "of something: a key that may do nothing is no use")
  if (manage === "write" && completions === "write")
    throw wrong(
      `${name}.manage`,
      '"read" or "none" where completions is "write": a key that manages cannot call models, so make one for each',
    )
  return { kind: completions === "write" ? "inference" : "management", manage }
}
