import { Elysia } from "elysia"
import type { AuditLine, AuditLog, AuditQuery } from "../../accounts/audit/audit-log.ts"
import { QueryReader } from "../lists/print.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { wrong } from "./fields.ts"
import { refuseOthers } from "./paging.ts"

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
        const asked = queryOf(read)
        const limit = read.integer("limit", 1, largestPage)
        if (read.oneOf("format", ["json", "jsonl"]) === "jsonl")
          return new Response(exported(services.audit, asked, limit ?? Number.POSITIVE_INFINITY), {
            headers: {
              "content-type": "application/x-ndjson",
              "content-disposition": 'attachment; filename="audit.jsonl"',
            },
          })
        const size = limit ?? usualPage
        const lines = await services.audit.find({ ...asked, limit: size })
        return { data: lines.map(lineRow), next_cursor: lines.length < size ? null : String(lines.at(-1)!.number) }
      }),
    { parse: "none", detail: { summary: "Every change: who, what, before, after, from where", tags: ["Admin"] } },
  )

function queryOf(read: QueryReader): Omit<AuditQuery, "limit"> {
  const asked = {
    kind: read.text("kind"),
    objectId: read.text("id"),
    actor: read.text("actor"),
    action: read.text("action"),
    from: timeIn(read, "from"),
    to: timeIn(read, "to"),
    before: read.integer("cursor", 1, Number.MAX_SAFE_INTEGER),
  }
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
}

function timeIn(read: QueryReader, name: string): number | undefined {
  const text = read.text(name)
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isFinite(at)) return at
  throw wrong(name, "a date, or a date and time as in 2027-01-31T00:00:00Z")
}

/** One line of JSON each, newest first, read as fast as the client takes them. */
function exported(audit: AuditLog, asked: Omit<AuditQuery, "limit">, most: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let { before } = asked
  let left = most
  return new ReadableStream({
    async pull(controller) {
      const limit = Math.min(exportedAtOnce, left)
      const lines =
        limit === 0 ? [] : await audit.find({ ...asked, ...(before === undefined ? {} : { before }), limit })
      left -= lines.length
      before = lines.at(-1)?.number
      if (lines.length > 0)
        controller.enqueue(encoder.encode(lines.map((line) => `${JSON.stringify(lineRow(line))}\n`).join("")))
      if (lines.length < exportedAtOnce || left === 0) controller.close()
    },
  })
}

const lineRow = ({ number, at, actor, action, kind, id, before, after }: AuditLine): Record<string, unknown> => ({
  number,
  at: new Date(at).toISOString(),
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
