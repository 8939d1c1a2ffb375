import { GatewayError } from "../../contract/index.ts"
import type { UsageCondition, UsageDimension, UsageQuery } from "../../ledger/usage/types.ts"
import { dayMs } from "../../store/windows.ts"
import { wrong } from "../fields/fields.ts"
import { timeIn } from "../fields/moments.ts"
import { dimensionNames } from "./row.ts"

const usualDays = 30
const resolutions = ["hour", "day", "week", "month"] as const
const plain = ["from", "to", "resolution", "group_by", "percentiles", "format"]

/** `?from=&to=&resolution=&group_by=`, and a filter by the name of each dimension: values by comma, `*` for anything, `!` before them for not. */
export function readUsageQuery(query: URLSearchParams, now: number): UsageQuery {
  const to = timeIn(query, "to") ?? now
  const from = timeIn(query, "from") ?? to - usualDays * dayMs
  if (to <= from) throw wrong("to", "after from")
  const resolution = query.get("resolution") || undefined
  const known = resolutions.find((one) => one === resolution)
  if (resolution !== undefined && known === undefined) throw wrong("resolution", resolutions.join(", "))
  const quantiles = quantilesOf(query.get("percentiles"))
  return {
    from,
    to,
    ...(known ? { resolution: known } : {}),
    groupBy: query
      .getAll("group_by")
      .flatMap((text) => text.split(","))
      .map((word) => word.trim())
      .filter((word) => word !== "")
      .map((word) => dimensionOf(word) ?? unknown(word, "group_by")),
    filter: filterOf(query),
    ...(quantiles.length > 0 ? { latency: quantiles, firstPart: quantiles } : {}),
  }
}

export const dimensionOf = (word: string): UsageDimension | undefined => {
  if (/^extra\..+/.test(word)) return word as UsageDimension
  return Object.hasOwn(dimensionNames, word) ? dimensionNames[word] : undefined
}

function unknown(word: string, param: string): never {
  throw new GatewayError(
    "invalid_request",
    `There is no "${word.slice(0, 100)}". Dimensions: ${Object.keys(dimensionNames).join(", ")}, extra.<name>.`,
    { param },
  )
}

function filterOf(query: URLSearchParams): NonNullable<UsageQuery["filter"]> {
  const filter: { [Dimension in UsageDimension]?: UsageCondition } = {}
  for (const name of new Set(query.keys())) {
    if (plain.includes(name)) continue
    const dimension = dimensionOf(name) ?? unknown(name, name.slice(0, 100))
    const texts = query.getAll(name).join(",")
    const isNot = texts.startsWith("!")
    // An empty one means those that have none.
    const values = (isNot ? texts.slice(1) : texts).split(",").map((value) => (value === "" ? null : value))
    filter[dimension] = isNot ? { not: values } : values
  }
  return filter
}

const mostQuantiles = 10

function quantilesOf(text: string | null): readonly number[] {
  if (!text) return []
  const percents = text.split(",").map(Number)
  if (percents.length > mostQuantiles || percents.some((one) => !(one > 0 && one < 100)))
    throw wrong("percentiles", `up to ${mostQuantiles} numbers between 0 and 100, as in 50,90,95`)
  return percents.map((one) => one / 100)
}
