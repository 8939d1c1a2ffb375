import { type GroupMembership, groupMembers } from "../../../../accounts/directory/groups.ts"
import { organisationId } from "../../../../accounts/directory/ids.ts"
import type { Stored } from "../../../../accounts/directory/types.ts"
import type { RateLimits } from "../../../../accounts/limits/types.ts"
import { usd } from "../../../../ledger/money.ts"
import type { HttpServices } from "../../../services.ts"
import { timeText, usdOrNull } from "../../../shown.ts"
import { spentThisMonth } from "../../spent.ts"

/** Money of groups is numbers, and that of keys is texts: so it is at Requesty. */

export function groupRow(services: HttpServices, { id, body, createdAt, createdByMember, createdBy }: Stored<"group">) {
  const maker = createdByMember ?? createdBy
  return {
    id,
    organization_id: organisationId,
    name: body.name,
    ...(body.description === undefined ? {} : { description: body.description }),
    members_count: body.members.length,
    monthly_spend: usd(spentThisMonth(services, `group:${id}`)),
    // Null is what Requesty's command line knows as "no limit" here.
    monthly_limit: usdOrNull(body.limitNano),
    ...(body.limitNano === undefined ? {} : { monthly_budget: usd(body.limitNano), limit_reset: body.limitReset }),
    ...(body.memberLimitNano === undefined ? {} : { monthly_budget_per_user: usd(body.memberLimitNano) }),
    access_list_ids: body.accessListIds ?? [],
    created_by: maker ?? "",
    created_at: timeText(createdAt),
  }
}

export const groupDetail = (services: HttpServices, group: Stored<"group">) => ({
  group: {
    ...groupRow(services, group),
    members: groupMembers(services.directory, group).map((one) => memberRow(services, group, one)),
  },
})

const memberRow = (services: HttpServices, group: Stored<"group">, { member, role, ...own }: GroupMembership) => ({
  id: member.id,
  email: member.body.email,
  role,
  monthly_limit: usdOrNull(own.limitNano ?? group.body.memberLimitNano),
  monthly_spend: usd(spentThisMonth(services, `group-member:${group.id}/${member.id}`)),
  rate_limit: ratesRow(own.rates),
  active: member.body.disabled !== true,
})

/** Requests a minute, as one number; null: none of his own. */
const ratesRow = (rates: RateLimits | undefined): number | null => rates?.requestsPerMinute ?? null
