import { defaultProject } from "../store/account-ids.ts"
import type { Actor } from "./audit/audit.ts"
import { forbidden, invalid, type Look, type Manager, type Patch, patched } from "./directory/change.ts"
import type { KeyChange, NewKey } from "./key-types.ts"
import type { RateLimits } from "./limits/types.ts"
import type { KeyDetails, KeyOwner, Principal } from "./principal.ts"
import { type Reach, type Right, type Role, rights } from "./rights/rights.ts"

/** Who makes and changes keys. What a management route was opened for says all of it. */
export interface KeyManager extends Manager {
  /** The key that asks; absent: the operator at the command line. */
  readonly by?: Principal
  readonly actor: Actor
}

/** What is to be different of a key: absent stays as it is, null takes away. */
export interface KeyPatch extends Omit<KeyChange, "details"> {
  readonly details?: Patch<KeyDetails>
}

export interface AskedKey extends Omit<NewKey, "details"> {
  readonly details?: Patch<KeyDetails>
}

/** What the fields are called where somebody names them, for messages. */
export type KeyFieldNames = { readonly [Field in keyof KeyDetails | "expiresAtMs" | "priority"]?: string }

const usualNames = {
  owner: "owner",
  groupId: "group_id",
  projectId: "project_id",
  manage: "manage",
  role: "role",
  rates: "rates",
  accessListId: "access_list_id",
  storeBodies: "store_bodies",
  creatorMemberId: "creator_member_id",
  expiresAtMs: "expires_at",
  priority: "priority",
} as const satisfies KeyFieldNames

/** What rules look at beside what is asked for. */
export interface RuleGrounds {
  readonly directory: Look
  readonly now: number
  /** Of keys that have none of their own. */
  readonly rates?: RateLimits | undefined
}

export type ManageLevel = NonNullable<KeyDetails["manage"]>

export const manageLevel = ({ kind, details }: Pick<Principal, "kind" | "details">): ManageLevel =>
  details?.manage ?? (kind === "management" ? "write" : "none")

/** As whom a key manages. */
export function roleOfKey(directory: Pick<Look, "get">, details: KeyDetails | undefined): Role {
  if (details?.owner?.kind !== "member") return details?.role ?? "owner"
  // Of a member that is gone nothing works; whoever may tidy up may.
  return directory.get("member", details.owner.id)?.body.role ?? "member"
}

const reaches: readonly Reach[] = ["none", "own", "all"]

/** Whether one role may do all that another may. */
const covers = (one: Role, other: Role): boolean =>
  (Object.keys(rights) as Right[]).every(
    (right) => reaches.indexOf(rights[right][one]) >= reaches.indexOf(rights[right][other]),
  )

/** Whether a key is among those that somebody may see and change: of `own` reach the keys of the member, and of groups that he is admin of. */
export function isOwnKey(directory: Look, { reach, memberId, by }: KeyManager, key: Principal): boolean {
  if (reach === "all") return true
  // A key that is nobody's in particular has what it made.
  if (memberId === undefined) return key.createdBy !== undefined && key.createdBy === by?.keyId
  const owner = key.details?.owner
  if (owner?.kind === "member") return owner.id === memberId
  return owner?.kind === "group" && isGroupAdmin(directory, owner.id, memberId)
}

const isGroupAdmin = (directory: Look, groupId: string, memberId: string): boolean =>
  directory.get("group", groupId)?.body.members.some((one) => one.memberId === memberId && one.role === "admin") ??
  false

/** Who may see a key may still not change one that may do more than himself: a new token for it would be his. */
export function requireCovered({ directory }: RuleGrounds, by: KeyManager, key: Pick<Principal, "kind" | "details">) {
  if (manageLevel(key) === "none") return
  const role = roleOfKey(directory, key.details)
  if (!covers(by.role, role))
    throw forbidden(`This key has the role "${role}", which may do more than yours ("${by.role}").`)
}

/** The details of a new key. Throws what is wrong with them. */
export function detailsOfNew(grounds: RuleGrounds, by: KeyManager, key: AskedKey, names: KeyFieldNames = {}) {
  const own: KeyOwner | undefined = by.memberId === undefined ? undefined : { kind: "member", id: by.memberId }
  const asked: Patch<KeyDetails> = {
    ...(own ? { owner: own, creatorMemberId: own.id } : {}),
    ...key.details,
  }
  const details = patched<KeyDetails>({}, asked)
  const managesAlone = details.owner?.kind !== "member" && manageLevel({ kind: key.kind, details }) !== "none"
  // Absent means owner, so what a lesser one makes says what it is.
  const withRole = managesAlone && by.role !== "owner" && details.role === undefined ? { role: by.role } : {}
  const next = { ...details, ...withRole }
  check({ ...grounds, by, names }, { kind: key.kind }, next, { ...key, details: { ...asked, ...withRole } })
  return emptied(next)
}

/** The details of a key after a change. Throws what is wrong with it. */
export function detailsOfChanged(
  grounds: RuleGrounds,
  by: KeyManager,
  before: Principal,
  patch: KeyPatch,
  names: KeyFieldNames = {},
): KeyDetails | null {
  requireCovered(grounds, by, before)
  const next = patched<KeyDetails>(before.details ?? {}, patch.details ?? {})
  check({ ...grounds, by, names }, before, next, patch)
  return emptied(next) ?? null
}

const emptied = (details: KeyDetails): KeyDetails | undefined =>
  Object.keys(details).length === 0 ? undefined : details

interface Ruling extends RuleGrounds {
  readonly by: KeyManager
  readonly names: KeyFieldNames
}

type Before = Pick<Principal, "kind"> & Partial<Principal>

function check(ruling: Ruling, before: Before, next: KeyDetails, patch: KeyPatch): void {
  checkExpiry(ruling, before, patch)
  checkLevel(ruling, before, next, patch.details ?? {})
  checkOwner(ruling, before, next, patch.details ?? {})
  checkPlaces(ruling, next, patch.details ?? {})
  if (ruling.by.reach === "own") checkOwnPatch(ruling, before, next, patch)
}

function checkExpiry({ now, names }: Ruling, { expiresAtMs }: Before, patch: KeyPatch): void {
  if (patch.expiresAtMs === undefined || patch.expiresAtMs === (expiresAtMs ?? null)) return
  const param = names.expiresAtMs ?? usualNames.expiresAtMs
  if (expiresAtMs !== undefined && expiresAtMs <= now)
    throw invalid(param, "This key has expired and cannot be revived. Make a new one.")
  if (patch.expiresAtMs !== null && patch.expiresAtMs <= now)
    throw invalid(param, `"${param}" is in the past. Disable or delete the key instead.`)
}

function checkLevel(ruling: Ruling, { kind }: Before, next: KeyDetails, asked: Patch<KeyDetails>): void {
  const { directory, by, names } = ruling
  const manage = names.manage ?? usualNames.manage
  const level = manageLevel({ kind, details: next })
  if (kind === "inference" && level === "write")
    throw invalid(manage, "A key that changes things cannot call models as well. Make one for each.")
  if (kind === "management" && level === "none")
    throw invalid(manage, "A management key that may not manage does nothing. Give it read or write.")
  const role = names.role ?? usualNames.role
  if (asked.role && level === "none") throw invalid(role, "Only keys that manage have a role.")
  if (asked.role && next.owner?.kind === "member")
    throw invalid(role, "A member's key has its member's role. Leave it out.")
  const changes = ["manage", "role", "owner"] as const
  if (level === "none" || !changes.some((field) => field in asked)) return
  const wanted = roleOfKey(directory, next)
  if (!covers(by.role, wanted))
    throw forbidden(`A key never grants more than its maker has: yours is "${by.role}", and this would be "${wanted}".`)
}

function checkOwner(ruling: Ruling, before: Before, next: KeyDetails, asked: Patch<KeyDetails>): void {
  const { directory, by, names } = ruling
  const { owner, creatorMemberId: creator } = next
  // First of all, so that who may not have it does not learn who is there.
  if (by.reach === "own" && !sameOwner(owner, before.details?.owner) && !mayOwn(ruling, owner))
    throw forbidden(`The role "${by.role}" makes keys for itself and for groups that it is admin of, for nobody else.`)
  if (owner && asked.owner && !directory.get(owner.kind, owner.id))
    throw invalid(
      names.owner ?? usualNames.owner,
      `There is no ${owner.kind.replace("-", " ")} "${owner.id.slice(0, 200)}".`,
    )
  if (asked.creatorMemberId && (by.reach === "own" ? creator !== by.memberId : !directory.get("member", creator!)))
    throw invalid(
      names.creatorMemberId ?? usualNames.creatorMemberId,
      `There is no member "${creator?.slice(0, 200)}".`,
    )
}

const mayOwn = ({ directory, by: { memberId } }: Ruling, owner: KeyOwner | undefined): boolean => {
  if (memberId === undefined || owner === undefined) return memberId === undefined && owner === undefined
  if (owner.kind === "member") return owner.id === memberId
  return owner.kind === "group" && isGroupAdmin(directory, owner.id, memberId)
}

const sameOwner = (one: KeyOwner | undefined, other: KeyOwner | undefined): boolean =>
  one !== undefined && one.kind === other?.kind && one.id === other.id

/** Group, project and list: they are there, and the owner may be in them. */
function checkPlaces({ directory, by, names }: Ruling, next: KeyDetails, asked: Patch<KeyDetails>): void {
  const { owner, groupId, projectId, accessListId } = next
  const memberId = owner?.kind === "member" ? owner.id : by.reach === "own" ? by.memberId : undefined
  const moved = "owner" in asked
  if (groupId !== undefined && (moved || asked.groupId)) {
    const param = names.groupId ?? usualNames.groupId
    const group = directory.get("group", groupId)?.body
    const isIn = group?.members.some((one) => one.memberId === memberId) ?? false
    if (!group || (by.reach === "own" && !isIn)) throw invalid(param, `There is no group "${groupId.slice(0, 200)}".`)
    if (memberId !== undefined && !isIn) throw invalid(param, `The key's member is not in the group "${group.name}".`)
    if (owner?.kind === "group" && owner.id !== groupId)
      throw invalid(param, "A group's key spends that group's money. Leave the other one out.")
  }
  if (projectId !== undefined && (moved || asked.projectId)) {
    const param = names.projectId ?? usualNames.projectId
    const project = directory.get("project", projectId)?.body
    const isIn = memberId === undefined || (project?.memberIds?.includes(memberId) ?? true)
    if ((!project && projectId !== defaultProject) || (by.reach === "own" && !isIn))
      throw invalid(param, `There is no project "${projectId.slice(0, 200)}".`)
    if (!isIn) throw invalid(param, `The key's member is not in the project "${project?.name}".`)
  }
  if (accessListId !== undefined && asked.accessListId && !directory.get("access-list", accessListId))
    throw invalid(
      names.accessListId ?? usualNames.accessListId,
      `There is no access list "${accessListId.slice(0, 200)}".`,
    )
}

const rateKinds = ["requestsPerMinute", "tokensPerMinute", "concurrency"] as const

/** What nobody may give himself, though the key is his own. */
function checkOwnPatch(ruling: Ruling, before: Before, next: KeyDetails, patch: KeyPatch): void {
  const { directory, names, rates: usual = {} } = ruling
  const refuse = (field: keyof KeyFieldNames & keyof typeof usualNames, why: string) => {
    throw forbidden(`"${names[field] ?? usualNames[field]}": ${why}`)
  }
  const { accessListId, storeBodies, rates } = next
  const isRestricted = (id: string | undefined) =>
    id !== undefined && directory.get("access-list", id)?.body.restricted === true
  const listBefore = before.details?.accessListId
  if (accessListId !== listBefore && (isRestricted(accessListId) || isRestricted(listBefore)))
    refuse("accessListId", "only admins attach and detach this list.")
  if (storeBodies !== before.details?.storeBodies)
    refuse("storeBodies", "only admins decide whether prompts and answers are kept.")
  // Rates of its own stand in place of the usual ones, so they must not be looser.
  if (patch.details?.rates && rateKinds.some((kind) => (rates?.[kind] ?? Infinity) > (usual[kind] ?? Infinity)))
    refuse("rates", "these are looser than what keys usually have here; only admins give that.")
  if (patch.routing && (patch.routing.priority ?? 0) > Math.max(0, before.routing?.priority ?? 0))
    refuse("priority", "only admins put a key in front of others.")
}
