import type { Principal } from "../../../accounts/principal.ts"
import type { UsageMeasure, UsageQuery, UsageRow, UsageScope } from "../../../ledger/usage/types.ts"
import { windowStart } from "../../../store/windows.ts"
import type { Asked } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { moneyText } from "../values.ts"
import { dimensionsOf, type Grouping, groupingsOf, valuesOf } from "./groups.ts"
import { type Period, periodName, periodOf } from "./period.ts"
import { figuresOf, partOf, sumOf, totalsOf } from "./print.ts"

/** Requests by ability come with every row. */
const measures: readonly UsageMeasure[] = ["requests", "inputTokens", "outputTokens", "costNano"]

/** Where nothing is said of the time: the current month, rather than the last day. */
export interface Manner {
  readonly wholeMonth?: boolean
}

/** What one key used. */
export const keyUsage = (services: HttpServices, { query }: Asked, { keyId }: Principal, manner?: Manner) =>
  usageOf(services, query, { keyId }, manner)

/** The same, for the key that asks and may not manage anything. */
export const ownUsage = (services: HttpServices, query: URLSearchParams, { keyId }: Principal) =>
  usageOf(services, query, { keyId })

/** What all keys used that somebody may know of. */
export const organisationUsage = (services: HttpServices, { query, reach, memberId }: Asked, manner?: Manner) =>
  // Nobody's own usage is that of no member, and not that of all.
  usageOf(services, query, reach === "all" ? {} : { memberId: memberId ?? "" }, manner)

/** As the first documentation has it: a sum from `start_date` to `end_date`. */
export async function oldKeyUsage(services: HttpServices, { query }: Asked, { keyId }: Principal) {
  const dates = new URLSearchParams()
  for (const name of ["start", "end"]) dates.set(name, query.get(`${name}_date`) ?? "")
  const { from, to } = periodOf(dates, services.pipeline.now())
  const { kinds, costNano } = sumOf(await services.usage.query({ from, to, groupBy: [], measures }, { keyId }))
  return { completions_requests: kinds.completions, spend: moneyText(costNano) }
}

/** One answer for both forms: `usage` by periods, with its money as texts, and the totals with their breakdown as numbers. */
async function usageOf(services: HttpServices, query: URLSearchParams, scope: UsageScope, { wholeMonth }: Manner = {}) {
  const now = services.pipeline.now()
  const period = periodOf(query, now, wholeMonth ? windowStart("monthly", now) : undefined)
  const groupings = groupingsOf(query)
  const perKey = groupings.some(({ name }) => name === "api_key_id")
  const ask = (more: Pick<UsageQuery, "groupBy" | "resolution">) =>
    services.usage.query({ from: period.from, to: period.to, measures, ...more }, scope)
  const [rows, parts] = await Promise.all([
    ask({ resolution: period.resolution, groupBy: dimensionsOf(groupings) }),
    ask({ groupBy: [perKey ? "key" : "model"] }),
  ])
  return {
    ...totalsOf(sumOf(parts)),
    breakdown: parts.map((part) => ({
      ...(perKey ? { api_key_id: part.values.key ?? "" } : { model: part.values.model ?? "" }),
      ...partOf(part),
    })),
    usage: byPeriod(services, rows, period, groupings),
  }
}

function byPeriod(
  services: HttpServices,
  rows: readonly UsageRow[],
  { resolution, from }: Period,
  groupings: readonly Grouping[],
): Record<string, unknown> {
  const grouped = Map.groupBy(rows, ({ start }) => periodName(start ?? from, resolution))
  const sorted = [...grouped].sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([name, own]) => [
      name,
      {
        ...figuresOf(sumOf(own)),
        ...(groupings.length === 0
          ? {}
          : {
              grouped_data: own.map((row) => ({
                group_by_values: valuesOf(services, row, groupings),
                ...figuresOf(row),
              })),
            }),
      },
    ]),
  )
}
