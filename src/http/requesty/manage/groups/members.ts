import { Elysia } from "elysia"
import { addGroupMember, changeGroupMember, removeGroupMember } from "../../../../accounts/directory/groups.ts"
import type { JsonObject } from "../../../../contract/index.ts"
import { type FieldTable, oneOf, readFields, text, wrong } from "../../../fields/fields.ts"
import { makingOf } from "../../../making.ts"
import { type Asked, managed } from "../../../managed.ts"
import type { ManagedRoute } from "../../../rights/routes.ts"
import type { HttpServices } from "../../../services.ts"
import { noContent, told } from "../../reply.ts"
import { monthlyLimit, theField } from "../../values.ts"

type Params = { readonly id: string; readonly user?: string }

/** Who is in Requesty's groups. The role of somebody is changed under two addresses: its documentation has one, its command line the other. */
export const manageGroupMembers = (services: HttpServices) => {
  const { directory } = services
  const change = (
    request: Request,
    route: ManagedRoute,
    { id, user }: Params,
    read: (body: JsonObject) => Membership,
    plan: typeof changeGroupMember = changeGroupMember,
  ) =>
    managed(services, request, route, async (asked: Asked) => {
      const { memberId = user, ...wanted } = read(asked.body)
      if (memberId === undefined) throw wrong("user_id", "there: the id of a member")
      await directory.change(asked.actor, () => plan(directory, id, memberId, wanted, asked))
      return noContent()
    })
  return new Elysia({ name: "requesty manage group members" })
    .post(
      "/v1/manage/group/:id/member",
      ({ request, params }) =>
        change(request, "POST /v1/manage/group/:id/member", params, withUser, (look, id, memberId, wanted, by) => {
          const { role, limitNano } = wanted
          const joined = {
            memberId,
            ...(role ? { role } : {}),
            ...(typeof limitNano === "number" ? { limitNano } : {}),
          }
          return addGroupMember(look, id, joined, by, makingOf(services))
        }),
      told("Take a member into a group"),
    )
    .put(
      "/v1/manage/group/:id/member",
      ({ request, params }) => change(request, "PUT /v1/manage/group/:id/member", params, withUser),
      told("Change the role of somebody in a group"),
    )
    .delete(
      "/v1/manage/group/:id/member",
      ({ request, params }) =>
        change(
          request,
          "DELETE /v1/manage/group/:id/member",
          params,
          (body) => readFields(body, { user_id: fields.user_id! }),
          (look, id, memberId, _, by) => removeGroupMember(look, id, memberId, by),
        ),
      told("Take a member out of a group"),
    )
    .put(
      "/v1/manage/group/:id/member/:user/role",
      ({ request, params }) =>
        change(request, "PUT /v1/manage/group/:id/member/:user/role", params, (body) => ({
          role: theField(body, "role", role, '"admin" or "member"'),
        })),
      told("Change the role of somebody in a group"),
    )
    .post(
      "/v1/manage/group/:id/member/:user/limit",
      ({ request, params }) =>
        change(request, "POST /v1/manage/group/:id/member/:user/limit", params, (body) => ({
          limitNano: theField(body, "monthly_limit", monthlyLimit, "USD a month, or 0 for no limit of his own"),
        })),
      told("Change what somebody may spend a month in a group"),
    )
}

interface Membership {
  readonly memberId?: string
  readonly role?: "admin" | "member"
  readonly limitNano?: number | null
}

const role = oneOf("admin", "member")

const fields: FieldTable = {
  user_id: ["memberId", text],
  role: ["role", role],
  monthly_limit: ["limitNano", monthlyLimit],
}

const withUser = (body: JsonObject): Membership => readFields(body, fields)
