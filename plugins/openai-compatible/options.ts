import { GatewayError, isObject, type Profile, type ProviderSettings } from "signalbox/plugin"
import { type Auth, type FormatName, formatNames, type Vendor } from "./vendor.ts"

type Kind = "flag" | "number" | "text" | "texts" | "list" | "object" | readonly string[]

/** The flags that chat completions know, and what each may be. */
const profileKinds: Partial<Record<keyof Profile, Kind>> = {
  developerRole: "flag",
  maxTokensField: ["max_tokens", "max_completion_tokens"],
  reasoningFormat: ["effort", "openrouter", "deepseek", "qwen", "zai", "together", "moonshot", "chat-template", "none"],
  templateField: ["chat_template_kwargs", "chat_template_args"],
  effortMap: "texts",
  strictTools: "flag",
  usageInStream: "flag",
  reasoningEcho: ["reasoning_content", "reasoning", "reasoning_details"],
  reasoningEchoTurns: ["all", "current"],
  reasoningEchoEmpty: "flag",
  tools: "flag",
  customTools: "flag",
  budgetField: "text",
  toolsWithToolHistory: "flag",
  reasoningWithTools: "flag",
  toolResultName: "flag",
  nonNullAssistantContent: "flag",
  noPrefill: "flag",
  cacheFormat: ["anthropic", "openai"],
  mediaUrls: "flag",
  fileUrls: "flag",
  images: "flag",
  pdf: "flag",
  imageInToolResult: "flag",
  thinkTags: "flag",
  dropFields: "list",
  extraBody: "object",
  maxTemperature: "number",
  noSampling: "flag",
  samplingAtEffortNone: "flag",
  thinkingMandatory: "flag",
  reasoningOrigins: "list",
  toolCallIds: ["any", "anthropic", "alnum9"],
  usageQuirk: ["reasoning-outside", "cached-top-level", "cache-write-inside"],
}

const isText = (value: unknown): value is string => typeof value === "string"

const kindWords = (kind: Kind): string => {
  if (kind === "flag") return "true or false"
  if (kind === "texts") return "a map of texts"
  if (kind === "list") return "a list of texts"
  if (kind === "object") return "a map"
  return typeof kind === "string" ? `a ${kind}` : `one of ${kind.join(", ")}`
}

const fits = (value: unknown, kind: Kind): boolean => {
  if (kind === "flag") return typeof value === "boolean"
  if (kind === "number") return typeof value === "number" && Number.isFinite(value)
  if (kind === "text") return isText(value) && value !== ""
  if (kind === "texts") return isObject(value) && Object.values(value).every(isText)
  if (kind === "list") return Array.isArray(value) && value.every(isText)
  if (kind === "object") return isObject(value)
  return isText(value) && kind.includes(value)
}

const refuse = (settings: ProviderSettings, path: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: options.${path} ${problem}`, {
    param: `options.${path}`,
  })

/** Checks a map of settings against what is known, naming what would have been right. */
const check = (
  settings: ProviderSettings,
  prefix: string,
  values: unknown,
  kinds: Readonly<Record<string, Kind>>,
): Readonly<Record<string, unknown>> => {
  if (!isObject(values)) throw refuse(settings, prefix.slice(0, -1), "must be a map")
  for (const [name, value] of Object.entries(values)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined)
      throw refuse(settings, `${prefix}${name}`, `is not known; known: ${Object.keys(kinds).sort().join(", ")}`)
    if (!fits(value, kind)) throw refuse(settings, `${prefix}${name}`, `must be ${kindWords(kind)}`)
  }
  return values
}

/** What `options:` of an entry asks for, checked. */
export interface VendorOptions {
  /** Flags that win over what the row says. */
  readonly profile: Profile
  /** How the key is sent, where it is usually sent so. */
  auth(usual?: Auth): Auth
  /** The formats to speak, preferred first, where the entry names them. */
  readonly formats: readonly FormatName[] | undefined
  /** Those of the row's `native` format; empty: it is not spoken. */
  readonly native: Readonly<Record<string, unknown>>
  /** Values for the placeholders of the base URL. */
  readonly url: Readonly<Record<string, string>>
}

const bearer: Auth = { header: "authorization", prefix: "Bearer " }

const isFormat = (value: string): value is FormatName => (formatNames as readonly string[]).includes(value)

const readFormats = (settings: ProviderSettings, value: unknown): readonly FormatName[] | undefined => {
  if (value === undefined) return undefined
  const names = new Set((value as readonly string[]).filter(isFormat))
  // Checked to be a list of texts; a word that is none of the names, or none at all, makes the sizes differ.
  if (names.size === 0 || names.size !== (value as readonly string[]).length)
    throw refuse(settings, "formats", `must be a list of ${formatNames.join(", ")}`)
  return [...names]
}

/** Reads `options:`; throws GatewayError `invalid_request` with the path of what is wrong. */
export const readOptions = (vendor: Vendor, settings: ProviderSettings): VendorOptions => {
  const urlNames = Object.keys(vendor.urlOptions ?? {})
  const nativeKinds = vendor.native?.options ?? {}
  const options = check(settings, "", settings.options, {
    profile: "object",
    auth: "object",
    formats: "list",
    ...nativeKinds,
    ...Object.fromEntries(urlNames.map((name) => [name, "text"] as const)),
  })
  const auth = check(settings, "auth.", options.auth ?? {}, {
    header: "text",
    prefix: ["", "Bearer ", "Key ", "Token "],
  })
  const url: Record<string, string> = {}
  for (const [name, { description, pattern }] of Object.entries(vendor.urlOptions ?? {})) {
    const value = options[name]
    // A base_url of one's own has no placeholders to fill.
    if (value === undefined && settings.baseUrl !== undefined) continue
    if (!isText(value)) throw refuse(settings, name, `is missing: ${description}`)
    if (!pattern.test(value)) throw refuse(settings, name, `must be ${description}`)
    url[name] = value
  }
  const header = isText(auth.header) ? auth.header.toLowerCase() : undefined
  return {
    // Checked against the table above, flag by flag.
    profile: check(settings, "profile.", options.profile ?? {}, profileKinds) as Profile,
    auth(usual = vendor.auth ?? bearer) {
      const name = header ?? usual.header
      return { header: name, prefix: isText(auth.prefix) ? auth.prefix : name === usual.header ? usual.prefix : "" }
    },
    formats: readFormats(settings, options.formats),
    native: Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(nativeKinds, name))),
    url,
  }
}
