import { GatewayError } from "../../contract/index.ts"
import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import { organisationId } from "./belongings.ts"
import type { Belongings } from "./types.ts"

/** Why what a key belongs to keeps it from calling anything. */
export function problemOf(
  { details }: Principal,
  { member, serviceAccount, group }: Belongings,
  directory: Pick<Directory, "get">,
): GatewayError | undefined {
  if (details?.owner && !(member ?? serviceAccount ?? group))
    return restricted(`The ${details.owner.kind.replace("-", " ")} that this key belonged to is gone.`)
  if (directory.get("organisation", organisationId)?.body.suspended === true)
    return restricted("The organisation's account is restricted: its owner has suspended it.")
  if (member?.disabled === true) return restricted(`The member "${member.email}" that this key belongs to is disabled.`)
  if (serviceAccount?.disabled === true)
    return restricted(`The service account "${serviceAccount.name}" that this key belongs to is disabled.`)
  return undefined
}

const restricted = (message: string) => new GatewayError("account_restricted", message)
