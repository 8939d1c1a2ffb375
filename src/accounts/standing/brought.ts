import { defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import { broughtInOrder } from "./look-ups.ts"
import type { Belongings, BroughtKeys } from "./types.ts"

/** The credentials for upstreams that this key may use; undefined where nobody brought any. */
export function broughtOf(
  { keyId, details }: Principal,
  { member }: Belongings,
  directory: Pick<Directory, "list">,
): BroughtKeys | undefined {
  const all = directory.list("upstream-key")
  if (all.length === 0) return undefined
  const { keys: inOrder, providers } = broughtInOrder(all)
  const projectId = details?.projectId ?? defaultProject
  const fits = (list: readonly string[] | undefined, id: string | undefined): boolean =>
    list === undefined || (id !== undefined && list.includes(id))
  const keys = inOrder.filter(
    (key) =>
      key.disabled !== true &&
      (key.projectId === undefined || key.projectId === projectId) &&
      fits(key.allowedKeyIds, keyId) &&
      fits(key.allowedMemberIds, member?.id),
  )
  return Object.freeze({ keys, providers })
}
