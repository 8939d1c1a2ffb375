import type { GuardrailChange, NewGuardrail, ZdrGroup } from "../../../accounts/directory/guardrails.ts"
import { isObject, type JsonObject } from "../../../contract/index.ts"
import { type FieldTable, flag, oneOf, orNull, type Read, readFields, text, texts, wrong } from "../../fields/fields.ts"
import { money } from "../../fields/limits.ts"
import { projectIdOf } from "../workspaces/id.ts"

/** A text of a length. */
const upTo =
  (least: number, most: number): Read<string> =>
  (value, name) => {
    if (typeof value === "string" && value.trim().length >= least && value.length <= most) return value.trim()
    throw wrong(name, `a text of ${least} to ${most} characters`)
  }

/** An empty list would let nothing pass, or say nothing: neither is what anybody means by it. */
const names: Read<readonly string[]> = (value, name) => {
  const list = texts(value, name)
  if (list.length === 0) throw wrong(name, "a list of at least one name, or null for no restriction")
  return [...new Set(list.map((item) => item.trim()))]
}

const slugs: Read<readonly string[]> = (value, name) => names(value, name).map((slug) => slug.toLowerCase())

const region = oneOf("global", "europe", "us")
const regions: Read<readonly string[]> = (value, name) =>
  names(value, name).map((item, index) => region(item, `${name}[${index}]`))

const action = oneOf("redact", "block", "flag")

/** A list of objects; null in one of their fields is as good as nothing. */
const listOf =
  (fields: FieldTable, required: readonly string[]): Read<readonly Record<string, unknown>[]> =>
  (value, name) => {
    if (!Array.isArray(value)) throw wrong(name, "a list")
    return value.map((item: unknown, index) => {
      const place = `${name}[${index}]`
      if (!isObject(item)) throw wrong(place, "an object")
      const { label, ...rest } = readFields(item as JsonObject, fields, `${place}.`)
      const missing = required.find((field) => rest[field] === undefined)
      if (missing !== undefined) throw wrong(`${place}.${missing}`, "there")
      return typeof label === "string" ? { ...rest, label } : rest
    })
  }

const pattern: Read<string> = (value, name) => {
  if (typeof value === "string" && value !== "") return value
  throw wrong(name, "a regular expression")
}

/** Labels of these are the detector's own; clients of older versions still send one. */
const ignored: Read<undefined> = () => undefined

const customFields: FieldTable = {
  pattern: ["pattern", pattern],
  action: ["action", action],
  label: ["label", orNull(upTo(1, 100))],
}
const builtinFields: FieldTable = {
  slug: ["slug", text],
  action: ["action", action],
  scan_scope: ["scanScope", oneOf("user_only", "all_messages")],
  allowlist: ["allowlist", texts],
  label: ["ignored", ignored],
}

const changeable: FieldTable = {
  name: ["name", upTo(1, 200)],
  description: ["description", orNull(upTo(0, 1000))],
  limit_usd: ["limitNano", orNull(money)],
  reset_interval: ["resetInterval", orNull(oneOf("daily", "weekly", "monthly"))],
  include_byok_in_budgets: ["includeByokInBudgets", flag],
  allowed_providers: ["allowedProviders", orNull(slugs)],
  ignored_providers: ["ignoredProviders", orNull(slugs)],
  allowed_models: ["allowedModels", orNull(names)],
  ignored_models: ["ignoredModels", orNull(names)],
  enforce_zdr: ["enforceZdr", orNull(flag)],
  enforce_zdr_anthropic: ["anthropic", orNull(flag)],
  enforce_zdr_openai: ["openai", orNull(flag)],
  enforce_zdr_google: ["google", orNull(flag)],
  enforce_zdr_xai: ["xai", orNull(flag)],
  enforce_zdr_other: ["other", orNull(flag)],
  content_filters: ["contentFilters", orNull(listOf(customFields, ["pattern", "action"]))],
  content_filter_builtins: ["contentFilterBuiltins", orNull(listOf(builtinFields, ["slug", "action"]))],
  enable_free_model_training: ["enableFreeModelTraining", orNull(flag)],
  enable_free_model_publication: ["enableFreeModelPublication", orNull(flag)],
  enable_paid_model_training: ["enablePaidModelTraining", orNull(flag)],
  allowed_data_regions: ["allowedDataRegions", orNull(regions)],
}

/** `canonical`: the name by which a model is known everywhere. */
function take(body: JsonObject, fields: FieldTable, canonical: (name: string) => string): Record<string, unknown> {
  const { anthropic, openai, google, xai, other, ...rest } = readFields(body, fields)
  const zdr: Record<ZdrGroup, unknown> = { anthropic, openai, google, xai, other }
  const taken: Record<string, unknown> = { ...rest, zdr }
  for (const field of ["allowedModels", "ignoredModels"])
    if (Array.isArray(taken[field])) taken[field] = [...new Set((taken[field] as string[]).map(canonical))]
  // Nothing to look for is no filter.
  for (const field of ["contentFilters", "contentFilterBuiltins"])
    if (Array.isArray(taken[field]) && taken[field].length === 0) taken[field] = null
  return taken
}

export function newGuardrail(body: JsonObject, canonical: (name: string) => string): NewGuardrail {
  const fields: FieldTable = { ...changeable, workspace_id: ["projectId", text] }
  const asked = take(body, fields, canonical) as unknown as NewGuardrail
  if (asked.name === undefined) throw wrong("name", "there: a name for people")
  return asked.projectId === undefined ? asked : { ...asked, projectId: projectIdOf(asked.projectId) }
}

export const guardrailChange = (body: JsonObject, canonical: (name: string) => string): GuardrailChange =>
  take(body, changeable, canonical) as GuardrailChange

/** `key_hashes` or `member_user_ids`. */
export function assignees(body: JsonObject, field: string): readonly string[] {
  const { ids } = readFields(body, { [field]: ["ids", texts] })
  if (!Array.isArray(ids) || ids.length === 0) throw wrong(field, "a list of at least one id")
  return ids as string[]
}
