import { Elysia } from "elysia"
import { groupsFor } from "../../../../accounts/directory/groups.ts"
import { organisationId } from "../../../../accounts/directory/ids.ts"
import { membersFor } from "../../../../accounts/directory/members.ts"
import { changeOrganisation, organisationOf } from "../../../../accounts/directory/organisation.ts"
import type { Organisation, Stored } from "../../../../accounts/directory/types.ts"
import { rights } from "../../../../accounts/rights/rights.ts"
import { usd } from "../../../../ledger/money.ts"
import { creditsOf } from "../../../credits.ts"
import { type FieldTable, orNull, readFields, text, wrong } from "../../../fields/fields.ts"
import { type Asked, managed } from "../../../managed.ts"
import type { HttpServices } from "../../../services.ts"
import { usdOrNull } from "../../../shown.ts"
import { noContent, told } from "../../reply.ts"
import { spentThisMonth } from "../../spent.ts"
import { organisationUsage } from "../../usage/answer.ts"
import { moneyText } from "../../values.ts"

/** `/v1/manage/org`, and the older address of its usage. */
export const manageOrganisation = (services: HttpServices) =>
  new Elysia({ name: "requesty manage organisation" })
    .get(
      "/v1/manage/org",
      ({ request }) => managed(services, request, "GET /v1/manage/org", (asked) => organisationRow(services, asked)),
      told("The organisation, and what is left of its credits"),
    )
    .get(
      "/v1/manage/org/usage",
      ({ request }) =>
        managed(services, request, "GET /v1/manage/org/usage", (asked) => organisationUsage(services, asked)),
      told("What all keys have used"),
    )
    .get(
      "/v1/organization/usage",
      ({ request }) =>
        managed(services, request, "GET /v1/organization/usage", (asked) =>
          organisationUsage(services, asked, { wholeMonth: true }),
        ),
      told("What all keys have used; without dates in this month"),
    )
    .get(
      "/v1/manage/org/member",
      ({ request }) =>
        managed(services, request, "GET /v1/manage/org/member", (asked) => ({
          members: membersFor(services.directory, asked).map((member) => memberRow(services, asked, member)),
        })),
      told("Who is in the organisation"),
    )
    .post(
      "/v1/manage/org/access-list",
      ({ request }) =>
        managed(services, request, "POST /v1/manage/org/access-list", async (asked) => {
          const lists: Lists = readFields(asked.body, fields)
          // What is left out stays as it is, but of nothing at all somebody meant something.
          if (Object.keys(lists).length === 0)
            throw wrong("access_list_id", "there, or group_access_list_id: the id of an access list, or null for none")
          const { config } = services.pipeline.snapshot()
          await services.directory.change(asked.actor, () => changeOrganisation(services.directory, lists, config))
          return noContent()
        }),
      told("Say which access list counts for keys, and for groups, that have none of their own"),
    )

type Lists = { readonly [Field in "accessListId" | "groupAccessListId"]?: Organisation[Field] | null }

const fields: FieldTable = {
  access_list_id: ["accessListId", orNull(text)],
  group_access_list_id: ["groupAccessListId", orNull(text)],
}

/** Everybody may know which organisation it is; its money is for those who see it elsewhere too. */
function organisationRow(services: HttpServices, { role }: Asked): Record<string, unknown> {
  const { body } = organisationOf(services.directory, services.pipeline.snapshot().config)
  const { mode, paidInNano, spentNano } = creditsOf(services)
  const seesCredits = rights["credits:read"][role] === "all" && mode === "prepaid"
  const seesUsage = rights["usage:read"][role] === "all"
  const { limitNano, limitReset, accessListId, groupAccessListId } = body
  return {
    id: organisationId,
    name: body.name,
    ...(seesCredits ? { balance: moneyText(paidInNano - spentNano) } : {}),
    currency: "USD",
    ...(seesUsage ? { monthly_spend: moneyText(spentThisMonth(services, "organisation")) } : {}),
    ...(limitNano === undefined ? {} : { monthly_limit: moneyText(limitNano), limit_reset: limitReset }),
    ...(accessListId === undefined ? {} : { access_list_id: accessListId }),
    ...(groupAccessListId === undefined ? {} : { group_access_list_id: groupAccessListId }),
  }
}

function memberRow(services: HttpServices, asked: Asked, { id, body }: Stored<"member">) {
  const name = [body.firstName, body.lastName].filter((part) => part !== undefined).join(" ")
  return {
    id,
    email: body.email,
    ...(name === "" ? {} : { name }),
    role: body.role,
    monthly_limit: usdOrNull(body.limitNano),
    monthly_spend: usd(spentThisMonth(services, `member:${id}`)),
    active: body.disabled !== true,
    groups: groupsFor(services.directory, asked).flatMap((group) => {
      const own = group.body.members.find(({ memberId }) => memberId === id)
      return own ? [{ id: group.id, name: group.body.name, role: own.role }] : []
    }),
  }
}
