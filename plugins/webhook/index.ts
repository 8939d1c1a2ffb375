import { type Alert, definePlugin, type JsonObject, Type } from "signalbox/plugin"

/** As Requesty names what its alerts are about (docs.requesty.ai, alerts); what it has no alert for follows the same pattern. */
const subjects = {
  member: "user",
  group: "group",
  key: "api_key",
  "service-account": "service_account",
  project: "project",
  organisation: "org",
} as const satisfies Readonly<Record<Alert["on"], string>>

const happened = { percent: "budget.exceeded_percent", spent: "spend.exceeded", balance: "balance.below" } as const

const payload = (alert: Alert): JsonObject => {
  const { id, test, kind, on, target, group, threshold, window, spent, limit, balance, rule, organisation, at } = alert
  const subject = subjects[on]
  return {
    type: `${subject}.${happened[kind]}`,
    id,
    ...(test ? { test } : {}),
    [subject]: on === "member" ? { id: target.id, email: target.name } : { id: target.id, name: target.name },
    ...(on === "group" ? {} : { group: group ? { id: group.id, name: group.name } : null }),
    threshold: {
      kind: kind === "percent" ? "percent" : "absolute",
      value: threshold,
      budget: limit ?? null,
      current_spend: spent,
      ...(balance === undefined ? {} : { balance }),
      window,
    },
    alert: rule,
    organization: organisation,
    fired_at: new Date(at).toISOString(),
  }
}

/** Alerts as JSON, for programs. */
export default definePlugin({
  name: "webhook",
  contract: 1,
  description: "Writes alerts as JSON for receivers of your own.",
  options: Type.Object({}),
  setup: () => ({ notifiers: [{ name: "webhook", message: (alert) => ({ body: payload(alert) }) }] }),
})
