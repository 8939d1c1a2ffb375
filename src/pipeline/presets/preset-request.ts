import type { Preset } from "../../config/config.ts"
import { GatewayError, isObject, type JsonObject, type Loss } from "../../contract/index.ts"
import { memberOf, patchObject, topLevel, valueText } from "../../dialects/json-text/index.ts"
import type { Inbound } from "../exchange.ts"
import { invalid, type RequestFields } from "../fields.ts"
import { readPresetName } from "../plan/targets/reference.ts"
import { isTail } from "../plan/targets/resolve.ts"
import { findPreset, own } from "../plan/targets/scope.ts"
import type { Snapshot } from "../services.ts"
import { presetForm } from "./forms.ts"
import { unionOfTools } from "./tools.ts"
import { inWordsOf } from "./translate.ts"
import type { AppliedPreset, Written } from "./types.ts"

/** What of a request a preset is laid under. */
export type Laid = Pick<Inbound, "body" | "client" | "address" | "losses">

export interface WithPreset<Given extends Laid> {
  readonly inbound: Given
  readonly applied: Omit<AppliedPreset, "written">
}

/** What presets cannot say for a request: its content, how it is carried, and what the gateway reads elsewhere. */
const notLaid = new Set([
  "messages",
  "prompt",
  "input",
  "contents",
  "stream",
  "stream_options",
  "preset",
  "provider",
  "cache_enabled",
  "cache_ttl_seconds",
])

/** Addressed to the gateway, in every format alike. */
const gatewayFields = new Set(["models", "plugins", "session_id", "trace", "route", "requesty", "transforms"])

/** Two names of one thing: what the request says under either of them is said. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  max_tokens: ["max_completion_tokens"],
  max_completion_tokens: ["max_tokens"],
  reasoning: ["reasoning_effort", "include_reasoning"],
  reasoning_effort: ["reasoning"],
  models: ["fallbacks"],
}

/** The preset that a request names: in its field, in its model, or behind an alias. Most requests cost a look at two fields here. */
export function namedPreset(
  { model, preset }: Pick<RequestFields, "model" | "preset">,
  defaultModel: string,
  snapshot: Snapshot,
): { readonly name: string; readonly base: string | undefined } | undefined {
  const asked = model ?? defaultModel
  const target = asked.includes("@preset/") ? asked : behindAlias(asked, snapshot)
  const inModel = target === undefined ? undefined : readPresetName(target)
  if (!inModel) return preset === undefined ? undefined : { name: preset, base: model }
  if (preset !== undefined && preset !== inModel.preset)
    throw invalid(
      "preset",
      `The model names the preset "${inModel.preset}", and "preset" another one. Name one of them.`,
    )
  return { name: inModel.preset, base: inModel.base }
}

export const writtenIn = ({ model, preset }: Pick<RequestFields, "model" | "preset">): Written => ({
  ...(model === undefined ? {} : { model }),
  ...(preset === undefined ? {} : { preset }),
})

function behindAlias(name: string, { catalog }: Snapshot): string | undefined {
  const target = own(catalog.aliases, name)
  return target?.includes("@preset/") ? target : undefined
}

/** Throws `model_not_found`. */
export function presetNamed(name: string, snapshot: Snapshot): Preset {
  const preset = findPreset(snapshot, name)
  if (!preset) throw new GatewayError("model_not_found", `There is no preset "${name}".`, { param: "preset" })
  return preset
}

/** The request with its preset laid under it: its text is what it would have been without one. */
export function withPreset<Given extends Laid>(
  inbound: Given,
  named: { readonly name: string; readonly base: string | undefined },
  snapshot: Snapshot,
): WithPreset<Given> {
  const preset = presetNamed(named.name, snapshot)
  const span = topLevel(inbound.body)
  // What is no object is refused where every body is.
  if (!span) return { inbound, applied: { name: named.name, preset } }
  const { body, client } = inbound
  const form = presetForm(client)
  const has = (key: string) => memberOf(span, key) !== undefined
  const losses: Loss[] = []
  const changes = new Map<string, string | undefined>()
  const { fields, wish } = inWordsOf(client, presetFields(preset, has), losses)
  for (const [key, value] of Object.entries(fields)) {
    const member = memberOf(span, key)
    const text = member && valueText(body, member)
    if (text === undefined) changes.set(key, JSON.stringify(value))
    else if (key === "tools" && Array.isArray(value)) changes.set(key, unionOfTools(value, text))
    else if (form.nested.includes(key) && isObject(value)) changes.set(key, under(value, text))
  }
  if (preset.system !== undefined && !form.layUnder(body, span, preset.system, changes))
    losses.push(lost("preset.system", "this format has no place for instructions"))
  const model = modelOf(named.base, preset)
  const address =
    inbound.address?.model === undefined ? inbound.address : { ...inbound.address, ...(model ? { model } : {}) }
  if (!inbound.address?.model) changes.set("model", model === undefined ? undefined : JSON.stringify(model))
  if (memberOf(span, "preset")) changes.set("preset", undefined)
  if (!memberOf(span, "model") && model === undefined) changes.delete("model")
  const { provider } = preset.parameters
  return {
    inbound: {
      ...inbound,
      body: patchObject(body, span, changes),
      ...(address ? { address } : {}),
      ...(losses.length > 0 ? { losses: [...(inbound.losses ?? []), ...losses] } : {}),
    },
    applied: {
      name: versioned(named.name, preset),
      preset,
      ...(isObject(provider) ? { provider } : {}),
      ...(wish ? { wish } : {}),
    },
  }
}

/** What of a preset the request does not say under another name. */
function presetFields(
  { parameters }: Preset,
  has: (key: string) => boolean,
): { gateway: JsonObject; chat: JsonObject } {
  const gateway: JsonObject = {}
  const chat: JsonObject = {}
  for (const [key, value] of Object.entries(parameters)) {
    if (notLaid.has(key) || key === "model" || value === undefined || otherNames[key]?.some(has)) continue
    if (gatewayFields.has(key)) gateway[key] = value
    else chat[key] = value
  }
  return { gateway, chat }
}

/** The model of a request with a preset: what stands beside its name, or the preset's own. */
export function modelOf(base: string | undefined, { parameters }: Preset): string | undefined {
  if (base !== undefined && !isTail(base)) return base
  return typeof parameters.model === "string" ? `${parameters.model}${base ?? ""}` : undefined
}

/** A text of JSON with the members of an object under its own. */
function under(value: JsonObject, text: string): string {
  const span = topLevel(text)
  if (!span) return text
  const missing = Object.entries(value).filter(([key]) => !memberOf(span, key))
  return patchObject(text, span, new Map(missing.map(([key, member]) => [key, JSON.stringify(member)])))
}

const versioned = (name: string, preset: Preset & { readonly version?: number }): string =>
  preset.version === undefined || name.includes("@") ? name : `${name}@${preset.version}`

const lost = (path: string, reason: string): Loss => ({
  path,
  action: "dropped",
  code: "parameter_unsupported",
  reason,
})
