import { Elysia } from "elysia"
import {
  addGroup,
  addGroupMember,
  changeGroup,
  changeGroupMember,
  type GroupMembership,
  groupFor,
  groupMembers,
  groupsFor,
  managedGroup,
  type NewGroup,
  removeGroup,
  removeGroupMember,
} from "../../../accounts/directory/groups.ts"
import { memberByEmail } from "../../../accounts/directory/members.ts"
import type { GroupMember, Stored } from "../../../accounts/directory/types.ts"
import { GatewayError } from "../../../contract/index.ts"
import { documented } from "../../documented.ts"
import {
  type FieldTable,
  oneOf,
  orNull,
  present,
  readFields,
  shortText,
  text,
  texts,
  wrong,
} from "../../fields/fields.ts"
import { limitFields, money, rates } from "../../fields/limits.ts"
import { QueryReader, refuseOthers } from "../../fields/query.ts"
import { makingOf } from "../../making.ts"
import { type Asked, managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeText, usdOrNull } from "../../shown.ts"
import { limitRow, ratesRow } from "../limit-rows.ts"
import { historyRow, pageOf } from "../paging.ts"

const detail = documented("Admin")

const fields: FieldTable = {
  name: ["name", shortText(256)],
  description: ["description", orNull(shortText(1000))],
  member_limit: ["memberLimitNano", orNull(money)],
  access_list_ids: ["accessListIds", orNull(texts)],
  ...limitFields,
}

const memberFields: FieldTable = {
  role: ["role", oneOf("admin", "member")],
  limit: ["limitNano", orNull(money)],
  rates: ["rates", orNull(rates)],
}

/** `/admin/groups`, and the members of each. Group admins change their own groups; what these may spend is the organisation's matter. */
export const adminGroups = (services: HttpServices) => {
  const row = (group: Stored<"group">) => groupRow(services, group)
  const one = (id: string) => ({ data: row(services.directory.get("group", id)!) })
  const { directory } = services
  return new Elysia({ name: "admin groups" })
    .get(
      "/admin/groups",
      ({ request }) =>
        managed(services, request, "GET /admin/groups", (asked) =>
          pageOf(asked.query, groupsFor(services.directory, asked), row),
        ),
      detail("Groups: limits, spending"),
    )
    .post(
      "/admin/groups",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/groups",
          async (asked) => {
            const wanted = present(readFields(asked.body, fields))
            if (wanted.name === undefined) throw wrong("name", "there: a name for people")
            const plan = () => addGroup(directory, wanted as unknown as NewGroup, asked, makingOf(services))
            return one((await directory.change(asked.actor, plan)).id)
          },
          201,
        ),
      detail("Make a group"),
    )
    .get(
      "/admin/groups/:id",
      ({ request, params }) =>
        managed(services, request, "GET /admin/groups/:id", (asked) => ({
          data: row(groupFor(services.directory, params.id, asked)),
        })),
      detail("A group"),
    )
    .patch(
      "/admin/groups/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/groups/:id", async (asked) => {
          const change = readFields(asked.body, fields)
          await directory.change(asked.actor, () => changeGroup(directory, params.id, change, asked))
          return one(params.id)
        }),
      detail("Change a group"),
    )
    .delete(
      "/admin/groups/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/groups/:id", async (asked) => {
          refuseOthers(asked.query, ["force"])
          const force = new QueryReader(asked.query).flag("force") ?? false
          const plan = () => removeGroup(directory, params.id, asked, { keys: services.keys.list(), force })
          await directory.change(asked.actor, plan)
          return { deleted: true }
        }),
      detail("Delete a group; ?force=true also when keys and service accounts belong to it"),
    )
    .use(groupMemberRoutes(services))
}

const groupMemberRoutes = (services: HttpServices) => {
  const { directory } = services
  const one = (groupId: string, memberId: string) => {
    const group = directory.get("group", groupId)!
    const found = groupMembers(directory, group).find((membership) => membership.memberId === memberId)
    return { data: found ? membershipRow(services, group, found) : null }
  }
  return new Elysia({ name: "admin group members" })
    .get(
      "/admin/groups/:id/members",
      ({ request, params }) =>
        managed(services, request, "GET /admin/groups/:id/members", (asked) => {
          const group = groupFor(directory, params.id, asked)
          return pageOf(asked.query, groupMembers(directory, group), (one) => membershipRow(services, group, one))
        }),
      detail("Who is in a group: role, limit, spending in it"),
    )
    .post(
      "/admin/groups/:id/members",
      ({ request, params }) =>
        managed(
          services,
          request,
          "POST /admin/groups/:id/members",
          async (asked) => {
            const wanted = present(readFields(asked.body, { member: ["member", text], ...memberFields }))
            // First, so that who is none of its admins does not learn who is in the organisation.
            managedGroup(directory, params.id, asked)
            const memberId = memberNamed(services, wanted)
            const { member: _, ...rest } = wanted
            const joined = { ...rest, memberId } as Pick<GroupMember, "memberId">
            const plan = () => addGroupMember(directory, params.id, joined, asked, { now: services.pipeline.now() })
            await directory.change(asked.actor, plan)
            return one(params.id, memberId)
          },
          201,
        ),
      detail("Put a member, by id or e-mail address, into a group"),
    )
    .patch(
      "/admin/groups/:id/members/:member",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/groups/:id/members/:member", async (asked) => {
          const change = readFields(asked.body, memberFields)
          await changing(services, asked, () => changeGroupMember(directory, params.id, params.member, change, asked))
          return one(params.id, params.member)
        }),
      detail("Change what a member is, and may spend, in a group"),
    )
    .delete(
      "/admin/groups/:id/members/:member",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/groups/:id/members/:member", async (asked) => {
          await changing(services, asked, () => removeGroupMember(directory, params.id, params.member, asked))
          return { deleted: true }
        }),
      detail("Take a member out of a group"),
    )
}

const changing = ({ directory }: HttpServices, { actor }: Asked, plan: Parameters<typeof directory.change>[1]) =>
  directory.change(actor, plan)

function memberNamed({ directory }: HttpServices, { member }: Record<string, unknown>): string {
  if (typeof member !== "string") throw wrong("member", "there: the id or e-mail address of a member")
  const found = directory.get("member", member) ?? memberByEmail(directory, member)
  if (found) return found.id
  throw new GatewayError("invalid_request", `There is no member "${member.slice(0, 200)}".`, { param: "member" })
}

function groupRow(services: HttpServices, { id, body, ...history }: Stored<"group">): Record<string, unknown> {
  return {
    id,
    name: body.name,
    description: body.description ?? null,
    members_count: body.members.length,
    member_limit: usdOrNull(body.memberLimitNano),
    access_list_ids: body.accessListIds ?? [],
    ...limitRow(services, `group:${id}`, body),
    ...historyRow(history),
  }
}

/** In a group everything counts by the month. */
function membershipRow(services: HttpServices, group: Stored<"group">, one: GroupMembership): Record<string, unknown> {
  const { memberLimitNano } = group.body
  const limitNano = one.limitNano ?? memberLimitNano
  const limited = { limitReset: "monthly", ...(limitNano === undefined ? {} : { limitNano }) } as const
  return {
    member_id: one.memberId,
    email: one.member.body.email,
    role: one.role,
    disabled: one.member.body.disabled ?? false,
    ...limitRow(services, `group-member:${group.id}/${one.memberId}`, limited),
    own_limit: usdOrNull(one.limitNano),
    rates: ratesRow(one.rates),
    joined_at: timeText(one.joinedAt),
  }
}
