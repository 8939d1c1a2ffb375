import type { Role } from "../rights/rights.ts"
import {
  conflict,
  existing,
  forbidden,
  invalid,
  type Look,
  type Making,
  type Manager,
  missing,
  type Patch,
  type Planned,
  patched,
} from "./change.ts"
import { organisationId } from "./ids.ts"
import type { Limited, Member, ObjectChange, Stored } from "./types.ts"

export interface NewMember extends Partial<Limited> {
  readonly email: string
  readonly role?: Role
  readonly firstName?: string
  readonly lastName?: string
}

/** As strict as a typing mistake is easy: somebody at a place. */
const emailForm = /^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,190}$/

/** Those that somebody may see, oldest first. */
export const membersFor = (look: Look, by: Manager): readonly Stored<"member">[] =>
  look.list("member").filter(({ id }) => by.reach === "all" || id === by.memberId)

/** By id or e-mail address. Throws `not_found`, also for those that are none of the asker's business. */
export function memberFor(look: Look, idOrEmail: string, by: Manager): Stored<"member"> {
  const found = look.get("member", idOrEmail) ?? memberByEmail(look, idOrEmail)
  if (!found || (by.reach === "own" && found.id !== by.memberId)) throw missing("member", idOrEmail)
  return found
}

export const memberByEmail = (look: Look, email: string): Stored<"member"> | undefined =>
  look.list("member").find(({ body }) => body.email.toLowerCase() === email.trim().toLowerCase())

/** A new member, who lands in the organisation's default group. */
export function addMember(look: Look, asked: NewMember, by: Manager, { now, newId }: Making): Planned {
  const { role = "member", limitReset = "monthly", ...rest } = asked
  requireRank(role, undefined, by)
  const email = freeEmail(look, asked.email)
  const id = `user_${newId().replaceAll("-", "")}`
  const steps: ObjectChange[] = [{ kind: "member", id, body: { ...rest, email, role, limitReset } }]
  const groupId = look.get("organisation", organisationId)?.body.defaultGroupId
  const group = groupId === undefined ? undefined : look.get("group", groupId)
  if (group) {
    const joined = { memberId: id, role: "member", joinedAt: now } as const
    steps.push({ kind: "group", id: group.id, body: { ...group.body, members: [...group.body.members, joined] } })
  }
  return { id, steps }
}

export function changeMember(look: Look, id: string, change: Patch<Member>, by: Manager): Planned {
  const { body } = existing(look, "member", id)
  const after = patched(body, change)
  requireRank(after.role, body.role, by)
  if (after.email !== body.email) freeEmail(look, after.email, id)
  if (body.role === "owner" && (after.role !== "owner" || after.disabled === true))
    requireOtherOwner(look, id, after.role === "owner" ? "disabled" : "given another role")
  return { id, steps: [{ kind: "member", id, body: { ...after, email: after.email.trim() } }] }
}

/**
 * Takes a member out of its groups and off its guardrail as well. Its keys do nothing from then on, because whose they were is gone; whoever
 * calls this says first what becomes of them.
 */
export function removeMember(look: Look, id: string, by: Manager): Planned {
  const { body } = existing(look, "member", id)
  requireRank(body.role, body.role, by)
  if (body.role === "owner") requireOtherOwner(look, id, "removed")
  const assignment = `member:${id}`
  return {
    id,
    steps: [
      { kind: "member", id },
      ...look.list("group").flatMap((group): ObjectChange[] => {
        const members = group.body.members.filter(({ memberId }) => memberId !== id)
        if (members.length === group.body.members.length) return []
        return [{ kind: "group", id: group.id, body: { ...group.body, members } }]
      }),
      ...look.list("project").flatMap((project): ObjectChange[] => {
        const memberIds = project.body.memberIds?.filter((memberId) => memberId !== id)
        if (memberIds?.length === project.body.memberIds?.length) return []
        return [{ kind: "project", id: project.id, body: patched(project.body, { memberIds }) }]
      }),
      ...(look.get("guardrail-assignment", assignment)
        ? ([{ kind: "guardrail-assignment", id: assignment }] as const)
        : []),
    ],
  }
}

/** What a manager's own role allows: nobody gives, or touches, more than he has himself. */
function requireRank(after: Role, before: Role | undefined, by: Manager): void {
  if (by.role === "owner") return
  if (after === "owner" || before === "owner") throw forbidden("Only owners make, change and remove owners.")
  if (by.role !== "admin") throw forbidden(`The role "${by.role}" of this key manages no members.`)
}

function freeEmail(look: Look, email: string, own?: string): string {
  const trimmed = email.trim()
  if (!emailForm.test(trimmed)) throw invalid("email", `"${trimmed.slice(0, 200)}" is no e-mail address.`)
  const twin = memberByEmail(look, trimmed)
  if (twin && twin.id !== own) throw conflict(`There is a member "${twin.body.email}" already.`, "email")
  return trimmed
}

/** Without an owner who can sign in nobody could change the organisation any more. */
function requireOtherOwner(look: Look, id: string, done: string): void {
  const other = look.list("member").some((one) => one.id !== id && one.body.role === "owner" && !one.body.disabled)
  if (!other) throw conflict(`The last owner cannot be ${done}. Make somebody else an owner first.`)
}
