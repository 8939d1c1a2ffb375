import { GatewayError } from "../../../contract/index.ts"
import type { UsageDimension, UsageRow } from "../../../ledger/usage/types.ts"
import type { HttpServices } from "../../services.ts"

/** Requesty's names for what usage can be grouped by. */
const dimensions: Readonly<Record<string, UsageDimension>> = {
  group_name: "group",
  group_id: "group",
  user_id: "member",
  service_account_id: "serviceAccount",
  project_id: "project",
  api_key_id: "key",
  model_requested: "requestedModel",
  model_used: "model",
  provider_used: "provider",
  is_byok: "byok",
  origin_title: "title",
  origin_referer: "origin",
}

const extra = /^extra\.[^\s,]{1,100}$/

/** More than this of one question nobody reads, and each takes time. */
const mostGroups = 8

/** One thing to group by: its name in the answer, and what it is here. */
export interface Grouping {
  readonly name: string
  readonly dimension: UsageDimension
}

/** `group_by`, repeated, joined with commas, or both; each once. */
export function groupingsOf(query: URLSearchParams): readonly Grouping[] {
  const names = query
    .getAll("group_by")
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "")
  const groupings = [...new Set(names)].map((name): Grouping => {
    if (extra.test(name)) return { name, dimension: name as `extra.${string}` }
    const dimension = Object.hasOwn(dimensions, name) ? dimensions[name] : undefined
    if (dimension) return { name, dimension }
    const known = [...Object.keys(dimensions), "extra.<field>"].join(", ")
    throw wrong(`"group_by" has "${name.slice(0, 100)}", which usage is not kept by. Use ${known}.`)
  })
  if (groupings.length > mostGroups) throw wrong(`"group_by" must be at most ${mostGroups} names.`)
  return groupings
}

export const dimensionsOf = (groupings: readonly Grouping[]): readonly UsageDimension[] => [
  ...new Set(groupings.map(({ dimension }) => dimension)),
]

/** What a row is of, under the names that were asked for. Always texts: "" where there is none. */
export const valuesOf = (
  { directory }: Pick<HttpServices, "directory">,
  { values }: Pick<UsageRow, "values">,
  groupings: readonly Grouping[],
): Record<string, string> =>
  Object.fromEntries(
    groupings.map(({ name, dimension }) => {
      const value = values[dimension] ?? ""
      return [name, name === "group_name" ? (directory.get("group", value)?.body.name ?? value) : value]
    }),
  )

const wrong = (message: string) => new GatewayError("invalid_request", message, { param: "group_by" })
