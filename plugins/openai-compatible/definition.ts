import { chatCompletions, mediaEndpoint } from "signalbox/dialects"
import {
  type Abilities,
  type Endpoint,
  GatewayError,
  type Profile,
  type ProviderDefinition,
  type ProviderSettings,
  type WireChat,
  type WireFailure,
} from "signalbox/plugin"
import { classifyQuirks } from "./errors.ts"
import { mediaAbilities } from "./media.ts"
import { readOptions, type VendorOptions } from "./options.ts"
import { genericProfile } from "./profiles.ts"
import { vectorAbilities } from "./vectors.ts"
import type { Vendor } from "./vendor.ts"

/** The row's flags, those of the model's rules, and the operator's own, in this order. */
const profileFor = (vendor: Vendor, own: Profile, model: string): Profile => {
  let profile = vendor.profile ?? genericProfile
  for (const rule of vendor.models ?? []) if (rule.match.test(model)) profile = { ...profile, ...rule.profile }
  return { ...profile, ...own }
}

const baseOf = (vendor: Vendor, settings: ProviderSettings, options: VendorOptions): URL => {
  const base = settings.baseUrl ?? vendor.baseUrl
  if (base === undefined)
    throw new GatewayError("invalid_request", `provider ${settings.id}: ${vendor.slug} needs a base_url`, {
      param: "base_url",
    })
  return new URL(base.replace(/\{(\w+)\}/g, (placeholder, name: string) => options.url[name] ?? placeholder))
}

const headersFor = (vendor: Vendor, settings: ProviderSettings, { auth }: VendorOptions): Record<string, string> => {
  const headers: Record<string, string> = { "content-type": "application/json" }
  if (settings.apiKey !== undefined && settings.apiKey !== "") headers[auth.header] = `${auth.prefix}${settings.apiKey}`
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  // Behind a base_url of one's own may be a proxy that knows the key itself.
  if (headers[auth.header] === undefined && !vendor.keyless && settings.baseUrl === undefined) {
    const variable = vendor.environment?.[0]
    throw new GatewayError(
      "invalid_request",
      `provider ${settings.id}: no key; set api_key${variable === undefined ? "" : ` or ${variable}`}`,
      { param: "api_key" },
    )
  }
  return headers
}

/** URL and headers never change, so that an attempt costs one look at `stream`. */
const buildEndpoints = (
  url: string,
  headers: Readonly<Record<string, string>>,
): Record<"whole" | "stream", Endpoint> => ({
  whole: { url, headers: { accept: "application/json", ...headers } },
  stream: { url, headers: { accept: "text/event-stream", ...headers } },
})

type Classify = NonNullable<WireChat["classify"]>

const chatWire = (
  vendor: Vendor,
  options: VendorOptions,
  url: string,
  headers: Readonly<Record<string, string>>,
  classify: Classify,
): WireChat => {
  const endpoints = buildEndpoints(url, headers)
  return {
    dialect: chatCompletions,
    profile: (model) => profileFor(vendor, options.profile, model),
    endpoint: ({ stream }) => (stream ? endpoints.stream : endpoints.whole),
    classify,
  }
}

/** A vendor's words for failures are the same whatever it was asked for. */
const classified = (abilities: Abilities, classify: Classify): Abilities =>
  Object.fromEntries(Object.entries(abilities).map(([name, ability]) => [name, { ...ability, classify }]))

/** A row of the tables as a kind of provider. */
export const defineVendor = (vendor: Vendor): ProviderDefinition => ({
  id: vendor.slug,
  name: vendor.name,
  ...(vendor.environment === undefined ? {} : { environment: vendor.environment }),
  ...(vendor.region === undefined ? {} : { region: vendor.region }),
  ...(vendor.explicit === undefined ? {} : { explicit: vendor.explicit }),
  create(settings) {
    const options = readOptions(vendor, settings)
    const base = baseOf(vendor, settings, options)
    const headers = headersFor(vendor, settings, options)
    const endpoint = mediaEndpoint(base, headers)
    const classify = (failure: WireFailure) => classifyQuirks(vendor.errors ?? [], failure, settings.id)
    const abilities = classified(
      { ...vectorAbilities(vendor.slug, endpoint), ...mediaAbilities(vendor.slug, endpoint) },
      classify,
    )
    const talks = vendor.chat ?? true
    return {
      ...(talks ? { wire: chatWire(vendor, options, endpoint("chat/completions", "").url, headers, classify) } : {}),
      ...(Object.keys(abilities).length === 0 ? {} : { abilities }),
    }
  },
})
