import { GatewayError, isObject, type JsonObject } from "../../../contract/index.ts"
import type { UsageMeasure, UsageQuery } from "../../../ledger/usage/types.ts"
import { dayMs } from "../../../store/windows.ts"
import { integer, oneOf, type Read, readFields, text, texts, wrong } from "../../fields/fields.ts"
import { type AnalyticsDimension, knownDimension } from "./dimensions.ts"
import { filterOf } from "./filters.ts"
import { type Metric, metrics } from "./metrics.ts"

export interface Question {
  readonly query: UsageQuery
  readonly metrics: readonly (readonly [name: string, metric: Metric])[]
  readonly dimensions: readonly (readonly [name: string, dimension: AnalyticsDimension])[]
  readonly order: { readonly field: string; readonly direction: "asc" | "desc" } | undefined
  readonly limit: number
  /** Rows of each combination of dimensions. */
  readonly groupLimit: number
}

const usualDays = 30
const mostDays = 366
const usualRows = 1_000
const mostRows = 10_000
const mostDimensions = 4

export const granularities = ["hour", "day", "week", "month"] as const

const whatever: Read<unknown> = (value) => value

export function readQuestion(body: JsonObject, now: number): Question {
  for (const name of ["classifier_dimensions", "classifier_filters"])
    if (body[name] !== undefined && body[name] !== null)
      throw new GatewayError("invalid_request", `There are no classifiers here: leave "${name}" out, and use tags.`, {
        param: name,
      })
  const fields = readFields(withoutNulls(body), {
    metrics: ["metrics", texts],
    dimensions: ["dimensions", texts],
    filters: ["filters", whatever],
    granularity: ["granularity", oneOf(...granularities)],
    time_range: ["timeRange", whatever],
    order_by: ["order", whatever],
    limit: ["limit", between(1, mostRows)],
    group_limit: ["groupLimit", between(1, mostRows)],
  }) as {
    metrics?: readonly string[]
    dimensions?: readonly string[]
    filters?: unknown
    granularity?: (typeof granularities)[number]
    timeRange?: unknown
    order?: unknown
    limit?: number
    groupLimit?: number
  }
  if (!fields.metrics?.length)
    throw wrong("metrics", "a list of at least one metric; GET /api/v1/analytics/meta lists them")
  const asked = fields.metrics.map((name, at) => [name, metricNamed(name, `metrics[${at}]`)] as const)
  const names = fields.dimensions ?? []
  if (names.length > mostDimensions) throw wrong("dimensions", `at most ${mostDimensions}`)
  const dimensions = names.map((name, at) => [name, knownDimension(name, `dimensions[${at}]`)] as const)
  const latency = quantiles(asked, "latency")
  const firstPart = quantiles(asked, "firstPart")
  return {
    metrics: asked,
    dimensions,
    query: {
      ...timesOf(fields.timeRange, now),
      ...(fields.granularity ? { resolution: fields.granularity } : {}),
      groupBy: dimensions.map(([, { dimension }]) => dimension),
      filter: filterOf(fields.filters),
      measures: [...new Set<UsageMeasure>(asked.flatMap(([, { needs }]) => needs))],
      ...(latency.length > 0 ? { latency } : {}),
      ...(firstPart.length > 0 ? { firstPart } : {}),
    },
    order: orderOf(fields.order, [...names, ...fields.metrics, "date", "request_count"]),
    limit: fields.limit ?? (fields.granularity && names.length > 0 ? mostRows : usualRows),
    groupLimit: names.length === 0 ? mostRows : (fields.groupLimit ?? mostRows),
  }
}

const withoutNulls = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))

const between =
  (least: number, most: number): Read<number> =>
  (value, name) => {
    const number = integer(value, name)
    if (number < least || number > most) throw wrong(name, `a whole number from ${least} to ${most}`)
    return number
  }

function metricNamed(name: string, param: string): Metric {
  if (Object.hasOwn(metrics, name)) return metrics[name]!
  throw new GatewayError(
    "invalid_request",
    `There is no metric "${name.slice(0, 100)}". Metrics: ${Object.keys(metrics).join(", ")}.`,
    { param },
  )
}

const quantiles = (asked: Question["metrics"], kind: "latency" | "firstPart"): readonly number[] => [
  ...new Set(asked.flatMap(([, metric]) => metric[kind] ?? [])),
]

/** Their API refuses times without seconds. */
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

function timesOf(range: unknown, now: number): { readonly from: number; readonly to: number } {
  if (range === undefined) return { from: now - usualDays * dayMs, to: now }
  if (!isObject(range)) throw wrong("time_range", "an object with start and end")
  const { start, end } = readFields(range as JsonObject, { start: ["start", time], end: ["end", time] }, "time_range.")
  if (typeof start !== "number") throw wrong("time_range.start", "there")
  if (typeof end !== "number") throw wrong("time_range.end", "there")
  if (end <= start) throw wrong("time_range.end", "after start")
  if (end - start > mostDays * dayMs) throw wrong("time_range", `at most ${mostDays} days`)
  return { from: start, to: end }
}

const time: Read<number> = (value, name) => {
  const at = typeof value === "string" && moment.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isFinite(at)) return at
  throw wrong(name, "a UTC time with seconds, as in 2027-01-31T00:00:00Z")
}

function orderOf(order: unknown, allowed: readonly string[]): Question["order"] {
  if (order === undefined) return undefined
  if (!isObject(order)) throw wrong("order_by", "an object with field and direction")
  const { field, direction } = readFields(
    order as JsonObject,
    { field: ["field", text], direction: ["direction", oneOf("asc", "desc")] },
    "order_by.",
  ) as { field?: string; direction?: "asc" | "desc" }
  if (field === undefined || !allowed.includes(field))
    throw wrong("order_by.field", "a metric or dimension of this question, or date")
  return { field, direction: direction ?? "desc" }
}
