import { Elysia } from "elysia"
import type { AuditLine, AuditLog, AuditQuery } from "../../accounts/audit/audit-log.ts"
import { memberByEmail } from "../../accounts/directory/members.ts"
import { exportFile } from "../export.ts"
import { timeIn } from "../fields/moments.ts"
import { QueryReader, refuseOthers } from "../fields/query.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { timeText } from "../shown.ts"

const parameters = ["kind", "id", "actor", "action", "from", "to", "cursor", "limit", "format"]

const usualPage = 50
const largestPage = 1000
/** Lines of an export that are in memory at a time. */
const exportedAtOnce = 500

/** `GET /admin/audit`: who changed what, and from where. A cursor stays where it is while lines are added. */
export const adminAudit = (services: HttpServices) =>
  new Elysia({ name: "admin audit" }).get(
    "/admin/audit",
    ({ request }) =>
      managed(services, request, "GET /admin/audit", async ({ query }) => {
        refuseOthers(query, parameters)
        const read = new QueryReader(query)
        const asked = askedOf(services, query)
        const limit = read.integer("limit", 1, largestPage)
        if (read.oneOf("format", ["json", "jsonl"]) === "jsonl")
          return exportFile("audit", "jsonl", exported(services.audit, asked, limit ?? Number.POSITIVE_INFINITY))
        const size = limit ?? usualPage
        const lines = await services.audit.find({ ...asked, limit: size })
        return { data: lines.map(lineRow), next_cursor: lines.length < size ? null : String(lines.at(-1)!.number) }
      }),
    { parse: "none", detail: { summary: "Every change: who, what, before, after, from where", tags: ["Admin"] } },
  )

type Asked = Omit<AuditQuery, "limit">

/** Members may be named by their addresses, as everywhere below `/admin`. */
function askedOf({ directory }: HttpServices, query: URLSearchParams): Asked {
  const read = new QueryReader(query)
  const idOf = (text: string | undefined) =>
    text === undefined ? undefined : (memberByEmail(directory, text)?.id ?? text)
  const asked = {
    kind: read.text("kind"),
    objectId: idOf(read.text("id")),
    actor: idOf(read.text("actor")),
    action: read.text("action"),
    from: timeIn(query, "from"),
    to: timeIn(query, "to"),
    before: read.integer("cursor", 1, Number.MAX_SAFE_INTEGER),
  }
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
}

/** Newest first, in pieces. */
async function* exported(audit: AuditLog, asked: Asked, most: number) {
  let { before } = asked
  let left = most
  while (left > 0) {
    const limit = Math.min(exportedAtOnce, left)
    const lines = await audit.find({ ...asked, ...(before === undefined ? {} : { before }), limit })
    yield lines.map(lineRow)
    left -= lines.length
    before = lines.at(-1)?.number
    if (lines.length < limit) return
  }
}

const lineRow = ({ number, at, actor, action, kind, id, before, after }: AuditLine): Record<string, unknown> => ({
  number,
  at: timeText(at),
  action,
  kind,
  id,
  actor: {
    name: actor.name,
    key_id: actor.keyId ?? null,
    member_id: actor.memberId ?? null,
    address: actor.address ?? null,
    user_agent: actor.userAgent ?? null,
    request_id: actor.requestId ?? null,
  },
  before,
  after,
})
