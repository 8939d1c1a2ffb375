import { Elysia } from "elysia"
import { usd } from "../../ledger/money.ts"
import { exportFormats } from "../export.ts"
import { QueryReader } from "../fields/query.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { timeText } from "../shown.ts"
import { usageExport } from "../usage/export.ts"
import { readUsageQuery } from "../usage/read.ts"
import { usageLine } from "../usage/row.ts"
import { usageScopeOf } from "../usage/scope.ts"

/** `GET /admin/usage`: any question about usage, as JSON or as a file. */
export const adminUsage = (services: HttpServices) =>
  new Elysia({ name: "admin usage" }).get(
    "/admin/usage",
    ({ request }) =>
      managed(services, request, "GET /admin/usage", async (asked) => {
        const query = readUsageQuery(asked.query, services.pipeline.now())
        const scope = usageScopeOf(asked)
        const format = new QueryReader(asked.query).oneOf("format", ["json", ...exportFormats]) ?? "json"
        if (format !== "json") return usageExport(query, services.usage.stream(query, scope), format)
        const { resolution: _, groupBy: __, ...whole } = query
        const [rows, totals, month] = await Promise.all([
          services.usage.query(query, scope),
          services.usage.query({ ...whole, groupBy: [] }, scope),
          services.usage.projectMonth(query.filter, scope),
        ])
        return {
          from: timeText(query.from),
          to: timeText(query.to),
          data: rows.map((row) => usageLine(row, query)),
          total: totals[0] ? usageLine(totals[0], { ...query, groupBy: [] }) : null,
          month: {
            from: timeText(month.from),
            to: timeText(month.to),
            spent: usd(month.spentNano),
            projected: usd(month.projectedNano),
          },
        }
      }),
    { detail: { summary: "Sums of usage by time and anything else; CSV and JSONL with ?format=", tags: ["Admin"] } },
  )
