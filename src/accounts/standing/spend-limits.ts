import type { Config } from "../../config/config.ts"
import { defaultProject } from "../../store/account-ids.ts"
import { type WindowKind, windowKinds } from "../../store/windows.ts"
import type { Directory } from "../directory/directory.ts"
import type { Guardrail } from "../directory/types.ts"
import type { SpendLimit } from "../limits/types.ts"
import type { LimitReset, Principal } from "../principal.ts"
import { organisationId } from "./belongings.ts"
import { memberIn } from "./look-ups.ts"
import type { Belongings, Named } from "./types.ts"

export const windowOf = (reset: LimitReset): WindowKind => (reset === "never" ? "total" : reset)

/** Every limit on money that a key's requests meet. Each is checked by itself; the tightest decides. */
export function spendLimitsOf(
  principal: Principal,
  { member, group, serviceAccount, project }: Belongings,
  guardrails: readonly Named<Guardrail>[],
  directory: Pick<Directory, "get">,
  { organisation: configured }: Config,
): readonly SpendLimit[] {
  const found: SpendLimit[] = []
  const add = (limit: Omit<SpendLimit, "nano" | "countsByok" | "code"> & Partial<SpendLimit>) => {
    if (limit.nano === undefined) return
    found.push({ countsByok: false, code: "spend_limit_reached", ...limit, nano: limit.nano })
  }
  const of = (limitNano: number | undefined) => (limitNano === undefined ? {} : { nano: limitNano })
  const organisation = directory.get("organisation", organisationId)?.body
  const { keyId, name, details } = principal
  const window = windowOf(principal.limitReset)
  const countsByok = details?.includeByokInLimit === true
  add({ account: `key:${keyId}`, scope: "key", name, window, countsByok, ...of(principal.limitNano) })
  if (member) {
    const general = configured.memberLimitNano ?? organisation?.memberLimitNano
    const limit =
      member.limitNano === undefined
        ? { window: "monthly" as const, ...of(general) }
        : { window: windowOf(member.limitReset), nano: member.limitNano }
    add({ account: `member:${member.id}`, scope: "member", name: member.email, ...limit })
  }
  if (serviceAccount) {
    const { id, name, limitReset, limitNano } = serviceAccount
    add({
      account: `service-account:${id}`,
      scope: "service-account",
      name,
      window: windowOf(limitReset),
      ...of(limitNano),
    })
  }
  if (group) {
    add({
      account: `group:${group.id}`,
      scope: "group",
      name: group.name,
      window: windowOf(group.limitReset),
      ...of(group.limitNano),
    })
    const own = memberIn(group, member?.id)
    if (own && member) {
      const name = `${member.email} in ${group.name}`
      const limit = of(own.limitNano ?? group.memberLimitNano)
      add({
        account: `group-member:${group.id}/${member.id}`,
        scope: "group-member",
        name,
        window: "monthly",
        ...limit,
      })
    }
  }
  for (const window of windowKinds) {
    const account = `project:${project?.id ?? defaultProject}` as const
    const limit = of(project?.budgets[window])
    add({
      account,
      scope: "project",
      name: project?.name ?? "Default",
      window,
      code: "project_budget_reached",
      countsByok: project?.includeByokInBudgets === true,
      ...limit,
    })
  }
  for (const guardrail of guardrails) {
    const budget = {
      scope: "guardrail" as const,
      name: guardrail.name,
      window: guardrail.resetInterval ?? ("total" as const),
      countsByok: guardrail.includeByokInBudgets === true,
      code: "guardrail_budget_reached" as const,
      ...of(guardrail.limitNano),
    }
    // Per key and per member, never pooled over those that it is assigned to (openrouter.ai/docs/guardrails).
    add({ account: `key:${keyId}`, ...budget })
    if (member) add({ account: `member:${member.id}`, ...budget })
  }
  const all = { account: "organisation", scope: "organisation", name: "the organisation" } as const
  if (configured.limitNano !== undefined)
    add({ ...all, window: windowOf(configured.limitReset), nano: configured.limitNano })
  else if (organisation) add({ ...all, window: windowOf(organisation.limitReset), ...of(organisation.limitNano) })
  if (configured.credits === "prepaid")
    add({ ...all, window: "total", code: "insufficient_balance", nano: organisation?.creditsNano ?? 0 })
  return found
}
