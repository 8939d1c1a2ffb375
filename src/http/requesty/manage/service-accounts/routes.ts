import { Elysia } from "elysia"
import { existing } from "../../../../accounts/directory/change.ts"
import { keysOf } from "../../../../accounts/directory/keys-of.ts"
import {
  addServiceAccount,
  changeServiceAccount,
  removeServiceAccount,
} from "../../../../accounts/directory/service-accounts.ts"
import type { ServiceAccount, Stored } from "../../../../accounts/directory/types.ts"
import { usd } from "../../../../ledger/money.ts"
import { type FieldTable, flag, orNull, present, readFields, text, wrong } from "../../../fields/fields.ts"
import { objectName } from "../../../fields/names.ts"
import { makingOf } from "../../../making.ts"
import { managed } from "../../../managed.ts"
import type { HttpServices } from "../../../services.ts"
import { timeText, usdOrNull } from "../../../shown.ts"
import { noContent, told } from "../../reply.ts"
import { spentThisMonth } from "../../spent.ts"
import { monthlyLimit } from "../../values.ts"

/**
 * `/v1/manage/service-account`: at Requesty service accounts are a page of its dashboard and no API, so the form is ours, like that of its
 * groups. Their keys are made with `POST /v1/manage/apikey` and `service_account_id`.
 */
export const manageServiceAccounts = (services: HttpServices) => {
  const { directory } = services
  return new Elysia({ name: "requesty manage service accounts" })
    .get(
      "/v1/manage/service-account",
      ({ request }) =>
        managed(services, request, "GET /v1/manage/service-account", () => ({
          service_accounts: directory.list("service-account").map((account) => row(services, account)),
        })),
      told("Service accounts"),
    )
    .post(
      "/v1/manage/service-account",
      ({ request }) =>
        managed(services, request, "POST /v1/manage/service-account", async (asked) => {
          const { name, disabled: _, ...rest }: Fields = readFields(asked.body, fields)
          if (name === undefined) throw wrong("name", "there: a name for people")
          const account = { name, ...present(rest) }
          const made = await directory.change(asked.actor, () =>
            addServiceAccount(directory, account, makingOf(services)),
          )
          return { service_account_id: made.id }
        }),
      told("Make a service account"),
    )
    .get(
      "/v1/manage/service-account/:id",
      ({ request, params }) =>
        managed(services, request, "GET /v1/manage/service-account/:id", () => ({
          service_account: row(services, existing(directory, "service-account", params.id)),
        })),
      told("A service account"),
    )
    .patch(
      "/v1/manage/service-account/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /v1/manage/service-account/:id", async (asked) => {
          const change: Fields = readFields(asked.body, { ...fields, active: ["disabled", inactive] })
          // A limit of this form is a month's, whatever it was before.
          const wanted = change.limitNano === undefined ? change : { ...change, limitReset: "monthly" as const }
          await directory.change(asked.actor, () => changeServiceAccount(directory, params.id, wanted))
          return noContent()
        }),
      told("Change a service account, or switch it off"),
    )
    .delete(
      "/v1/manage/service-account/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /v1/manage/service-account/:id", async (asked) => {
          const keys = services.keys.list()
          await directory.change(asked.actor, () =>
            removeServiceAccount(directory, params.id, keys, services.pipeline.now()),
          )
          return noContent()
        }),
      told("Delete a service account that has no keys in use"),
    )
}

const inactive = (value: unknown, name: string): boolean => !flag(value, name)

const fields: FieldTable = {
  name: ["name", objectName],
  description: ["description", orNull(text)],
  monthly_limit: ["limitNano", monthlyLimit],
  group_id: ["groupId", orNull(text)],
}

type Fields = { readonly [Field in keyof ServiceAccount]?: ServiceAccount[Field] | null } & { readonly name?: string }

function row(services: HttpServices, { id, body, createdAt, createdBy, createdByMember }: Stored<"service-account">) {
  const group = body.groupId === undefined ? undefined : services.directory.get("group", body.groupId)
  return {
    id,
    name: body.name,
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(group ? { group: { id: group.id, name: group.body.name } } : {}),
    keys_count: keysOf(services.keys.list(), "service-account", id).length,
    monthly_spend: usd(spentThisMonth(services, `service-account:${id}`)),
    monthly_limit: usdOrNull(body.limitNano),
    active: body.disabled !== true,
    created_by: createdByMember ?? createdBy ?? "",
    created_at: timeText(createdAt),
  }
}
