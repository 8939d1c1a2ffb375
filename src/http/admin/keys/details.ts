import { type Look, type Patch, sameName } from "../../../accounts/directory/change.ts"
import { memberByEmail } from "../../../accounts/directory/members.ts"
import { manageLevel } from "../../../accounts/key-rules.ts"
import type { KeyDetails, KeyOwner, Principal } from "../../../accounts/principal.ts"
import { roles } from "../../../accounts/rights/rights.ts"
import { isObject, type JsonObject } from "../../../contract/index.ts"
import { defaultProject } from "../../../store/account-ids.ts"
import { type FieldTable, flag, oneOf, orNull, type Read, readFields, text, wrong } from "../../fields/fields.ts"
import { rates } from "../../fields/limits.ts"
import { labels } from "../../fields/names.ts"
import { ratesRow } from "../limit-rows.ts"

const ownerFields = { kind: ["kind", oneOf("member", "service-account", "group")], id: ["id", text] } as const

const owner: Read<KeyOwner> = (value, name) => {
  if (!isObject(value)) throw wrong(name, 'an object of kind and id, as in {"kind": "member", "id": "…"}')
  const { kind, id } = readFields(value, ownerFields, `${name}.`)
  if (kind === undefined || id === undefined) throw wrong(name, "an object of both kind and id")
  return { kind, id } as KeyOwner
}

const readers = {
  owner: ["owner", owner],
  group_id: ["groupId", text],
  project_id: ["projectId", text],
  manage: ["manage", oneOf("none", "read", "write")],
  role: ["role", oneOf(...roles)],
  labels: ["labels", labels],
  rates: ["rates", rates],
  access_list_id: ["accessListId", text],
  store_bodies: ["storeBodies", flag],
  include_byok_in_limit: ["includeByokInLimit", flag],
  external_user: ["externalUser", text],
} as const satisfies FieldTable

/** Whose a key is and what else it may do; null takes a part away. */
export const detailFields: FieldTable = Object.fromEntries(
  Object.entries(readers).map(([name, [own, read]]) => [name, [own, orNull<unknown>(read)] as const]),
)

/** Whom people mean: members by address, groups and service accounts by name. What is known by neither is left, for the rules to refuse. */
export function withIds(directory: Look, details: Patch<KeyDetails>): Patch<KeyDetails> {
  const { owner, groupId } = details
  return {
    ...details,
    ...(owner ? { owner: { kind: owner.kind, id: idOf(directory, owner.kind, owner.id) } as KeyOwner } : {}),
    ...(groupId ? { groupId: idOf(directory, "group", groupId) } : {}),
  }
}

function idOf(directory: Look, kind: KeyOwner["kind"], word: string): string {
  if (directory.get(kind, word)) return word
  if (kind === "member") return memberByEmail(directory, word)?.id ?? word
  return directory.list(kind).find(({ body }) => sameName(body.name, word))?.id ?? word
}

const names: readonly string[] = Object.values(readers).map(([own]) => own)

/** Takes the details out of the fields that were read. */
export function takeDetails(fields: Record<string, unknown>): {
  readonly rest: Record<string, unknown>
  readonly details: Patch<KeyDetails> | undefined
} {
  const entries = Object.entries(fields)
  const details = entries.filter(([name]) => names.includes(name))
  return {
    rest: Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
    details: details.length === 0 ? undefined : Object.fromEntries(details),
  }
}

/** As lists of keys show it; null = nothing said. */
export function detailsRow(key: Pick<Principal, "kind" | "details">): JsonObject {
  const { details } = key
  return {
    owner: details?.owner ? { ...details.owner } : null,
    group_id: details?.groupId ?? null,
    project_id: details?.projectId ?? defaultProject,
    manage: manageLevel(key),
    role: details?.role ?? null,
    labels: { ...details?.labels },
    rates: ratesRow(details?.rates),
    access_list_id: details?.accessListId ?? null,
    store_bodies: details?.storeBodies ?? null,
    include_byok_in_limit: details?.includeByokInLimit ?? false,
    external_user: details?.externalUser ?? null,
    creator_member_id: details?.creatorMemberId ?? null,
  }
}
