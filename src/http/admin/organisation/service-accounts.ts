import { Elysia } from "elysia"
import { existing } from "../../../accounts/directory/change.ts"
import {
  addServiceAccount,
  changeServiceAccount,
  type NewServiceAccount,
  removeServiceAccount,
} from "../../../accounts/directory/service-accounts.ts"
import type { Stored } from "../../../accounts/directory/types.ts"
import { documented } from "../../documented.ts"
import { type FieldTable, flag, orNull, present, readFields, shortText, text, wrong } from "../../fields/fields.ts"
import { limitFields } from "../../fields/limits.ts"
import { makingOf } from "../../making.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { limitRow } from "../limit-rows.ts"
import { historyRow, pageOf } from "../paging.ts"

const detail = documented("Admin")

const fields: FieldTable = {
  name: ["name", shortText(256)],
  description: ["description", orNull(shortText(1000))],
  group_id: ["groupId", orNull(text)],
  ...limitFields,
}

/** `/admin/service-accounts`: what calls models and is nobody. */
export const adminServiceAccounts = (services: HttpServices) => {
  const row = (account: Stored<"service-account">) => accountRow(services, account)
  const one = (id: string) => ({ data: row(existing(services.directory, "service-account", id)) })
  const { directory, keys } = services
  return new Elysia({ name: "admin service accounts" })
    .get(
      "/admin/service-accounts",
      ({ request }) =>
        managed(services, request, "GET /admin/service-accounts", ({ query }) =>
          pageOf(query, directory.list("service-account"), row),
        ),
      detail("Service accounts: limits, spending"),
    )
    .post(
      "/admin/service-accounts",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/service-accounts",
          async ({ body, actor }) => {
            const wanted = present(readFields(body, fields))
            if (wanted.name === undefined) throw wrong("name", "there: a name for people")
            const plan = () => addServiceAccount(directory, wanted as unknown as NewServiceAccount, makingOf(services))
            return one((await directory.change(actor, plan)).id)
          },
          201,
        ),
      detail("Make a service account"),
    )
    .get(
      "/admin/service-accounts/:id",
      ({ request, params }) => managed(services, request, "GET /admin/service-accounts/:id", () => one(params.id)),
      detail("A service account"),
    )
    .patch(
      "/admin/service-accounts/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/service-accounts/:id", async ({ body, actor }) => {
          const change = readFields(body, { ...fields, disabled: ["disabled", flag] })
          await directory.change(actor, () => changeServiceAccount(directory, params.id, change))
          return one(params.id)
        }),
      detail("Change a service account, or disable it and its keys with it"),
    )
    .delete(
      "/admin/service-accounts/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/service-accounts/:id", async ({ actor }) => {
          const plan = () => removeServiceAccount(directory, params.id, keys.list(), services.pipeline.now())
          await directory.change(actor, plan)
          return { deleted: true }
        }),
      detail("Delete a service account that has no key which could be used"),
    )
}

const accountRow = (
  services: HttpServices,
  { id, body, ...history }: Stored<"service-account">,
): Record<string, unknown> => ({
  id,
  name: body.name,
  description: body.description ?? null,
  group_id: body.groupId ?? null,
  disabled: body.disabled ?? false,
  ...limitRow(services, `service-account:${id}`, body),
  ...historyRow(history),
})
