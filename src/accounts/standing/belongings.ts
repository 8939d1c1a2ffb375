import { defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import type { ObjectKind, ObjectKinds } from "../directory/types.ts"
import type { Principal } from "../principal.ts"
import { groupsByMember, namedOf } from "./look-ups.ts"
import type { Belongings, Named } from "./types.ts"

export { organisationId } from "../directory/ids.ts"

type Look = Pick<Directory, "get" | "list">

export const named = <Kind extends ObjectKind>(
  directory: Look,
  kind: Kind,
  id: string | undefined,
): Named<ObjectKinds[Kind]> | undefined => {
  const found = id === undefined ? undefined : directory.get(kind, id)
  return found && namedOf(found)
}

export function belongings({ details }: Principal, directory: Look): Belongings {
  const owner = details?.owner
  const member = owner?.kind === "member" ? named(directory, "member", owner.id) : undefined
  const serviceAccount = owner?.kind === "service-account" ? named(directory, "service-account", owner.id) : undefined
  const groups = member ? groupsOf(member.id, directory) : []
  const groupId = owner?.kind === "group" ? owner.id : (details?.groupId ?? serviceAccount?.groupId)
  // What a key says of its group holds while its member is in it: nobody spends the money of a group that he has left.
  const group = member ? (groups.find(({ id }) => id === groupId) ?? groups[0]) : named(directory, "group", groupId)
  const project = named(directory, "project", details?.projectId ?? defaultProject)
  return {
    ...(member ? { member } : {}),
    ...(serviceAccount ? { serviceAccount } : {}),
    ...(group ? { group } : {}),
    groups: member ? groups : group ? [group] : [],
    project,
  }
}

/** In the order in which the member joined them. */
const groupsOf = (memberId: string, directory: Look): readonly Named<ObjectKinds["group"]>[] =>
  groupsByMember(directory.list("group")).get(memberId) ?? []
