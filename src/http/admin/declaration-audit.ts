import type { Actor } from "../../accounts/audit/audit.ts"
import type { Change } from "../../declarations/declarations.ts"
import type { HttpServices } from "../services.ts"

/** Who changes a declaration, for its row and for the audit log. */
export const declarationAudit = (
  { audit }: Pick<HttpServices, "audit">,
  kind: Change["kind"],
  name: string,
  actor: Actor,
): Pick<Change, "by" | "audit"> => ({
  ...(actor.keyId === undefined ? {} : { by: actor.keyId }),
  audit: (before = null, after = null) => {
    const action = after === null ? "delete" : before === null ? "create" : "update"
    return audit.statement({ action, kind, id: name, before, after }, actor, { ifChanged: true })
  },
})
