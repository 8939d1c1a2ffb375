import type { Config } from "../../config/config.ts"
import type { Directory } from "../directory/directory.ts"
import type { LimitScope, RateLimit, RateLimits } from "../limits/types.ts"
import type { Principal } from "../principal.ts"
import { organisationId } from "./belongings.ts"
import { memberIn } from "./look-ups.ts"
import type { Belongings } from "./types.ts"

/** All rates that a key's requests are counted by, but for those of models, which depend on the request. */
export function ratesOf(
  principal: Principal,
  { member, group, serviceAccount, project }: Belongings,
  directory: Pick<Directory, "get">,
  { rateLimits }: Config,
): readonly RateLimit[] {
  const found: RateLimit[] = []
  const add = (scope: LimitScope, id: string, name: string, limits: RateLimits | undefined) => {
    if (limits) found.push({ counter: `${scope}:${id}`, scope, name, limits })
  }
  add("key", principal.keyId, principal.name, principal.details?.rates ?? rateLimits.key)
  if (member) add("member", member.id, member.email, member.rates ?? rateLimits.member)
  if (serviceAccount) add("service-account", serviceAccount.id, serviceAccount.name, serviceAccount.rates)
  if (group) {
    add("group", group.id, group.name, group.rates ?? rateLimits.group)
    const own = memberIn(group, member?.id)
    if (own && member) add("group-member", `${group.id}/${member.id}`, `${member.email} in ${group.name}`, own.rates)
  }
  if (project) add("project", project.id, project.name, project.rates)
  const organisation = directory.get("organisation", organisationId)?.body
  add("organisation", organisationId, "the organisation", rateLimits.all ?? organisation?.rates)
  return found
}
