import type { Statement } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import type { Rollup } from "../store/rollups.ts"
import { dayStart } from "../store/windows.ts"

export type UsageDimension = "day" | "month" | "key" | "model" | "provider"

export interface UsageFilter {
  /** First and last moment, milliseconds UTC; whole days are summed. */
  readonly from: number
  readonly to: number
  readonly keyId?: string
  readonly groupBy: readonly UsageDimension[]
}

/** One group. Only the dimensions that were asked for are set; `day` and `month` are first milliseconds UTC. */
export interface UsageSum {
  readonly day?: number
  readonly month?: number
  readonly keyId?: string
  readonly model?: string
  readonly provider?: string
  readonly requests: number
  readonly failed: number
  readonly cancelled: number
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly costNano: number
}

const sums = [
  "requests",
  "failed",
  "cancelled",
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "costNano",
] as const satisfies readonly (keyof Rollup)[]

const monthStart = (day: number): number => {
  const date = new Date(day)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Grouped by the database as far as it goes; months are put together here, out of at most thirty-one days each. */
const statementOf = (filter: UsageFilter): Statement => {
  const columns = new Set(
    filter.groupBy.map((dimension) => (dimension === "key" ? "key_id" : dimension === "month" ? "day" : dimension)),
  )
  const names = [...columns]
  const selected = [...names, ...sums.map((name) => `sum(${snake(name)}) as ${snake(name)}`)]
  const args: (string | number)[] = [dayStart(filter.from), dayStart(filter.to)]
  if (filter.keyId !== undefined) args.push(filter.keyId)
  return {
    sql: `select ${selected.join(", ")} from usage_rollups where day >= ? and day <= ?${filter.keyId === undefined ? "" : " and key_id = ?"}${names.length === 0 ? "" : ` group by ${names.join(", ")}`}`,
    args,
  }
}

type Sums = Record<(typeof sums)[number], number>
type Part = Partial<Omit<Rollup, (typeof sums)[number]>> & Readonly<Sums>

const groupOf = (part: Part, groupBy: readonly UsageDimension[]): Omit<UsageSum, (typeof sums)[number]> => ({
  ...(groupBy.includes("day") ? { day: part.day! } : {}),
  ...(groupBy.includes("month") ? { month: monthStart(part.day!) } : {}),
  ...(groupBy.includes("key") ? { keyId: part.keyId! } : {}),
  ...(groupBy.includes("model") ? { model: part.model! } : {}),
  ...(groupBy.includes("provider") ? { provider: part.provider! } : {}),
})

/**
 * Sums of what was billed, from the daily rollups and from rows that are not in the database yet. The read runs beside the requests' thread.
 * Ordered by time, then by cost, dearest first.
 */
export const sumUsage = async (store: Store, filter: UsageFilter): Promise<readonly UsageSum[]> => {
  await store.writer.flush()
  const rows = await store.writer.query(statementOf(filter))
  const stored: Part[] = rows.map((row) => ({
    ...(row.day === undefined ? {} : { day: Number(row.day) }),
    ...(row.key_id === undefined ? {} : { keyId: String(row.key_id) }),
    ...(row.model === undefined ? {} : { model: String(row.model) }),
    ...(row.provider === undefined ? {} : { provider: String(row.provider) }),
    ...(Object.fromEntries(sums.map((name) => [name, Number(row[snake(name)] ?? 0)])) as Sums),
  }))
  const pending = store.writer
    .pending()
    .filter(
      (row) =>
        row.day >= dayStart(filter.from) &&
        row.day <= dayStart(filter.to) &&
        (filter.keyId === undefined || row.keyId === filter.keyId),
    )
  const groups = new Map<string, ReturnType<typeof groupOf> & Sums>()
  for (const part of [...stored, ...pending]) {
    const group = groupOf(part, filter.groupBy)
    const name = JSON.stringify(group)
    const sum = groups.get(name)
    if (sum === undefined) {
      const start = Object.fromEntries(sums.map((field) => [field, part[field]])) as Sums
      groups.set(name, { ...group, ...start })
    } else for (const field of sums) sum[field] += part[field]
  }
  return [...groups.values()]
    .filter((sum) => sum.requests > 0)
    .sort((a, b) => (a.month ?? 0) - (b.month ?? 0) || (a.day ?? 0) - (b.day ?? 0) || b.costNano - a.costNano)
}
