import type { Principal } from "../principal.ts"
import {
  conflict,
  existing,
  forbidden,
  type Look,
  type Making,
  type Manager,
  missing,
  type Patch,
  type Planned,
  patched,
  requireFree,
  requireNamed,
} from "./change.ts"
import { organisationId } from "./ids.ts"
import { keysOf, namesOf } from "./keys-of.ts"
import type { Group, GroupMember, ObjectChange, Stored } from "./types.ts"

/** The members of groups are changed one by one. */
export type NewGroup = Partial<Omit<Group, "members">> & Pick<Group, "name">
export type GroupChange = Patch<Omit<Group, "members">>

/** Of their own group admins change what it is called; what it may spend and use is decided above them. */
const groupAdminFields: readonly string[] = ["name", "description"]

/** Those that somebody may see, oldest first. */
export const groupsFor = (look: Look, by: Manager): readonly Stored<"group">[] =>
  look.list("group").filter((group) => by.reach === "all" || roleIn(group, by.memberId) !== undefined)

/** Throws `not_found`, also for groups that the asker is not in. */
export function groupFor(look: Look, id: string, by: Manager): Stored<"group"> {
  const group = existing(look, "group", id)
  if (by.reach === "own" && roleIn(group, by.memberId) === undefined) throw missing("group", id)
  return group
}

/** The same for whoever wants to change something in it. Throws `forbidden` for those who are in it and not its admin. */
export function managedGroup(look: Look, id: string, by: Manager): Stored<"group"> {
  const group = groupFor(look, id, by)
  if (by.reach === "own" && roleIn(group, by.memberId) !== "admin")
    throw forbidden(`Only admins of the group "${group.body.name}" change it.`)
  return group
}

export function addGroup(look: Look, asked: NewGroup, by: Manager, { newId }: Making): Planned {
  requireAll(by, "make groups")
  const name = asked.name.trim()
  requireFree(look, "group", name)
  requireLists(look, asked.accessListIds)
  const id = newId()
  const body: Group = { limitReset: "monthly", ...asked, name, members: [] }
  return { id, steps: [{ kind: "group", id, body }] }
}

export function changeGroup(look: Look, id: string, change: GroupChange, by: Manager): Planned {
  const { body } = managedGroup(look, id, by)
  const asked = Object.keys(change).filter((field) => change[field as keyof GroupChange] !== undefined)
  if (!asked.every((field) => groupAdminFields.includes(field))) requireAll(by, "change limits and lists of groups")
  const after = patched(body, change as Patch<Group>)
  requireFree(look, "group", after.name, id)
  requireLists(look, change.accessListIds)
  return { id, steps: [{ kind: "group", id, body: { ...after, name: after.name.trim() } }] }
}

/**
 * Refused while keys or service accounts belong to it. With `force` it goes all the same: service accounts stay without a group, keys of
 * its own do nothing any more, and keys of members spend on the member's next group.
 */
export function removeGroup(
  look: Look,
  id: string,
  by: Manager,
  { keys, force = false }: { readonly keys: readonly Principal[]; readonly force?: boolean },
): Planned {
  const { body } = groupFor(look, id, by)
  requireAll(by, "delete groups")
  const belonging = keysOf(keys, "group", id)
  const accounts = look.list("service-account").filter((account) => account.body.groupId === id)
  if (!force && belonging.length + accounts.length > 0) {
    const names = accounts.slice(0, 3).map((account) => `the service account "${account.body.name}"`)
    const holding = [...(belonging.length > 0 ? [namesOf(belonging)] : []), ...names].join(", ")
    throw conflict(`The group "${body.name}" still has ${holding}. Move them, or delete it with ?force=true.`)
  }
  const organisation = look.get("organisation", organisationId)
  return {
    id,
    steps: [
      { kind: "group", id },
      ...accounts.map(
        (account): ObjectChange => ({
          kind: "service-account",
          id: account.id,
          body: patched(account.body, { groupId: null }),
        }),
      ),
      ...(organisation?.body.defaultGroupId === id
        ? [
            {
              kind: "organisation" as const,
              id: organisationId,
              body: patched(organisation.body, { defaultGroupId: null }),
            },
          ]
        : []),
    ],
  }
}

export interface GroupMembership extends GroupMember {
  readonly member: Stored<"member">
}

/** In the order in which they joined. */
export const groupMembers = (look: Look, group: Stored<"group">): readonly GroupMembership[] =>
  group.body.members.flatMap((one) => {
    const member = look.get("member", one.memberId)
    return member ? [{ ...one, member }] : []
  })

export function addGroupMember(
  look: Look,
  id: string,
  asked: Omit<GroupMember, "joinedAt" | "role"> & Partial<Pick<GroupMember, "role">>,
  by: Manager,
  { now }: Pick<Making, "now">,
): Planned {
  const { body } = managedGroup(look, id, by)
  requireNamed(look, "member", asked.memberId, "member_id")
  if (body.members.some(({ memberId }) => memberId === asked.memberId))
    throw conflict(`The member is in the group "${body.name}" already.`, "member_id")
  const joined: GroupMember = { role: "member", ...asked, joinedAt: now }
  return { id, steps: [{ kind: "group", id, body: { ...body, members: [...body.members, joined] } }] }
}

export function changeGroupMember(
  look: Look,
  id: string,
  memberId: string,
  change: Patch<Pick<GroupMember, "role" | "limitNano" | "rates">>,
  by: Manager,
): Planned {
  const { body } = managedGroup(look, id, by)
  requireIn(body, memberId)
  const members = body.members.map((one) => (one.memberId === memberId ? patched(one, change) : one))
  return { id, steps: [{ kind: "group", id, body: { ...body, members } }] }
}

/** Admins of a group may leave it as well; then the organisation's own admins manage it. */
export function removeGroupMember(look: Look, id: string, memberId: string, by: Manager): Planned {
  const { body } = managedGroup(look, id, by)
  requireIn(body, memberId)
  const members = body.members.filter((one) => one.memberId !== memberId)
  return { id, steps: [{ kind: "group", id, body: { ...body, members } }] }
}

const roleIn = ({ body }: Stored<"group">, memberId: string | undefined): GroupMember["role"] | undefined =>
  body.members.find((one) => one.memberId === memberId)?.role

function requireIn({ name, members }: Group, memberId: string): void {
  if (!members.some((one) => one.memberId === memberId)) throw missing("member", `${memberId}" in the group "${name}`)
}

function requireAll(by: Manager, what: string): void {
  if (by.reach !== "all") throw forbidden(`Only admins of the organisation ${what}.`)
}

function requireLists(look: Look, ids: readonly string[] | null | undefined): void {
  for (const [index, id] of (ids ?? []).entries()) requireNamed(look, "access-list", id, `access_list_ids[${index}]`)
}
