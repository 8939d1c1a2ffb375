import type { FilterAction, Guardrail } from "../../accounts/directory/types.ts"
import { compile, type Program } from "../../expressions/compile.ts"
import type { HeldGuardrail, Standing } from "../services.ts"

/** Something that is looked for in what a key sends. */
export interface ContentFilter {
  /** A pattern, or the name of a detector. */
  readonly name: string
  readonly action: FilterAction
  /** In the user's own messages only. */
  readonly userOnly: boolean
  /** Of those that ask for it the one that asks for most. */
  readonly guardrail: Pick<HeldGuardrail, "id" | "name">
  readonly by:
    | { readonly kind: "pattern"; readonly program: Program; readonly label: string }
    | { readonly kind: "detector"; readonly allowlist: readonly string[] }
}

/** Whatever is refused need not be redacted, and what is redacted is recorded as well. */
const order: readonly FilterAction[] = ["block", "redact", "flag"]

const none: readonly ContentFilter[] = Object.freeze([])
const known = new WeakMap<Standing, readonly ContentFilter[]>()

/** The filters of all guardrails that hold for a key, those that refuse first. Put together once; a key without guardrails costs a field check. */
export function contentFiltersOf(standing: Standing): readonly ContentFilter[] {
  if (standing.guardrails.length === 0) return none
  let filters = known.get(standing)
  if (filters === undefined) {
    filters = united(standing.guardrails)
    known.set(standing, filters)
  }
  return filters
}

function united(guardrails: readonly HeldGuardrail[]): readonly ContentFilter[] {
  const found = new Map<string, ContentFilter>()
  for (const guardrail of guardrails)
    for (const filter of filtersOf(guardrail)) {
      const key = `${filter.by.kind} ${filter.name}`
      const other = found.get(key)
      found.set(key, other ? stricter(other, filter) : filter)
    }
  return [...found.values()].sort((one, other) => rank(one) - rank(other))
}

const rank = ({ action }: ContentFilter): number => order.indexOf(action)

const compiled = new WeakMap<HeldGuardrail, readonly ContentFilter[]>()

/** Compiled once for all who hold it. */
function filtersOf(guardrail: HeldGuardrail): readonly ContentFilter[] {
  let filters = compiled.get(guardrail)
  if (filters === undefined) {
    filters = readFilters(guardrail)
    compiled.set(guardrail, filters)
  }
  return filters
}

function readFilters(guardrail: HeldGuardrail): readonly ContentFilter[] {
  const { contentFilters = [], contentFilterBuiltins = [] }: Guardrail = guardrail
  return [
    ...contentFilters.map(({ pattern, action, label }): ContentFilter => {
      const by = { kind: "pattern", program: compile(pattern), label: placeholder(label) } as const
      return { name: pattern, action, userOnly: false, guardrail, by }
    }),
    ...contentFilterBuiltins.map(({ slug, action, scanScope, allowlist = [] }): ContentFilter => {
      const by = { kind: "detector", allowlist } as const
      return { name: slug, action, userOnly: scanScope === "user_only", guardrail, by }
    }),
  ]
}

const placeholder = (label = "REDACTED"): string => (/^\[.*\]$/.test(label) ? label : `[${label}]`)

/** All guardrails hold: more is done, in more messages, and only what all of them allow is allowed. */
function stricter(one: ContentFilter, other: ContentFilter): ContentFilter {
  const strongest = rank(other) < rank(one) ? other : one
  const allowlist =
    one.by.kind === "detector" && other.by.kind === "detector" ? common(one.by.allowlist, other.by.allowlist) : []
  return {
    ...strongest,
    userOnly: one.userOnly && other.userOnly,
    by: strongest.by.kind === "detector" ? { kind: "detector", allowlist } : strongest.by,
  }
}

const common = (one: readonly string[], other: readonly string[]): readonly string[] =>
  one.filter((phrase) => other.some((same) => same.toLowerCase() === phrase.toLowerCase()))
