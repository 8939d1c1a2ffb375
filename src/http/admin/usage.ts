import { Elysia } from "elysia"
import { usd } from "../../ledger/money.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { usageExport } from "../usage/export.ts"
import { readUsageQuery } from "../usage/read.ts"
import { usageLine } from "../usage/row.ts"
import { usageScopeOf } from "../usage/scope.ts"
import { wrong } from "./fields.ts"

/** `GET /admin/usage`: any question about usage, as JSON or as a file. */
export const adminUsage = (services: HttpServices) =>
  new Elysia({ name: "admin usage" }).get(
    "/admin/usage",
    ({ request }) =>
      managed(services, request, "GET /admin/usage", async (asked) => {
        const query = readUsageQuery(asked.query, services.pipeline.now())
        const scope = usageScopeOf(asked)
        const format = asked.query.get("format") || "json"
        if (format === "csv" || format === "jsonl")
          return usageExport(query, services.usage.stream(query, scope), format)
        if (format !== "json") throw wrong("format", "json, csv or jsonl")
        const { resolution: _, groupBy: __, ...whole } = query
        const [rows, totals, month] = await Promise.all([
          services.usage.query(query, scope),
          services.usage.query({ ...whole, groupBy: [] }, scope),
          services.usage.projectMonth(query.filter, scope),
        ])
        return {
          from: new Date(query.from).toISOString(),
          to: new Date(query.to).toISOString(),
          data: rows.map((row) => usageLine(row, query)),
          total: totals[0] ? usageLine(totals[0], { ...query, groupBy: [] }) : null,
          month: {
            from: new Date(month.from).toISOString(),
            to: new Date(month.to).toISOString(),
            spent: usd(month.spentNano),
            projected: usd(month.projectedNano),
          },
        }
      }),
    { detail: { summary: "Sums of usage by time and anything else; CSV and JSONL with ?format=", tags: ["Admin"] } },
  )
