import { Elysia } from "elysia"
import { type TextName, tagPrefix, textNames } from "../../ledger/log/types.ts"
import { exportFile, exportFormats } from "../export.ts"
import { wrong } from "../fields/fields.ts"
import { QueryReader } from "../fields/query.ts"
import { logDetail } from "../log/detail.ts"
import { exportedLog } from "../log/export.ts"
import { readFilter } from "../log/read-filter.ts"
import { cursorText, readCursor, shower, showSession } from "../log/rows.ts"
import { type Asked, managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"

const mostRows = 500
const usualRows = 50
/** A page that is not full by then goes on with the next one. */
const pageMs = 150
const usualSessionsMs = 86_400_000

const searchParameters = new Set(["limit", "cursor", "format"])
const facetParameters = new Set(["field", "limit"])
const sessionParameters = new Set(["limit"])

/** `/admin/log`, `/admin/sessions`: finished requests, found by what they are. */
export const adminLog = (services: HttpServices) => {
  const detail = (summary: string) => ({ detail: { summary, tags: ["Admin"] } })
  return new Elysia({ name: "admin log" })
    .get(
      "/admin/log",
      ({ request }) => managed(services, request, "GET /admin/log", (asked) => searchLog(services, asked)),
      detail("Finished requests, the newest first: filters, pages by cursor, CSV and JSONL"),
    )
    .get(
      "/admin/log/facets",
      ({ request }) => managed(services, request, "GET /admin/log/facets", (asked) => logFacets(services, asked)),
      detail("Values of ?field= and how many requests have them, under the same filters"),
    )
    .get(
      "/admin/log/:id",
      ({ request, params }) =>
        managed(services, request, "GET /admin/log/:id", (asked) => logDetail(services, asked, params.id)),
      detail("One request: its record, attempts, losses, feedback, and prompt and answer where they are kept"),
    )
    .get(
      "/admin/sessions",
      ({ request }) => managed(services, request, "GET /admin/sessions", (asked) => sessions(services, asked)),
      detail(
        "Requests of one conversation together, whether its client names it or not; the last day unless ?from= says otherwise",
      ),
    )
}

async function searchLog(services: HttpServices, asked: Asked): Promise<unknown> {
  const read = new QueryReader(asked.query)
  const filter = await readFilter(services, asked, searchParameters)
  const format = read.oneOf("format", ["json", ...exportFormats]) ?? "json"
  if (format !== "json") return exportFile("log", format, exportedLog(services, filter))
  const cursor = read.text("cursor")
  const { rows, next, behind } = await services.log.search({
    filter,
    limit: read.integer("limit", 1, mostRows) ?? usualRows,
    budgetMs: pageMs,
    ...(cursor === undefined ? {} : { before: readCursor(cursor) }),
  })
  const feedback = await services.feedback.of(rows.map(({ texts }) => texts.id))
  const show = shower(services)
  return {
    data: rows.map((row) => show(row, feedback.get(row.texts.id))),
    next_cursor: next ? cursorText(next) : null,
    behind,
  }
}

const isColumn = (name: string): boolean =>
  (textNames as readonly string[]).includes(name as TextName) ||
  (name.startsWith(tagPrefix) && name.length > tagPrefix.length)

const mostFields = 20

async function logFacets(services: HttpServices, asked: Asked): Promise<object> {
  const read = new QueryReader(asked.query)
  const filter = await readFilter(services, asked, facetParameters)
  const fields = (read.text("field") ?? "").split(",").map((field) => field.trim())
  if (fields.length > mostFields || !fields.every((field) => isColumn(field)))
    throw wrong("field", `up to ${mostFields} of ${textNames.join(", ")}, extra.<name>, with commas between`)
  const limit = read.integer("limit", 1, mostRows) ?? usualRows
  const found: Record<string, object> = {}
  let requests = 0
  let isBehind = false
  for (const field of fields) {
    const { facets, values, behind, requests: all } = await services.log.facets(filter, field, limit)
    found[field] = { values: facets, different: values }
    requests = all
    isBehind ||= behind
  }
  return { data: found, requests, behind: isBehind }
}

async function sessions(services: HttpServices, asked: Asked): Promise<object> {
  const read = new QueryReader(asked.query)
  const given = await readFilter(services, asked, sessionParameters)
  const filter = { from: (given.to ?? services.pipeline.now()) - usualSessionsMs, ...given }
  const found = await services.log.sessions(filter, read.integer("limit", 1, mostRows) ?? usualRows)
  return { data: found.sessions.map(showSession(services)), behind: found.behind }
}
