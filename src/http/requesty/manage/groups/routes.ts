import { Elysia } from "elysia"
import {
  addGroup,
  changeGroup,
  type GroupChange,
  groupFor,
  groupsFor,
  removeGroup,
} from "../../../../accounts/directory/groups.ts"
import type { JsonObject } from "../../../../contract/index.ts"
import { type FieldTable, orNull, present, readFields, text, texts, wrong } from "../../../fields/fields.ts"
import { objectName } from "../../../fields/names.ts"
import { makingOf } from "../../../making.ts"
import { type Asked, managed } from "../../../managed.ts"
import type { ManagedRoute } from "../../../rights/routes.ts"
import type { HttpServices } from "../../../services.ts"
import { noContent, told } from "../../reply.ts"
import { monthlyLimit, theField } from "../../values.ts"
import { groupDetail, groupRow } from "./rows.ts"

type Params = { readonly id: string }

/** `/v1/manage/group`: Requesty's groups; those who are in them have routes of their own. */
export const manageGroups = (services: HttpServices) => {
  const { directory } = services
  const change = (
    request: Request,
    route: ManagedRoute,
    { id }: Params,
    read: (body: JsonObject, asked: Asked) => GroupChange,
  ) =>
    managed(services, request, route, async (asked) => {
      const wanted = read(asked.body, asked)
      await directory.change(asked.actor, () => changeGroup(directory, id, wanted, asked))
      return noContent()
    })
  return new Elysia({ name: "requesty manage groups" })
    .get(
      "/v1/manage/group",
      ({ request }) =>
        managed(services, request, "GET /v1/manage/group", (asked) => ({
          groups: groupsFor(directory, asked).map((group) => groupRow(services, group)),
        })),
      told("Groups"),
    )
    .post(
      "/v1/manage/group",
      ({ request }) =>
        managed(services, request, "POST /v1/manage/group", async (asked) => {
          const { name, description, limitNano, memberLimitNano }: Fields = readFields(asked.body, fields)
          if (name === undefined) throw wrong("name", "there: a name for people")
          const group = { name, ...present({ description, limitNano, memberLimitNano }) }
          const made = await directory.change(asked.actor, () => addGroup(directory, group, asked, makingOf(services)))
          return { group_id: made.id }
        }),
      told("Make a group"),
    )
    .get(
      "/v1/manage/group/:id",
      ({ request, params }) =>
        managed(services, request, "GET /v1/manage/group/:id", (asked) =>
          groupDetail(services, groupFor(directory, params.id, asked)),
        ),
      told("A group with its members"),
    )
    .patch(
      "/v1/manage/group/:id",
      ({ request, params }) =>
        change(request, "PATCH /v1/manage/group/:id", params, (body) => monthly(readFields(body, fields) as Fields)),
      told("Change a group"),
    )
    .delete(
      "/v1/manage/group/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /v1/manage/group/:id", async (asked) => {
          const force = asked.query.get("force") === "true"
          await directory.change(asked.actor, () =>
            removeGroup(directory, params.id, asked, { keys: services.keys.list(), force }),
          )
          return noContent()
        }),
      told("Delete a group; one that keys belong to with ?force=true only"),
    )
    .post(
      "/v1/manage/group/:id/limit",
      ({ request, params }) =>
        change(request, "POST /v1/manage/group/:id/limit", params, (body) => ({
          limitNano: theField(body, "monthly_limit", monthlyLimit, "USD a month, or 0 for no limit"),
          limitReset: "monthly",
        })),
      told("Change what a group may spend a month; 0 is no limit"),
    )
    .post(
      "/v1/manage/group/:id/access-list",
      ({ request, params }) =>
        change(request, "POST /v1/manage/group/:id/access-list", params, (body) => ({
          accessListIds: theField(body, "access_list_ids", texts, "a list of ids, [] for none"),
        })),
      told("Give a group access lists, in place of all that it had"),
    )
}

const fields: FieldTable = {
  name: ["name", objectName],
  description: ["description", orNull(text)],
  monthly_limit: ["limitNano", monthlyLimit],
  monthly_budget_per_user: ["memberLimitNano", monthlyLimit],
}

/** A limit of this form is a month's, whatever it was before. */
const monthly = (change: Fields): GroupChange => ({
  ...change,
  ...(change.limitNano === undefined ? {} : { limitReset: "monthly" }),
})

interface Fields {
  readonly name?: string
  readonly description?: string | null
  readonly limitNano?: number | null
  readonly memberLimitNano?: number | null
}
