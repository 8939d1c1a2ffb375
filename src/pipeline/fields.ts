import {
  type BodySpan,
  type ClientDialect,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type RequestAddress,
} from "../contract/index.ts"
import type { Mutable } from "../contract/mutable.ts"
import { deepest, isTooDeep, type Member, memberOf, topLevel, valueText } from "../dialects/json-text/index.ts"
import { type ProviderPreferences, readPreferences } from "./plan/preferences/preferences.ts"
import { readWebPlugin, type SearchWish } from "./search/web-plugin.ts"

/** What the gateway itself reads from a body, without reading the content. */
export interface RequestFields {
  readonly model: string | undefined
  /** Fallback models, in order, without `model`. */
  readonly models: readonly string[]
  readonly stream: boolean
  readonly includeUsage: boolean
  readonly maxOutputTokens: number | undefined
  /** The client's name for the output limit, for the loss report. */
  readonly outputField: string
  readonly choices: number
  readonly preferences: ProviderPreferences | undefined
  /** Where the body's fields are in its text, for those who look at more of them; absent where there is no text. */
  readonly span?: BodySpan
  /** A search of the web, asked for beside the format's own tools. */
  readonly search?: SearchWish
  readonly user: string | undefined
  readonly sessionId: string | undefined
  /** Slug of a preset, with a version behind an `@` if one is meant. */
  readonly preset?: string | undefined
  /** What requests with the same beginning have in common, for upstreams that route by it. */
  readonly promptCacheKey: string | undefined
  /** `metadata`, `trace`, `requesty` as sent. */
  readonly labels: Readonly<Record<string, Json>> | undefined
}

/** Fields that the gateway acts on: said twice, nobody knows which one the upstream would have believed. */
const actedOn = new Set(["model", "models", "fallbacks", "stream", "stream_options", "provider", "user", "session_id"])

const usualSpelling = /^[a-z0-9_]*$/

/** Upstreams that compare names without regard to case (many in Go do) would take `Model` for the model, which nobody has looked at. */
function refuseTwin(key: string, once: readonly string[]): void {
  if (usualSpelling.test(key) || once.includes(key)) return
  // Capitals first: some letters (the long s) have one, and come back from it as another small letter.
  const folded = key.toUpperCase().toLowerCase()
  const twin = actedOn.has(folded) ? folded : once.find((name) => name.toLowerCase() === folded)
  if (twin) throw invalid(key, `The field "${key}" differs from "${twin}" in nothing but its case. Leave it out.`)
}

/** Reads one of a body's top-level fields. */
export type ReadField = (key: string) => Json | undefined

/** What of a client's format says where its fields are. */
export type FieldedClient = Pick<ClientDialect, "fields" | "scan">

/**
 * Reads the gateway's own fields, from the text or, where it was parsed anyway, from `parsed`. What the address says goes before the
 * body. Throws `invalid_json` or `invalid_request` with the field's path.
 */
export function readFields(
  text: string,
  client: FieldedClient,
  parsed?: Json,
  address: RequestAddress = {},
): RequestFields {
  const span = spanOf(text, client)
  if (parsed !== undefined && !isObject(parsed)) throw explainBadJson(text)
  const { fields } = client
  const twice = span.duplicates.find((key) => actedOn.has(key) || fields.once.includes(key))
  if (twice) throw invalid(twice, `The field "${twice}" is there twice. Send it once.`)
  for (const { key } of span.members) refuseTwin(key, fields.once)
  const read: ReadField = parsed ? (key) => parsed[key] : readerOf(text, span)
  const search = readWebPlugin(read("plugins"))
  const [maxOutputTokens, outputField] = readOutputLimit(read, fields)
  // Filled in, not spread: this runs for every request.
  const found: Mutable<RequestFields> = commonFields(read)
  if (address.model !== undefined) found.model = address.model
  found.stream = address.stream ?? optionalFlag(read("stream"), "stream") ?? false
  found.includeUsage = fields.usage === "always" || readIncludeUsage(read("stream_options"), read("usage"))
  found.maxOutputTokens = maxOutputTokens
  found.outputField = outputField
  if (fields.choices !== undefined) found.choices = readChoices(readPath(read, fields.choices), fields.choices)
  if (search) found.search = search
  found.span = span
  return found
}

/** The names of models alone, without a check of anything else. */
export function readNames(
  text: string,
  client: FieldedClient,
  address: RequestAddress = {},
): Pick<RequestFields, "model" | "models" | "preset"> {
  const read = readerOf(text, spanOf(text, client))
  return { model: address.model ?? readModel(read), models: readModels(read), preset: readPreset(read) }
}

function spanOf(text: string, client: FieldedClient): BodySpan {
  const span = client.scan ? client.scan(text) : topLevel(text)
  if (!span) throw explainBadJson(text)
  return span
}

const readerOf =
  (text: string, span: BodySpan): ReadField =>
  (key) => {
    const member = memberOf(span, key)
    return member && memberValue(text, member)
  }

/** What a member holds. Whoever found it looked at the outside only: its text may still be no JSON. */
export function memberValue(text: string, member: Member): Json {
  try {
    return JSON.parse(valueText(text, member)) as Json
  } catch {
    throw explainBadJson(text)
  }
}

/** The first limit that is there, and the name of its field; without one the name that the format prefers. All of them are checked. */
function readOutputLimit(
  read: ReadField,
  { outputLimit, smallestOutput }: ClientDialect["fields"],
): readonly [limit: number | undefined, field: string] {
  let limit: number | undefined
  let field = outputLimit.at(-1) ?? "max_tokens"
  for (const path of outputLimit) {
    const asked = optionalInteger(readPath(read, path), path, smallestOutput)
    if (asked === undefined || limit !== undefined) continue
    limit = asked
    field = path
  }
  return [limit, field]
}

/** What every request may say to the gateway, whatever it asks for; `read` looks into a body or a form. */
export function commonFields(read: ReadField): RequestFields {
  return {
    model: readModel(read),
    models: readModels(read),
    stream: false,
    includeUsage: true,
    maxOutputTokens: undefined,
    outputField: "",
    choices: 1,
    preferences: readPreferences(read("provider")),
    user: optionalText(read("user"), "user"),
    sessionId: optionalText(read("session_id"), "session_id"),
    preset: readPreset(read),
    promptCacheKey: plainText(read("prompt_cache_key")),
    labels: readLabels(read),
  }
}

const readModel = (read: ReadField): string | undefined => optionalText(read("model"), "model")

const readPreset = (read: ReadField): string | undefined => optionalText(read("preset"), "preset")

const readModels = (read: ReadField): readonly string[] =>
  textList(read("models"), "models") ?? readFallbacks(read("fallbacks"))

/** `generationConfig.maxOutputTokens` */
function readPath(read: ReadField, path: string): Json | undefined {
  if (!path.includes(".")) return read(path)
  const [first, ...rest] = path.split(".")
  let value = read(first!)
  for (const key of rest) value = isObject(value) ? value[key] : undefined
  return value
}

/** Anthropic's spelling of `models` (openrouter.ai, messages). */
function readFallbacks(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw invalid("fallbacks", `"fallbacks" must be a list of objects with "model".`)
  return value.map((item, index) => {
    const model = isObject(item) ? item.model : undefined
    if (typeof model !== "string" || model === "")
      throw invalid(`fallbacks[${index}].model`, `"fallbacks[${index}].model" must be a model's name.`)
    return model
  })
}

export const invalid = (path: string, message: string): GatewayError =>
  new GatewayError("invalid_request", message, { param: path })

export const tooDeep = (): GatewayError =>
  new GatewayError("invalid_request", `The body is nested more than ${deepest} levels deep.`)

/** Says where a body stops being JSON, in the words of the platform's parser plus a position where it gives one. */
export function explainBadJson(text: string): GatewayError {
  if (text.trim() === "") return new GatewayError("invalid_json", "The body is empty. Send a JSON object.")
  if (isTooDeep(text)) return tooDeep()
  try {
    const value: unknown = JSON.parse(text)
    const kind = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`
    return new GatewayError("invalid_request", `The body must be a JSON object, not ${kind}.`)
  } catch (thrown) {
    const words = thrown instanceof Error ? thrown.message.replace(/^JSON Parse error:\s*/, "") : "it cannot be read"
    return new GatewayError("invalid_json", `The body is not valid JSON: ${words}.`)
  }
}

function optionalText(value: Json | undefined, path: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== "string") throw invalid(path, `"${path}" must be a string.`)
  return value === "" ? undefined : value
}

/** A field that the format itself checks, where it has it. */
const plainText = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

function optionalFlag(value: Json | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== "boolean") throw invalid(path, `"${path}" must be true or false.`)
  return value
}

function optionalInteger(value: Json | undefined, path: string, smallest = 1): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== "number" || !Number.isInteger(value) || value < smallest) {
    throw invalid(path, `"${path}" must be a whole number of at least ${smallest}.`)
  }
  return value
}

/** As both APIs have it; more would be one request that does the work of thousands. */
const mostChoices = 128

function readChoices(value: Json | undefined, path: string): number {
  const choices = optionalInteger(value, path) ?? 1
  if (choices > mostChoices) throw invalid(path, `"${path}" must be at most ${mostChoices}.`)
  return choices
}

function textList(value: Json | undefined, path: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw invalid(path, `"${path}" must be a list of strings.`)
  return value.map((item, index) => {
    if (typeof item !== "string" || item === "")
      throw invalid(`${path}[${index}]`, `"${path}[${index}]" must be a non-empty string.`)
    return item
  })
}

/** OpenAI's `stream_options.include_usage` and OpenRouter's `usage.include`. */
function readIncludeUsage(options: Json | undefined, usage: Json | undefined): boolean {
  if (options !== undefined && options !== null && !isObject(options))
    throw invalid("stream_options", `"stream_options" must be an object.`)
  return (isObject(options) && options.include_usage === true) || (isObject(usage) && usage.include === true)
}

const labelFields = ["metadata", "trace", "requesty"] as const

function readLabels(read: (key: string) => Json | undefined): JsonObject | undefined {
  let labels: JsonObject | undefined
  for (const key of labelFields) {
    const value = read(key)
    if (value === undefined || value === null) continue
    labels ??= {}
    labels[key] = value
  }
  return labels
}
