import { Elysia } from "elysia"
import { addRule, changeRule, type RuleChange, removeRule } from "../../../accounts/alerts/manage.ts"
import type { Firing, WatchRule } from "../../../accounts/alerts/types.ts"
import { GatewayError } from "../../../contract/index.ts"
import { usd } from "../../../ledger/money.ts"
import { windowKinds } from "../../../store/windows.ts"
import { documented } from "../../documented.ts"
import { type FieldTable, flag, oneOf, orNull, type Read, readFields, text, texts, wrong } from "../../fields/fields.ts"
import { moneyAboveZero } from "../../fields/limits.ts"
import { pageIn } from "../../fields/page.ts"
import { refuseOthers } from "../../fields/query.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeOrNull } from "../../shown.ts"
import { pageOf } from "../paging.ts"
import { alertDesk } from "./desk.ts"

const detail = documented("Admin")

const historySizes = { usual: 50, largest: 200 }

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
  usd: ["spentNanos", orNull(ascending(moneyAboveZero))],
  balance_usd: ["balanceNanos", orNull(ascending(moneyAboveZero))],
  window: ["window", orNull(oneOf(...windowKinds))],
  destinations: ["destinationIds", few],
  disabled: ["disabled", flag],
}

/** `/admin/alerts`: whose spending is watched, and what came of it. */
export const adminAlerts = (services: HttpServices) => {
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
          const [firings, count] = await Promise.all([
            alerts.recorded.history(pageIn(query, historySizes)),
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
  created_at: timeOrNull(rule.createdAt),
  updated_at: timeOrNull(rule.updatedAt),
})

const firingRow = ({ alert, deliveries }: Firing, names: ReadonlyMap<string, string>) => ({
  ...alert,
  at: timeOrNull(alert.at),
  deliveries: deliveries.map(({ destinationId, tries, deliveredAt, failedAt, status, error }) => ({
    destination: destinationId,
    destination_name: names.get(destinationId) ?? null,
    tries,
    delivered_at: timeOrNull(deliveredAt),
    failed_at: timeOrNull(failedAt),
    status: status ?? null,
    error: error ?? null,
  })),
})
