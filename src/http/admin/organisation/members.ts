import { Elysia } from "elysia"
import { keysOf } from "../../../accounts/directory/keys-of.ts"
import {
  addMember,
  changeMember,
  memberFor,
  membersFor,
  type NewMember,
  removeMember,
} from "../../../accounts/directory/members.ts"
import type { Stored } from "../../../accounts/directory/types.ts"
import type { Principal } from "../../../accounts/principal.ts"
import { roles } from "../../../accounts/rights/rights.ts"
import { documented } from "../../documented.ts"
import {
  type FieldTable,
  flag,
  oneOf,
  orNull,
  present,
  readFields,
  shortText,
  text,
  wrong,
} from "../../fields/fields.ts"
import { limitFields } from "../../fields/limits.ts"
import { QueryReader, refuseOthers } from "../../fields/query.ts"
import { makingOf } from "../../making.ts"
import { type Asked, managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { limitRow } from "../limit-rows.ts"
import { historyRow, pageOf } from "../paging.ts"

const detail = documented("Admin")

const fields: FieldTable = {
  email: ["email", text],
  first_name: ["firstName", orNull(shortText(256))],
  last_name: ["lastName", orNull(shortText(256))],
  role: ["role", oneOf(...roles)],
  ...limitFields,
}

/** `/admin/members`: who is in the organisation. An id in an address may be an e-mail address. */
export const adminMembers = (services: HttpServices) => {
  const row = (member: Stored<"member">) => memberRow(services, member)
  const one = (id: string) => ({ data: row(services.directory.get("member", id)!) })
  return new Elysia({ name: "admin members" })
    .get(
      "/admin/members",
      ({ request }) =>
        managed(services, request, "GET /admin/members", (asked) =>
          pageOf(asked.query, membersFor(services.directory, asked), row),
        ),
      detail("Members: role, limits, spending"),
    )
    .post(
      "/admin/members",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/members",
          async (asked) => {
            const wanted = present(readFields(asked.body, fields))
            if (wanted.email === undefined) throw wrong("email", "there: an e-mail address")
            const { directory } = services
            const plan = () => addMember(directory, wanted as unknown as NewMember, asked, makingOf(services))
            return one((await directory.change(asked.actor, plan)).id)
          },
          201,
        ),
      detail("Add a member"),
    )
    .get(
      "/admin/members/:id",
      ({ request, params }) =>
        managed(services, request, "GET /admin/members/:id", (asked) => ({
          data: row(memberFor(services.directory, params.id, asked)),
        })),
      detail("A member"),
    )
    .patch(
      "/admin/members/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/members/:id", async (asked) => {
          const change = readFields(asked.body, { ...fields, disabled: ["disabled", flag] })
          const { directory } = services
          const plan = () => changeMember(directory, memberFor(directory, params.id, asked).id, change, asked)
          return one((await directory.change(asked.actor, plan)).id)
        }),
      detail("Change a member, or disable it and its keys with it"),
    )
    .delete(
      "/admin/members/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/members/:id", (asked) => remove(services, params.id, asked)),
      detail("Remove a member; ?keys=keep leaves its inference keys to the organisation, otherwise they are disabled"),
    )
}

/**
 * What uses a member's keys would stop with it. Requesty lets them go on; here that must be said, and holds for keys that call models only:
 * a key that manages would do from then on what nobody answers for.
 */
async function remove(services: HttpServices, idOrEmail: string, asked: Asked): Promise<object> {
  refuseOthers(asked.query, ["keys"])
  const fate = new QueryReader(asked.query).oneOf("keys", ["disable", "keep"]) ?? "disable"
  const { directory, keys } = services
  const { id } = memberFor(directory, idOrEmail, asked)
  // Looked at before any key is touched; whether it still holds is asked again in the change's turn.
  removeMember(directory, id, asked)
  const own = keysOf(keys.list(), "member", id)
  const kept = own.filter(({ kind, details }) => fate === "keep" && kind === "inference" && !isReading(details?.manage))
  for (const key of kept) {
    // Whose money it spends stays the same.
    const groupId = services.standings.of(key).group?.id
    const change = ({ details = {} }: Principal) => {
      const { owner: _, ...rest } = details
      return { details: { ...rest, ...(groupId === undefined ? {} : { groupId }) } }
    }
    await keys.update(key.keyId, change, asked.actor)
  }
  await directory.change(asked.actor, () => removeMember(directory, id, asked))
  // They do nothing already, because whose they are is gone; what follows shows it.
  const left = own.filter((key) => !kept.includes(key) && key.source === "store" && !key.disabled)
  for (const { keyId } of left) await keys.update(keyId, { disabled: true }, asked.actor)
  return { deleted: true, keys_disabled: left.length, keys_kept: kept.length }
}

const isReading = (manage: string | undefined): boolean => manage !== undefined && manage !== "none"

function memberRow(services: HttpServices, { id, body, ...history }: Stored<"member">): Record<string, unknown> {
  return {
    id,
    email: body.email,
    first_name: body.firstName ?? null,
    last_name: body.lastName ?? null,
    role: body.role,
    disabled: body.disabled ?? false,
    ...limitRow(services, `member:${id}`, body),
    ...historyRow(history),
  }
}
