import type { Generation } from "../contract/generation.ts"

/** Whose spending is counted. A key's is its bare hash behind `key:`. */
export type AccountId =
  | `key:${string}`
  | `member:${string}`
  | `group:${string}`
  | `group-member:${string}/${string}`
  | `service-account:${string}`
  | `project:${string}`
  | "organisation"

/** The project of everything that names none. */
export const defaultProject = "default"

/** To whom a generation counts: whatever its key belonged to when it was made. In a fixed order, the key first, the organisation last. */
export function accountsOf({ keyId, owner }: Pick<Generation, "keyId" | "owner">): readonly AccountId[] {
  const accounts: AccountId[] = [`key:${keyId}`]
  if (owner?.member !== undefined) accounts.push(`member:${owner.member}`)
  if (owner?.serviceAccount !== undefined) accounts.push(`service-account:${owner.serviceAccount}`)
  if (owner?.group !== undefined) {
    accounts.push(`group:${owner.group}`)
    if (owner.member !== undefined) accounts.push(`group-member:${owner.group}/${owner.member}`)
  }
  accounts.push(`project:${owner?.project ?? defaultProject}`, "organisation")
  return accounts
}
