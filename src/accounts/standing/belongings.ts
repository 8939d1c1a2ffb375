import { defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import type { ObjectKind, ObjectKinds } from "../directory/types.ts"
import type { Principal } from "../principal.ts"
import type { Belongings, Named } from "./types.ts"

type Look = Pick<Directory, "get" | "list">

/** The one that is there from the start is no object until somebody changes it. */
export const organisationId = "organisation"

export const named = <Kind extends ObjectKind>(
  directory: Look,
  kind: Kind,
  id: string | undefined,
): Named<ObjectKinds[Kind]> | undefined => {
  const found = id === undefined ? undefined : directory.get(kind, id)
  return found && { ...found.body, id: found.id }
}

export function belongings({ details }: Principal, directory: Look): Belongings {
  const owner = details?.owner
  const member = owner?.kind === "member" ? named(directory, "member", owner.id) : undefined
  const serviceAccount = owner?.kind === "service-account" ? named(directory, "service-account", owner.id) : undefined
  const groups = member ? groupsOf(member.id, directory) : []
  const groupId = owner?.kind === "group" ? owner.id : (details?.groupId ?? serviceAccount?.groupId)
  const group = groupId === undefined ? groups[0] : named(directory, "group", groupId)
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
function groupsOf(memberId: string, directory: Look): readonly Named<ObjectKinds["group"]>[] {
  const joined = ({ members }: ObjectKinds["group"]) => members.find((one) => one.memberId === memberId)?.joinedAt
  return directory
    .list("group")
    .filter(({ body }) => joined(body) !== undefined)
    .sort((a, b) => (joined(a.body) ?? 0) - (joined(b.body) ?? 0))
    .map(({ id, body }) => ({ ...body, id }))
}
