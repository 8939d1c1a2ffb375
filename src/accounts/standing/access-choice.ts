import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import { named, organisationId } from "./belongings.ts"
import type { AccessChoice, Belongings } from "./types.ts"

/**
 * As Requesty resolves it (docs.requesty.ai, access lists): the key's own list; else those of its groups together; else the list for groups;
 * else the organisation's. The approved models of the installation hold beside all of them.
 */
export function accessOf(
  { details }: Principal,
  { groups }: Belongings,
  directory: Pick<Directory, "get" | "list">,
): AccessChoice | undefined {
  const organisation = directory.get("organisation", organisationId)?.body
  const lists = (ids: readonly (string | undefined)[]) => ids.flatMap((id) => named(directory, "access-list", id) ?? [])
  const choices: readonly AccessChoice[] = [
    { of: "key", lists: lists([details?.accessListId]) },
    { of: "groups", lists: lists(groups.flatMap(({ accessListIds = [] }) => accessListIds)) },
    { of: "group", lists: groups.length > 0 ? lists([organisation?.groupAccessListId]) : [] },
    { of: "organisation", lists: lists([organisation?.accessListId]) },
  ]
  return choices.find((choice) => choice.lists.length > 0)
}
