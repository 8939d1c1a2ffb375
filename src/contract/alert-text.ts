import type { Alert } from "./notifier.ts"

/** An alert in words that people read, without any format's marks. */
export interface AlertText {
  readonly title: string
  readonly sentence: string
  /** Names and values, for tables. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

const subjects = {
  organisation: "Organisation",
  project: "Project",
  group: "Group",
  "service-account": "Service account",
  member: "Member",
  key: "API key",
} as const satisfies Readonly<Record<Alert["on"], string>>

const windows = { daily: "today", weekly: "this week", monthly: "this month", total: "in all" } as const

/** Cents, and of less than a dollar as many digits more as three of them need to be seen. */
const money = (usd: number): string => {
  const amount = Math.abs(usd)
  const digits = amount === 0 || amount >= 1 ? 2 : Math.min(9, 2 - Math.floor(Math.log10(amount)))
  const shown = amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: digits })
  return `${usd < 0 ? "-" : ""}$${shown}`
}

export function alertText(alert: Alert): AlertText {
  const { test, on, target, group, threshold, window, spent, limit, balance, rule, organisation, at } = alert
  const who = `${subjects[on]} "${target.name}"`
  const said = {
    percent: {
      title: `${threshold} % of a limit is spent`,
      sentence: `${who} has spent ${money(spent)} ${windows[window]}, which is ${threshold} % or more of its limit of ${money(limit ?? 0)}.`,
    },
    spent: {
      title: `More than ${money(threshold)} is spent`,
      sentence: `${who} has spent ${money(spent)} ${windows[window]}, which is ${money(threshold)} or more.`,
    },
    balance: {
      title: `Less than ${money(threshold)} is left`,
      sentence: `Of what was paid in for ${organisation}, ${money(balance ?? 0)} is left, which is less than ${money(threshold)}.`,
    },
  }[alert.kind]
  const facts: (readonly [string, string])[] = [
    [subjects[on], target.name],
    ...(group && on !== "group" ? [["Group", group.name] as const] : []),
    ["Spent", `${money(spent)} ${windows[window]}`],
    ...(limit === undefined ? [] : [[alert.kind === "balance" ? "Paid in" : "Limit", money(limit)] as const]),
    ...(balance === undefined ? [] : [["Left", money(balance)] as const]),
    ["Alert", rule],
    ["At", new Date(at).toISOString()],
  ]
  return test
    ? { title: `Test: ${said.title}`, sentence: `This is a test; nothing happened. ${said.sentence}`, facts }
    : { ...said, facts }
}
