import { GatewayError } from "../../contract/index.ts"
import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import { organisationId } from "./belongings.ts"
import type { Belongings } from "./types.ts"

/** Why what a key belongs to keeps it from doing anything at all. */
export function ownerProblem(
  { details }: Principal,
  { member, serviceAccount, group }: Pick<Belongings, "member" | "serviceAccount" | "group">,
): GatewayError | undefined {
  const owner = details?.owner
  // The group of a key is not its owner, unless it says so: a member who is gone leaves his keys in his groups.
  if (owner && !{ member, "service-account": serviceAccount, group }[owner.kind])
    return restricted(`The ${owner.kind.replace("-", " ")} that this key belonged to is gone.`)
  if (member?.disabled === true) return restricted(`The member "${member.email}" that this key belongs to is disabled.`)
  if (serviceAccount?.disabled === true)
    return restricted(`The service account "${serviceAccount.name}" that this key belongs to is disabled.`)
  return undefined
}

/** Why it may call nothing. A suspended organisation is still managed, or nobody could end that. */
export function problemOf(
  principal: Principal,
  belongs: Belongings,
  directory: Pick<Directory, "get">,
): GatewayError | undefined {
  const own = ownerProblem(principal, belongs)
  if (own) return own
  if (directory.get("organisation", organisationId)?.body.suspended === true)
    return restricted("The organisation's account is restricted: its owner has suspended it.")
  return undefined
}

const restricted = (message: string) => new GatewayError("account_restricted", message)
