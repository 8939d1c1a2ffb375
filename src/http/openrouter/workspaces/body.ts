import { type Patch, patched } from "../../../accounts/directory/change.ts"
import type { Project } from "../../../accounts/directory/types.ts"
import { GatewayError, type Json, type JsonObject } from "../../../contract/index.ts"
import { sortings } from "../../../pipeline/plan/preferences/preferences.ts"
import { windowKinds } from "../../../store/windows.ts"
import {
  type FieldTable,
  flag,
  oneOf,
  orNull,
  type Read,
  readFields,
  shortText,
  text,
  texts,
  wrong,
} from "../../fields/fields.ts"
import { moneyAboveZero } from "../../fields/limits.ts"
import { type Interval, intervalNames, intervals, type workspaceSettings } from "./rows.ts"

const slug: Read<string> = (value, name) => {
  if (typeof value === "string" && value.length <= 100 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value)) return value
  throw wrong(name, "lower case letters and digits, in parts with a single - between them")
}

/** What is not done here is refused, so that nobody believes it is; clients send it as it was read. */
const only =
  <Value extends Json>(usual: Value, instead: string): Read<Value> =>
  (value, name) => {
    if (Bun.deepEquals(value, usual)) return usual
    throw wrong(name, `${JSON.stringify(usual)}: ${instead}`)
  }

const settingReaders = {
  default_image_model: orNull(shortText(300)),
  default_provider_sort: orNull(oneOf(...sortings)),
  default_text_model: orNull(shortText(300)),
  disabled_server_tools: only(null, "no workspace can be kept from single tools here"),
  io_logging_api_key_ids: only(null, "which keys are logged is said of each key, with store_bodies at /admin/keys"),
  io_logging_sampling_rate: only(1, "what is kept is kept of every request"),
  is_data_discount_logging_enabled: only(false, "nobody outside is told what was said"),
  is_observability_broadcast_enabled: only(false, "sinks are plugins, and hear of all workspaces"),
  is_observability_io_logging_enabled: flag,
} as const satisfies Readonly<Record<keyof typeof workspaceSettings, Read<unknown>>>

const fields: FieldTable = {
  name: ["name", text],
  slug: ["slug", slug],
  description: ["description", orNull(text)],
  ...Object.fromEntries(Object.entries(settingReaders).map(([name, read]) => [name, [name, read] as const])),
}

/** A workspace's fields as what is to be different of a project. */
export function readWorkspace(body: JsonObject, before: JsonObject | undefined): Patch<Project> {
  const read = readFields(body, fields)
  const settings = Object.fromEntries(
    Object.entries(read).filter(([name]) => Object.hasOwn(settingReaders, name)),
  ) as Record<string, Json>
  const own = Object.fromEntries(Object.entries(read).filter(([name]) => !Object.hasOwn(settingReaders, name)))
  if (Object.keys(settings).length === 0) return own
  return { ...own, settings: patched<Record<string, Json>>({ ...before }, settings) as JsonObject }
}

/** Members of the organisation that are to join or leave. */
export function readUserIds(body: JsonObject): readonly string[] {
  const ids = readFields(body, { user_ids: ["ids", texts] }).ids as readonly string[] | undefined
  if (ids === undefined || ids.length === 0) throw wrong("user_ids", "a list of the ids of members")
  return [...new Set(ids)]
}

export const intervalOf = (word: string): Interval => {
  const found = intervalNames.find((name) => name === word)
  if (found === undefined)
    throw new GatewayError("invalid_request", 'The interval must be "daily", "weekly", "monthly" or "lifetime".', {
      param: "interval",
    })
  return found
}

/** A budget that is set, as what is to be different of its project. Wider intervals must have more (openrouter.ai/docs, workspace budgets). */
export function readBudget(body: JsonObject, interval: Interval, project: Project, now: number): Patch<Project> {
  const read = readFields(body, {
    limit_usd: ["limitNano", moneyAboveZero],
    include_byok_in_budgets: ["includeByokInBudgets", flag],
  })
  if (read.limitNano === undefined) throw wrong("limit_usd", "there: an amount in USD above 0")
  const window = intervals[interval]
  const budgets = { ...project.budgets, [window]: read.limitNano as number }
  const given = intervalNames.filter((name) => budgets[intervals[name]] !== undefined)
  for (const [index, wide] of given.entries()) {
    const narrow = given[index + 1]
    if (narrow !== undefined && budgets[intervals[wide]]! <= budgets[intervals[narrow]]!)
      throw new GatewayError("invalid_request", `The ${wide} budget must be larger than the ${narrow} one.`, {
        param: "limit_usd",
      })
  }
  const createdAt = project.budgets[window] === undefined ? now : (project.budgetTimes?.[window]?.createdAt ?? now)
  return {
    budgets,
    budgetTimes: { ...project.budgetTimes, [window]: { createdAt, updatedAt: now } },
    ...(read.includeByokInBudgets === undefined ? {} : { includeByokInBudgets: read.includeByokInBudgets as boolean }),
  }
}

/** The same of a budget that is taken away. */
export const withoutBudget = (interval: Interval, project: Project): Patch<Project> => {
  const others = windowKinds.filter((window) => window !== intervals[interval])
  const kept = <Value>(from: { readonly [Window in (typeof windowKinds)[number]]?: Value }) =>
    Object.fromEntries(others.flatMap((window) => (from[window] === undefined ? [] : [[window, from[window]]])))
  return { budgets: kept(project.budgets), budgetTimes: kept(project.budgetTimes ?? {}) }
}
