import { GatewayError } from "../../contract/index.ts"
import type { Principal } from "../principal.ts"
import type { Look, Making, Planned } from "./change.ts"
import { guardrailFor } from "./guardrails.ts"
import type { GuardrailAssignment, ObjectChange, Stored } from "./types.ts"

export type Assignee = "key" | "member"

/** What guardrails can be assigned to. */
export interface Assignable {
  readonly keys: { get(id: string): Principal | undefined }
}

const assigneeOf = ({ keyId, memberId }: GuardrailAssignment, kind: Assignee): string | undefined =>
  kind === "key" ? keyId : memberId

/** Those whose key or member is still there; of one guardrail, or of all. Oldest first. */
export function assignmentsFor(
  look: Look,
  kind: Assignee,
  assignable: Assignable,
  guardrailId?: string,
): readonly Stored<"guardrail-assignment">[] {
  if (guardrailId !== undefined) guardrailFor(look, guardrailId)
  return look.list("guardrail-assignment").filter(({ body }) => {
    const id = assigneeOf(body, kind)
    if (id === undefined || (guardrailId !== undefined && body.guardrailId !== guardrailId)) return false
    return isThere(look, kind, id, assignable)
  })
}

const isThere = (look: Look, kind: Assignee, id: string, { keys }: Assignable): boolean =>
  (kind === "key" ? keys.get(id) : look.get("member", id)) !== undefined

/** Each key and each member has at most one: this one comes in the place of any other. `count`: how many have it now that had not. */
export function assign(
  look: Look,
  guardrailId: string,
  kind: Assignee,
  ids: readonly string[],
  assignable: Assignable,
  { newId, assignedBy }: Pick<Making, "newId"> & { readonly assignedBy?: string },
): Planned & { readonly count: number } {
  const guardrail = guardrailFor(look, guardrailId)
  const wanted = [...new Set(ids)]
  const gone = wanted.find((id) => !isThere(look, kind, id, assignable))
  if (gone !== undefined)
    throw new GatewayError("not_found", `There is no ${kind} "${gone.slice(0, 200)}".`, {
      param: kind === "key" ? "key_hashes" : "member_user_ids",
    })
  const steps: ObjectChange[] = []
  // The default is no object until something is said of it.
  if (look.get("guardrail", guardrailId) === undefined)
    steps.push({ kind: "guardrail", id: guardrailId, body: guardrail.body })
  const missing = wanted.filter(
    (id) => look.get("guardrail-assignment", `${kind}:${id}`)?.body.guardrailId !== guardrailId,
  )
  if (missing.length === 0) return { id: guardrailId, steps: [], count: wanted.length }
  for (const id of missing) {
    steps.push({
      kind: "guardrail-assignment",
      id: `${kind}:${id}`,
      body: {
        publicId: newId(),
        guardrailId,
        ...(kind === "key" ? { keyId: id } : { memberId: id }),
        ...(assignedBy === undefined ? {} : { assignedBy }),
      },
    })
  }
  return { id: guardrailId, action: "assign", steps, count: wanted.length }
}

/** Those that have it have it no longer; the rest is left alone. */
export function unassign(
  look: Look,
  guardrailId: string,
  kind: Assignee,
  ids: readonly string[],
): Planned & { readonly count: number } {
  guardrailFor(look, guardrailId)
  const assigned = [...new Set(ids)].filter(
    (id) => look.get("guardrail-assignment", `${kind}:${id}`)?.body.guardrailId === guardrailId,
  )
  return {
    id: guardrailId,
    action: "unassign",
    steps: assigned.map((id): ObjectChange => ({ kind: "guardrail-assignment", id: `${kind}:${id}` })),
    count: assigned.length,
  }
}

/** What goes with a key that is deleted. */
export const withoutAssignment = (look: Look, keyId: string): readonly ObjectChange[] =>
  look.get("guardrail-assignment", `key:${keyId}`) ? [{ kind: "guardrail-assignment", id: `key:${keyId}` }] : []
