import type { Alert } from "../../contract/index.ts"
import { defaultProject } from "../../store/account-ids.ts"
import { organisationId } from "../standing/belongings.ts"
import type { Standing } from "../standing/types.ts"
import type { Threshold } from "./types.ts"

const nanoPerUsd = 1_000_000_000

export interface Moment {
  readonly id: string
  readonly at: number
  readonly spentNano: number
  readonly organisation: string
}

/** What is told of a threshold that was crossed. */
export function alertOf(threshold: Threshold, standing: Standing, { id, at, spentNano, organisation }: Moment): Alert {
  const { kind, rule, value, window, limitNano } = threshold
  const { group } = standing
  return {
    id,
    test: false,
    kind,
    at,
    rule: rule.name,
    on: rule.on,
    target: targetOf(rule.on, standing, organisation),
    ...(group && hasGroup.has(rule.on) ? { group: { id: group.id, name: group.name } } : {}),
    organisation,
    threshold: kind === "percent" ? value : value / nanoPerUsd,
    window,
    spent: spentNano / nanoPerUsd,
    ...(limitNano === undefined ? {} : { limit: limitNano / nanoPerUsd }),
    ...(kind === "balance" && limitNano !== undefined ? { balance: (limitNano - spentNano) / nanoPerUsd } : {}),
  }
}

const hasGroup = new Set<Alert["on"]>(["key", "member", "service-account"])

function targetOf(on: Alert["on"], standing: Standing, organisation: string): Alert["target"] {
  const { principal, member, serviceAccount, group, project } = standing
  if (on === "key") return { id: principal.keyId, name: principal.name }
  if (on === "member" && member) return { id: member.id, name: member.email }
  if (on === "service-account" && serviceAccount) return { id: serviceAccount.id, name: serviceAccount.name }
  if (on === "group" && group) return { id: group.id, name: group.name }
  if (on === "project") return { id: project?.id ?? defaultProject, name: project?.name ?? "Default" }
  return { id: organisationId, name: organisation }
}

/** What a destination is sent when somebody tries it. */
export const testAlert = (id: string, at: number, organisation: string): Alert => ({
  id,
  test: true,
  kind: "percent",
  at,
  rule: "Test",
  on: "key",
  target: { id: "test", name: "test" },
  organisation,
  threshold: 80,
  window: "monthly",
  spent: 8,
  limit: 10,
})
