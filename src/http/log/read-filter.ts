import { GatewayError } from "../../contract/index.ts"
import { patternOf } from "../../ledger/log/pattern.ts"
import {
  type LogCondition,
  type LogFilter,
  type LogRange,
  type NumberName,
  numberNames,
  type TextName,
  tagPrefix,
  textNames,
} from "../../ledger/log/types.ts"
import { nanoOfUsd } from "../../ledger/money.ts"
import { wrong } from "../fields/fields.ts"
import { timeIn } from "../fields/moments.ts"
import type { Asked } from "../managed.ts"
import type { HttpServices } from "../services.ts"

/** Values of one filter, characters of a value, filters of one question. */
const mostValues = 100
const longestValue = 512
const mostFilters = 40

/** Columns that have nothing but these two values, so that another one is a mistake and not an empty answer. */
const flags: ReadonlySet<string> = new Set(["streamed", "cancelled", "cached", "byok"])
const flagValues: readonly string[] = ["true", "false"]

const isText = (name: string): name is TextName => (textNames as readonly string[]).includes(name)
const rangeName = new RegExp(`^(${numberNames.join("|")})_(min|max)$`)

/** Free text is looked for in these. */
const searched: readonly TextName[] = ["id", "session", "user", "trace", "conversation", "app", "app_title", "error"]

const valuesOf = (name: string, text: string): readonly string[] => {
  const values = text
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "")
  if (values.length === 0 || values.length > mostValues || values.some(({ length }) => length > longestValue))
    throw wrong(name, `1 to ${mostValues} values of at most ${longestValue} characters, with commas between`)
  return values
}

/** `a,b` are requests that have one of them, `!a,b` those that have neither. */
function conditionOf(services: HttpServices, column: string, text: string): LogCondition {
  const isNot = text.startsWith("!")
  const values = valuesOf(column, isNot ? text.slice(1) : text)
  if (flags.has(column) && !values.every((value) => flagValues.includes(value)))
    throw wrong(column, flagValues.join(" or "))
  return { columns: [column], values: withIds(services, column, values), ...(isNot ? { isNot } : {}) }
}

/** People know these by their names; the log has their ids. */
function namesOf({ keys, directory }: HttpServices, column: string): readonly (readonly [id: string, name: string])[] {
  switch (column) {
    case "key_id":
      return keys.list().map(({ keyId, name }) => [keyId, name])
    case "member":
      return directory.list("member").map(({ id, body }) => [id, body.email])
    case "group":
      return directory.list("group").map(({ id, body }) => [id, body.name])
    case "service_account":
      return directory.list("service-account").map(({ id, body }) => [id, body.name])
    case "project":
      return directory.list("project").map(({ id, body }) => [id, body.name])
    default:
      return []
  }
}

function withIds(services: HttpServices, column: string, values: readonly string[]): readonly string[] {
  const names = namesOf(services, column)
  if (names.length === 0) return values
  const patterns = values.map(patternOf)
  const ids = names.filter(([, name]) => patterns.some(({ fits }) => fits(name))).map(([id]) => id)
  return [...values, ...ids]
}

/** Parameters that are no filter; each route names those that it has. */
export type OtherParameters = ReadonlySet<string>

/**
 * The filters of a query, and the reach of whoever asks: values with commas between of which one must fit, or none with `!` before them, `*`
 * for any number of characters, `<number>_min` and `<number>_max`, `from`, `to`, `q`, `feedback`. An unknown one is a mistake, never everything.
 */
export async function readFilter(services: HttpServices, asked: Asked, others: OtherParameters): Promise<LogFilter> {
  const conditions: LogCondition[] = []
  const ranges = new Map<NumberName, LogRange>()
  const from = timeIn(asked.query, "from")
  const to = timeIn(asked.query, "to")
  let free: string | undefined
  let said: readonly string[] | undefined
  let count = 0
  for (const [name, value] of asked.query) {
    if (others.has(name)) continue
    count += 1
    if (count > mostFilters) throw new GatewayError("invalid_request", `A search has at most ${mostFilters} filters.`)
    const [, column, end] = rangeName.exec(name) ?? []
    if (column !== undefined) {
      const number = value.trim() === "" ? Number.NaN : Number(value)
      if (!Number.isFinite(number)) throw wrong(name, "a number")
      const bound = column === "cost" ? nanoOfUsd(number) : number
      ranges.set(column as NumberName, {
        ...(ranges.get(column as NumberName) ?? { column: column as NumberName }),
        [end as "min" | "max"]: bound,
      })
    } else if (isText(name) || (name.startsWith(tagPrefix) && name.length > tagPrefix.length))
      conditions.push(conditionOf(services, name, value))
    else if (name === "from" || name === "to") continue
    else if (name === "q") free = value.trim()
    else if (name === "feedback") said = valuesOf(name, value)
    else
      throw new GatewayError(
        "invalid_request",
        `There is no filter "${name.slice(0, 100)}". Filters: ${textNames.join(", ")}, extra.<name>, ${numberNames.map((number) => `${number}_min, ${number}_max`).join(", ")}, from, to, q, feedback${[...others].map((other) => `, ${other}`).join("")}.`,
        { param: name.slice(0, 100) },
      )
  }
  if (free !== undefined && free !== "") conditions.push(await freeText(services, free))
  // Whoever sees only what is their own; without a member nothing is.
  if (asked.reach === "own") conditions.push({ columns: ["member"], values: [asked.memberId ?? "(nobody)"] })
  const ids = said && (await services.feedback.matching(said, from ?? 0, to ?? Number.MAX_SAFE_INTEGER))
  return {
    conditions,
    ranges: [...ranges.values()],
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(ids ? { ids } : {}),
  }
}

/** One of the ids and names, whole or with `*`; ids that the log does not have (of the request, of the upstream) lead to the one that it has. */
async function freeText(services: HttpServices, text: string): Promise<LogCondition> {
  if (text.length > longestValue) throw wrong("q", `at most ${longestValue} characters`)
  const found = text.includes("*") ? undefined : await services.findGeneration(text, undefined)
  return { columns: searched, values: found ? [text, found.id] : [text] }
}
