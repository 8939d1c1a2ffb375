import { isClaude, messages, messagesTokenCount, withForwarded } from "signalbox/dialects"
import {
  type Endpoint,
  type EndpointCall,
  GatewayError,
  type ProviderDefinition,
  type ProviderSettings,
} from "signalbox/plugin"
import { modelListing } from "./listing.ts"
import type { Vendor } from "./vendors.ts"

/** Older models still take sampling fields in this version. */
const usualVersion = "2023-06-01"
/** From this version on no model does (platform.claude.com, versioning). Versions are dates and compare as texts. */
const untunedVersion = "2026-10-21"

interface Options {
  readonly version: string
  readonly betas: readonly string[]
  readonly auth: "x-api-key" | "bearer"
}

const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const readOptions = (settings: ProviderSettings): Options => {
  let [version, betas, auth]: [string, readonly string[], Options["auth"]] = [usualVersion, [], "x-api-key"]
  for (const [name, value] of Object.entries(settings.options)) {
    const param = `options.${name}`
    if (name === "version") {
      if (!isText(value)) throw refuse(settings, param, "must be a text, for example 2023-06-01")
      version = value
    } else if (name === "betas") {
      const list = isText(value) ? value.split(",").map((beta) => beta.trim()) : value
      if (!Array.isArray(list) || !list.every(isText)) throw refuse(settings, param, "must be a list of texts")
      betas = list
    } else if (name === "auth") {
      if (value !== "x-api-key" && value !== "bearer") throw refuse(settings, param, "must be x-api-key or bearer")
      auth = value
    } else throw refuse(settings, param, "is not known; known: auth, betas, version")
  }
  return { version, betas, auth }
}

/** With or without `/v1` at its end: half of all clients and vendors write the one, half the other. */
const messagesUrl = (vendor: Vendor, settings: ProviderSettings): string => {
  const base = settings.baseUrl ?? vendor.baseUrl
  if (base === undefined) throw refuse(settings, "base_url", "is missing")
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, "").replace(/\/messages$/, "")
  url.pathname = `${/\/v\d+$/.test(path) ? path : `${path}/v1`}/messages`
  return url.href
}

const headersFor = (vendor: Vendor, settings: ProviderSettings, options: Options): Record<string, string> => {
  const { version, betas, auth } = options
  const headers: Record<string, string> = { "content-type": "application/json", "anthropic-version": version }
  if (betas.length > 0) headers["anthropic-beta"] = betas.join(",")
  if (settings.apiKey) {
    if (auth === "bearer") headers.authorization = `Bearer ${settings.apiKey}`
    else headers["x-api-key"] = settings.apiKey
  }
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  const hasKey = headers["x-api-key"] !== undefined || headers.authorization !== undefined
  // Behind a base_url of one's own may be a proxy that knows the key itself.
  if (!hasKey && !vendor.keyless && settings.baseUrl === undefined)
    throw refuse(
      settings,
      "api_key",
      `is missing; set it or ${vendor.environment?.[0] ?? "the header that carries it"}`,
    )
  return headers
}

/** A vendor of the table as a kind of provider. */
export const defineVendor = (vendor: Vendor): ProviderDefinition => ({
  id: vendor.id,
  name: vendor.name,
  ...(vendor.environment ? { environment: vendor.environment } : {}),
  ...(vendor.region ? { region: vendor.region } : {}),
  ...(vendor.explicit ? { explicit: true } : {}),
  create(settings) {
    const url = messagesUrl(vendor, settings)
    const options = readOptions(settings)
    const headers = headersFor(vendor, settings, options)
    const untuned = options.version >= untunedVersion
    const profile = (model: string) =>
      untuned ? { ...vendor.profile(model), noSampling: true } : vendor.profile(model)
    const whole: Endpoint = { url, headers: { accept: "application/json", ...headers } }
    const stream: Endpoint = { url, headers: { accept: "text/event-stream", ...headers } }
    const endpoint = (call: EndpointCall): Endpoint => {
      const plain = call.stream ? stream : whole
      // Servers that imitate the API know neither betas nor versions; Claude behind one is still Claude.
      return call.forwarded && isClaude(call.model) ? withForwarded(plain, call.forwarded) : plain
    }
    return {
      wire: { dialect: messages, profile, endpoint },
      ...(vendor.countsTokens ? { abilities: { countTokens: messagesTokenCount(whole, profile) } } : {}),
      ...(vendor.lists ? { listing: modelListing(whole) } : {}),
    }
  },
})
