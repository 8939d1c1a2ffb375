import { Elysia } from "elysia"
import { addRule, changeRule, type RuleChange, removeRule } from "../../accounts/alerts/manage.ts"
import type { Firing, WatchRule } from "../../accounts/alerts/types.ts"
import { GatewayError } from "../../contract/index.ts"
import { usd } from "../../ledger/money.ts"
import { windowKinds } from "../../store/windows.ts"
import { QueryReader } from "../lists/print.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { alertDesk } from "./alert-desk.ts"
import { type FieldTable, flag, oneOf, orNull, type Read, readFields, text, texts, wrong } from "./fields.ts"
import { money } from "./limit-fields.ts"
import { pageOf, refuseOthers } from "./paging.ts"

/** As many thresholds as a rule may have of one kind, and places that it is told at. */
const most = 20

const listOf =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value, name) => {
    if (!Array.isArray(value) || value.length > most) throw wrong(name, `a list of at most ${most} thresholds`)
    return [...new Set(value.map((one, index) => read(one, `${name}[${index}]`)))]
  }

const ascending =
  (read: Read<number>): Read<readonly number[]> =>
  (value, name) =>
    listOf(read)(value, name).toSorted((a, b) => a - b)

const percent: Read<number> = (value, name) => {
  if (typeof value === "number" && value > 0 && value <= 1000) return value
  throw wrong(name, "a number of per cent above 0, 1000 at most")
}

const positive: Read<number> = (value, name) => {
  const nano = money(value, name)
  if (nano > 0) return nano
  throw wrong(name, "an amount in USD above 0")
}

const few: Read<readonly string[]> = (value, name) => {
  const found = [...new Set(texts(value, name))]
  if (found.length > most) throw wrong(name, `a list of at most ${most} ids of alert destinations`)
  return found
}

const fields: FieldTable = {
  name: ["name", text],
  on: ["on", oneOf("key", "member", "group", "service-account", "project", "organisation")],
  target: ["targetId", orNull(text)],
  percents: ["percents", orNull(ascending(percent))],
  usd: ["spentNanos", orNull(ascending(positive))],
  balance_usd: ["balanceNanos", orNull(ascending(positive))],
  window: ["window", orNull(oneOf(...windowKinds))],
  destinations: ["destinationIds", few],
  disabled: ["disabled", flag],
}

/** `/admin/alerts`: whose spending is watched, and what came of it. */
export const adminAlerts = (services: HttpServices) => {
  const detail = (summary: string) => ({ parse: "none" as const, detail: { summary, tags: ["Admin"] } })
  const { alerts } = services
  const desk = alertDesk(services)
  const one = (id: string) => {
    const rule = alerts.rules().find((rule) => rule.id === id)
    if (!rule) throw new GatewayError("not_found", "There is no such alert.")
    return { data: ruleRow(rule) }
  }
  return new Elysia({ name: "admin alerts" })
    .get(
      "/admin/alerts",
      ({ request }) =>
        managed(services, request, "GET /admin/alerts", ({ query }) => pageOf(query, alerts.rules(), ruleRow)),
      detail("Alerts: whose spending is watched, at which thresholds, and who is told"),
    )
    .post(
      "/admin/alerts",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/alerts",
          async ({ body, actor }) => {
            const id = await addRule(desk, readFields(body, fields) as RuleChange, actor)
            await alerts.look()
            return one(id)
          },
          201,
        ),
      detail("Watch spending: thresholds in per cent of a limit, in USD, or of the balance"),
    )
    .get(
      "/admin/alerts/history",
      ({ request }) =>
        managed(services, request, "GET /admin/alerts/history", async ({ query }) => {
          refuseOthers(query, ["offset", "limit"])
          const read = new QueryReader(query)
          const offset = read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0
          const limit = read.integer("limit", 1, 200) ?? 50
          const [firings, count] = await Promise.all([
            alerts.recorded.history({ limit, offset }),
            alerts.recorded.count(),
          ])
          const names = new Map(alerts.destinations().map(({ id, name }) => [id, name]))
          return { data: firings.map((firing) => firingRow(firing, names)), total_count: count }
        }),
      detail("What was told, newest first, and whether it arrived"),
    )
    .get(
      "/admin/alerts/:id",
      ({ request, params }) => managed(services, request, "GET /admin/alerts/:id", () => one(params.id)),
      detail("An alert"),
    )
    .patch(
      "/admin/alerts/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/alerts/:id", async ({ body, actor }) => {
          await changeRule(desk, params.id, readFields(body, fields) as RuleChange, actor)
          await alerts.look()
          return one(params.id)
        }),
      detail("Change an alert, or switch it off"),
    )
    .delete(
      "/admin/alerts/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/alerts/:id", async ({ actor }) => {
          await removeRule(desk, params.id, actor)
          return { deleted: true }
        }),
      detail("Delete an alert; what it told stays in the history"),
    )
}

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

const ruleRow = (rule: WatchRule) => ({
  id: rule.id,
  source: rule.source,
  name: rule.name,
  on: rule.on,
  target: rule.targetId ?? null,
  percents: rule.percents ?? [],
  usd: (rule.spentNanos ?? []).map(usd),
  balance_usd: (rule.balanceNanos ?? []).map(usd),
  window: rule.window ?? "monthly",
  destinations: rule.destinationIds,
  disabled: rule.disabled ?? false,
  created_at: iso(rule.createdAt),
  updated_at: iso(rule.updatedAt),
})

const firingRow = ({ alert, deliveries }: Firing, names: ReadonlyMap<string, string>) => ({
  ...alert,
  at: iso(alert.at),
  deliveries: deliveries.map(({ destinationId, tries, deliveredAt, failedAt, status, error }) => ({
    destination: destinationId,
    destination_name: names.get(destinationId) ?? null,
    tries,
    delivered_at: iso(deliveredAt),
    failed_at: iso(failedAt),
    status: status ?? null,
    error: error ?? null,
  })),
})
