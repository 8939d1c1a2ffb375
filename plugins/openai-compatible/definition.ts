import { mediaEndpoint, messagesTokenCount } from "signalbox/dialects"
import {
  type Abilities,
  GatewayError,
  type ModelListing,
  type Provider,
  type ProviderDefinition,
  type ProviderSettings,
  type WireChat,
} from "signalbox/plugin"
import { classifyQuirks } from "./errors.ts"
import { type FormatWire, formatWires, missingRoute } from "./formats.ts"
import { modelListing } from "./listing.ts"
import { mediaAbilities } from "./media.ts"
import { readOptions, type VendorOptions } from "./options.ts"
import { vectorAbilities } from "./vectors.ts"
import type { Auth, ErrorQuirk, Format, NativeFormat, Vendor } from "./vendor.ts"

const baseOf = (vendor: Vendor, settings: ProviderSettings, options: VendorOptions): URL => {
  const base = settings.baseUrl ?? vendor.baseUrl
  if (base === undefined)
    throw new GatewayError(
      "invalid_request",
      `provider ${settings.id}: ${vendor.slug} needs a base_url${vendor.baseUrlHint ? `: ${vendor.baseUrlHint}` : ""}`,
      {
        param: "base_url",
      },
    )
  return new URL(base.replace(/\{(\w+)\}/g, (placeholder, name: string) => options.url[name] ?? placeholder))
}

const headersFor = (vendor: Vendor, settings: ProviderSettings, auth: Auth): Record<string, string> => {
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

type Classify = NonNullable<WireChat["classify"]>

/** A vendor's words for failures are the same whatever it was asked for. */
const classified = (abilities: Abilities, classify: Classify): Abilities =>
  Object.fromEntries(Object.entries(abilities).map(([name, ability]) => [name, { ...ability, classify }]))

const tokenCount = (wires: readonly FormatWire[]): Abilities => {
  const counting = wires.find(({ format }) => format.countsTokens)
  return counting ? { countTokens: messagesTokenCount(counting.whole, counting.wire.profile) } : {}
}

const nativeWire = (
  native: NativeFormat,
  { native: options, profile }: VendorOptions,
  url: string,
  headers: Readonly<Record<string, string>>,
  classify: Classify,
): WireChat => {
  const endpoint = { url, headers: { accept: "application/json", ...headers } }
  return {
    dialect: native.dialect(options),
    profile: (model) => ({ ...native.profile(model), ...profile }),
    endpoint: () => endpoint,
    classify,
  }
}

const asProvider = (
  [wire, ...otherWires]: readonly WireChat[],
  abilities: Abilities,
  listing?: ModelListing,
): Provider => ({
  ...(listing ? { listing } : {}),
  ...(wire ? { wire } : {}),
  ...(otherWires.length > 0 ? { otherWires } : {}),
  ...(Object.keys(abilities).length === 0 ? {} : { abilities }),
})

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
    const headers = headersFor(vendor, settings, options.auth())
    const endpoint = mediaEndpoint(base, headers)
    const url = (path: string) => endpoint(path, "").url
    const classifyWith =
      (quirks: readonly ErrorQuirk[]): Classify =>
      (failure) =>
        classifyQuirks(quirks, failure, settings.id)
    const quirks = vendor.errors ?? []
    const classify = classifyWith(quirks)
    const listing = modelListing(vendor, endpoint)
    const own = { ...vectorAbilities(vendor.slug, endpoint), ...mediaAbilities(vendor.slug, endpoint) }
    if (vendor.chat === false) return asProvider([], classified(own, classify))
    if (vendor.native !== undefined && Object.keys(options.native).length > 0) {
      const wire = nativeWire(vendor.native, options, url(vendor.native.path), headers, classify)
      return asProvider([wire], classified(own, classify), listing)
    }
    const wires = formatWires(vendor, options, {
      url,
      headers: ({ auth }: Format) => (auth === undefined ? headers : headersFor(vendor, settings, options.auth(auth))),
      classify: ({ name }) => (name === "chat-completions" ? classify : classifyWith([...quirks, missingRoute(name)])),
    })
    return asProvider(
      wires.map(({ wire }) => wire),
      classified({ ...own, ...tokenCount(wires) }, classify),
      listing,
    )
  },
})
