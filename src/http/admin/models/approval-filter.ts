import { geolocation } from "../../../catalog/regions.ts"
import type { ApprovalRule } from "../../../config/config.ts"
import type { JsonObject, ModelKind } from "../../../contract/index.ts"
import { isObject } from "../../../contract/index.ts"
import { type FieldTable, flag, oneOf, type Read, readFields, texts, wrong } from "../../fields/fields.ts"

/** Rules that people ask for by name. */
export const presets: Readonly<Record<string, ApprovalRule>> = {
  eu: { regions: ["eu"] },
  us: { regions: ["us"] },
  zdr: { zdr: true },
  "eu-zdr": { regions: ["eu"], zdr: true },
  "no-training": { dataCollection: "deny" },
}

const usdPerMillion: Read<number> = (value, name) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value
  throw wrong(name, "USD per million tokens, 0 or more")
}

const prices: Read<unknown> = (value, name) => {
  if (!isObject(value)) throw wrong(name, "an object with input or output")
  return readFields(value, { input: ["input", usdPerMillion], output: ["output", usdPerMillion] }, `${name}.`)
}

const kinds: Read<readonly ModelKind[]> = (value, name) =>
  texts(value, name).map((kind, index) =>
    oneOf("chat", "embeddings", "rerank", "images", "speech", "transcription")(kind, `${name}[${index}]`),
  )

const fields: FieldTable = {
  models: ["models", texts],
  authors: ["authors", texts],
  providers: ["providers", texts],
  regions: ["regions", texts],
  zdr: ["zdr", flag],
  data_collection: ["dataCollection", oneOf("allow", "deny")],
  kinds: ["kinds", kinds],
  tags: ["tags", texts],
  max_price: ["maxPrice", prices],
}

/** A rule in the words of the configuration file. One that says nothing is refused: it would mean nothing, or everything. */
export const readRule: Read<ApprovalRule> = (value, name) => {
  if (!isObject(value)) throw wrong(name, "an object")
  const rule = readFields(value, fields, `${name}.`) as ApprovalRule
  if (Object.keys(rule).length === 0) throw wrong(name, `a rule with at least one of ${Object.keys(fields).join(", ")}`)
  for (const region of rule.regions ?? [])
    if (geolocation(region) === "global" && region.toLowerCase() !== "global")
      throw wrong(`${name}.regions`, `regions that are known, like eu or eu-central-1; "${region}" is none`)
  return rule
}

export const readRules: Read<readonly ApprovalRule[]> = (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, "a list of rules")
  return value.map((rule, index) => readRule(rule, `${name}[${index}]`))
}

export const readPreset: Read<ApprovalRule> = (value, name) =>
  presets[oneOf(...Object.keys(presets))(value, name)] as ApprovalRule

/** The same rule in the words of the file, as it is stored and shown. */
export const ruleRow = (rule: ApprovalRule): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, [own]]) => {
      const value = rule[own as keyof ApprovalRule]
      return value === undefined ? [] : [[name, value as JsonObject[string]]]
    }),
  )
