import type { Generation } from "../../contract/generation.ts"
import { apart } from "./between.ts"

/** Of one request so many tags are kept, with names and values of so many characters; the rest of it is in the log. */
const mostTags = 10
const longestName = 64
const longestValue = 100

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value.slice(0, longestValue)
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined
}

/**
 * What a client tagged its request with: `requesty.extra`, which headers `X-Requesty-<Name>` are added to, and `requesty.tags` as the tag
 * `tags`. As JSON with sorted names, so that the same set is the same text; empty where there is none. Users, sessions and traces are no
 * tags: there is no end of them, and the log answers for them.
 */
export function tagsOf({ labels }: Pick<Generation, "labels">): string {
  if (labels === undefined) return ""
  const { requesty } = labels
  if (!isObject(requesty)) return ""
  const tags: [string, string][] = []
  if (isObject(requesty.extra))
    for (const [name, given] of Object.entries(requesty.extra)) {
      const value = textOf(given)
      if (value !== undefined && value !== "" && name !== "") tags.push([name.slice(0, longestName), value])
    }
  const listed = Array.isArray(requesty.tags) ? requesty.tags.map(textOf).filter((tag) => tag) : []
  if (listed.length > 0) tags.push(["tags", listed.sort().join(",").slice(0, longestValue)])
  if (tags.length === 0) return ""
  tags.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
  return apart(JSON.stringify(Object.fromEntries(tags.slice(0, mostTags))))
}

/** What stands for tags beyond the number that a key may bring in a day. */
export const otherTags = JSON.stringify({ "(other)": "(other)" })
/** The value of every tag then. */
export const otherValue = "(other)"
