import { defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import { byOrder } from "../directory/upstream-keys.ts"
import type { Principal } from "../principal.ts"
import type { Belongings, BroughtKeys } from "./types.ts"

/** The credentials for upstreams that this key may use; undefined where nobody brought any. */
export function broughtOf(
  { keyId, details }: Principal,
  { member }: Belongings,
  directory: Pick<Directory, "list">,
): BroughtKeys | undefined {
  const all = directory.list("upstream-key")
  if (all.length === 0) return undefined
  const projectId = details?.projectId ?? defaultProject
  const fits = (list: readonly string[] | undefined, id: string | undefined): boolean =>
    list === undefined || (id !== undefined && list.includes(id))
  const keys = all
    .filter(
      ({ body }) =>
        body.disabled !== true &&
        (body.projectId === undefined || body.projectId === projectId) &&
        fits(body.allowedKeyIds, keyId) &&
        fits(body.allowedMemberIds, member?.id),
    )
    .toSorted(byOrder)
    .map(({ id, body }) => ({ ...body, id }))
  return Object.freeze({ keys, providers: new Set(all.map(({ body }) => body.provider)) })
}
