import { Elysia } from "elysia"
import type { KeyDetails } from "../../../accounts/principal.ts"
import type { JsonObject } from "../../../contract/index.ts"
import { type FieldTable, readFields, wrong } from "../../fields/fields.ts"
import { objectName } from "../../fields/names.ts"
import { type Asked, managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { wholeList } from "../../whole-list.ts"
import { changeKey, createKey, deleteKey, keyNamed, visibleKeys } from "../keys/change.ts"
import { seedRow } from "../keys/rows.ts"
import { told } from "../reply.ts"
import { keyUsage } from "../usage/answer.ts"
import { expiry, type Labels, labelList, monthlyLimit, theField } from "../values.ts"

/** `/v1/api-keys`: the keys as Requesty's published OpenAPI description has them; the same keys as below `/v1/manage/apikey`. */
export const apiKeys = (services: HttpServices) => {
  const named = (asked: Asked, params: { readonly id: string }) => keyNamed(services, asked, params.id)
  return new Elysia({ name: "requesty api keys" })
    .get(
      "/v1/api-keys",
      ({ request }) =>
        managed(services, request, "GET /v1/api-keys", (asked) =>
          wholeList("data", visibleKeys(services, asked), (key) => seedRow(services, key)),
        ),
      told("Keys, without their tokens"),
    )
    .post(
      "/v1/api-keys",
      ({ request }) =>
        managed(services, request, "POST /v1/api-keys", async (asked) => {
          const { token, principal } = await createKey(services, asked, newKey(asked.body), "seed")
          return { ...seedRow(services, principal), key: token }
        }),
      told("Make a key; the token is in this answer only"),
    )
    .get(
      "/v1/api-keys/:id",
      ({ request, params }) =>
        managed(services, request, "GET /v1/api-keys/:id", (asked) => seedRow(services, named(asked, params))),
      told("A key"),
    )
    .delete(
      "/v1/api-keys/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /v1/api-keys/:id", async (asked) => ({
          id: await deleteKey(services, asked, params.id),
          deleted: true,
        })),
      told("Delete a key"),
    )
    .get(
      "/v1/api-keys/:id/usage",
      ({ request, params }) =>
        managed(services, request, "GET /v1/api-keys/:id/usage", (asked) =>
          keyUsage(services, asked, named(asked, params), { wholeMonth: true }),
        ),
      told("What a key has used"),
    )
    .patch(
      "/v1/api-keys/:id/limit",
      ({ request, params }) =>
        managed(services, request, "PATCH /v1/api-keys/:id/limit", async (asked) => {
          const limitNano = theField(asked.body, "limit", monthlyLimit, "USD a month, or 0 for no limit")
          const wish = { limitNano, limitReset: "monthly" as const }
          return seedRow(services, await changeKey(services, asked, params.id, wish))
        }),
      told("Change what a key may spend a month"),
    )
}

const fields: FieldTable = {
  name: ["name", objectName],
  limit: ["limitNano", monthlyLimit],
  labels: ["labels", labelList],
  expiry: ["expiresAtMs", expiry],
}

interface Given {
  readonly name?: string
  readonly limitNano?: number | null
  readonly labels?: Labels
  readonly expiresAtMs?: number | null
}

function newKey(body: JsonObject) {
  const { name, labels, limitNano, expiresAtMs }: Given = readFields(body, fields)
  if (name === undefined) throw wrong("name", "there: a name for people")
  const details: KeyDetails = labels === undefined ? {} : { labels }
  return {
    name,
    kind: "inference" as const,
    limitReset: "monthly" as const,
    details,
    ...(typeof limitNano !== "number" ? {} : { limitNano }),
    ...(typeof expiresAtMs !== "number" ? {} : { expiresAtMs }),
  }
}
