import { Elysia } from "elysia"
import { changeOrganisation, organisationOf } from "../../../accounts/directory/organisation.ts"
import type { Organisation } from "../../../accounts/directory/types.ts"
import { documented } from "../../documented.ts"
import { type FieldTable, flag, orNull, readFields, shortText, text } from "../../fields/fields.ts"
import { limitFields, money } from "../../fields/limits.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeOrNull, usdOrNull } from "../../shown.ts"
import { limitRow } from "../limit-rows.ts"

const detail = documented("Admin")

/** Each field with what it is called inside. */
const names = {
  name: "name",
  suspended: "suspended",
  access_list_id: "accessListId",
  group_access_list_id: "groupAccessListId",
  default_group_id: "defaultGroupId",
  member_limit: "memberLimitNano",
  limit: "limitNano",
  limit_reset: "limitReset",
  rates: "rates",
} as const satisfies Readonly<Record<string, keyof Organisation>>

const fields: FieldTable = {
  name: [names.name, shortText(256)],
  suspended: [names.suspended, flag],
  access_list_id: [names.access_list_id, orNull(text)],
  group_access_list_id: [names.group_access_list_id, orNull(text)],
  default_group_id: [names.default_group_id, orNull(text)],
  member_limit: [names.member_limit, orNull(money)],
  ...limitFields,
}

/** `/admin/organisation`: what holds for all together. */
export const adminOrganisation = (services: HttpServices) => {
  const config = () => services.pipeline.snapshot().config
  return new Elysia({ name: "admin organisation" })
    .get(
      "/admin/organisation",
      ({ request }) => managed(services, request, "GET /admin/organisation", () => ({ data: row(services) })),
      detail("The organisation: limits, defaults, what the file says of it"),
    )
    .patch(
      "/admin/organisation",
      ({ request }) =>
        managed(services, request, "PATCH /admin/organisation", async ({ body, actor }) => {
          const change = readFields(body, fields)
          const { directory } = services
          await directory.change(actor, () => changeOrganisation(directory, change, config()))
          return { data: row(services) }
        }),
      detail("Change it, or suspend it: then nobody calls models"),
    )
}

function row(services: HttpServices): Record<string, unknown> {
  const { config } = services.pipeline.snapshot()
  const { body, ofFile, updatedAt } = organisationOf(services.directory, config)
  return {
    name: body.name,
    suspended: body.suspended ?? false,
    access_list_id: body.accessListId ?? null,
    group_access_list_id: body.groupAccessListId ?? null,
    default_group_id: body.defaultGroupId ?? null,
    member_limit: usdOrNull(body.memberLimitNano),
    ...limitRow(services, "organisation", body),
    credits: config.organisation.credits,
    members_count: services.directory.list("member").length,
    /** What the configuration file says, and only that changes. */
    of_file: Object.entries(names).flatMap(([name, own]) => (ofFile.includes(own) ? [name] : [])),
    updated_at: timeOrNull(updatedAt),
  }
}
