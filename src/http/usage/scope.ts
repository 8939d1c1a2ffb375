import type { UsageScope } from "../../ledger/usage/types.ts"
import type { Authorized } from "../rights/authorize.ts"

/** Whose usage somebody may see who reaches this far. A key that is nobody's and reaches only what is its own reaches itself. */
export function usageScopeOf({ reach, memberId, by }: Pick<Authorized, "reach" | "memberId" | "by">): UsageScope {
  if (reach === "all") return {}
  return memberId === undefined ? { keyId: by.keyId } : { memberId }
}
