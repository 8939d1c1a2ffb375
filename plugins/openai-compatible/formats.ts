import {
  chatCompletions,
  imitatedMessages,
  imitatedResponses,
  isClaude,
  messages,
  responses,
  withForwarded,
} from "signalbox/dialects"
import type { ChatRequest, Dialect, Endpoint, Profile, WireChat } from "signalbox/plugin"
import type { VendorOptions } from "./options.ts"
import { genericProfile } from "./profiles.ts"
import type { ErrorQuirk, Format, FormatName, Vendor } from "./vendor.ts"

interface Usual {
  readonly dialect: Dialect
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const usual: Readonly<Record<FormatName, Usual>> = {
  "chat-completions": { dialect: chatCompletions, path: "chat/completions", headers: {} },
  messages: { dialect: messages, path: "messages", headers: { "anthropic-version": "2023-06-01" } },
  responses: { dialect: responses, path: "responses", headers: {} },
}

/** Flags of chat completions that mean the same in every format. */
const commonFlags: ReadonlySet<string> = new Set<keyof Profile>([
  "dropFields",
  "effortMap",
  "extraBody",
  "imageInToolResult",
  "images",
  "maxTemperature",
  "mediaUrls",
  "noPrefill",
  "noSampling",
  "pdf",
  "reasoningOrigins",
  "samplingAtEffortNone",
  "strictTools",
  "thinkingMandatory",
  "toolCallIds",
])

/** What a server cannot read, it cannot read in any format. */
const mediaFlags = ({ images, mediaUrls, pdf }: Profile = {}): Profile => ({
  ...(images === undefined ? {} : { images }),
  ...(mediaUrls === undefined ? {} : { mediaUrls }),
  ...(pdf === undefined ? {} : { pdf }),
})

const common = (own: Profile): Profile =>
  Object.fromEntries(Object.entries(own).filter(([flag]) => commonFlags.has(flag)))

/** The row's flags, those of the model's rules, and the operator's own, in this order. */
const chatProfile = (vendor: Vendor, own: Profile, model: string): Profile => {
  let profile = vendor.profile ?? genericProfile
  for (const rule of vendor.models ?? []) if (rule.match.test(model)) profile = { ...profile, ...rule.profile }
  return { ...profile, ...own }
}

const profileOf = (vendor: Vendor, format: Format, own: Profile): ((model: string) => Profile) => {
  if (format.name === "chat-completions" && format.profile === undefined)
    return (model) => chatProfile(vendor, own, model)
  const given = format.profile ?? (format.name === "messages" ? imitatedMessages : imitatedResponses)
  const flags = { ...mediaFlags(vendor.profile), ...common(own) }
  return (model) => ({ ...given(model), ...flags })
}

/** The formats that an entry speaks, preferred first. */
export const formatsOf = (vendor: Vendor, { formats }: VendorOptions): readonly Format[] => {
  const known = vendor.formats ?? [{ name: "chat-completions" }]
  return formats?.map((name) => known.find((format) => format.name === name) ?? { name }) ?? known
}

/** Servers of an older version, and proxies, may not have the newer routes of their vendor. */
export const missingRoute = (name: FormatName): ErrorQuirk => ({
  status: [404, 405],
  body: /^(?![\s\S]*model)/i,
  code: "bad_provider_response",
  retry: "next",
  message: `The upstream has no route for ${name}; name the formats that it has in options.formats of its provider`,
})

export interface FormatPlace {
  url(path: string): string
  headers(format: Format): Readonly<Record<string, string>>
  classify: (format: Format) => NonNullable<WireChat["classify"]>
}

/** An own format of the wire's, by which this search of the web would be possible. */
const searches = (request: ChatRequest): boolean => request.tools?.some(({ type }) => type === "web-search") ?? false

/** The operator's own header wins. */
const withSession = ({ url, headers }: Endpoint, header: string, session: string): Endpoint => ({
  url,
  headers: { [header]: session, ...headers },
})

/** URL and usual headers never change, so that an attempt costs one look at `stream`. */
const endpointOf = (
  { name, path }: Format,
  place: FormatPlace,
  headers: Readonly<Record<string, string>>,
  { affinityHeader }: Vendor,
) => {
  const url = place.url(path ?? usual[name].path)
  const whole: Endpoint = { url, headers: { accept: "application/json", ...headers } }
  const stream: Endpoint = { url, headers: { accept: "text/event-stream", ...headers } }
  const endpoint: WireChat["endpoint"] = ({ model, stream: streamed, forwarded, session }) => {
    const base = streamed ? stream : whole
    const plain = affinityHeader && session ? withSession(base, affinityHeader, session) : base
    // Imitations know neither betas nor versions of Anthropic's; Claude behind one is still Claude.
    return forwarded && name === "messages" && isClaude(model) ? withForwarded(plain, forwarded) : plain
  }
  return { endpoint, whole }
}

export interface FormatWire {
  readonly format: Format
  readonly wire: WireChat
  readonly whole: Endpoint
}

/** A wire for each format of an entry. A search goes to a format in which the upstream does it, where there is one. */
export const formatWires = (vendor: Vendor, options: VendorOptions, place: FormatPlace): readonly FormatWire[] => {
  const formats = formatsOf(vendor, options)
  const profiles = formats.map((format) => profileOf(vendor, format, options.profile))
  return formats.map((format, position) => {
    const { name } = format
    const profile = profiles[position] ?? (() => genericProfile)
    const { endpoint, whole } = endpointOf(format, place, { ...usual[name].headers, ...place.headers(format) }, vendor)
    const canSearch = (model: string) => profiles.some((other) => other(model).webSearch !== undefined)
    const declines = (request: ChatRequest, model: string) =>
      searches(request) && profile(model).webSearch === undefined && canSearch(model)
    const dialect = (name === "chat-completions" ? vendor.dialect : undefined) ?? usual[name].dialect
    const wire: WireChat = { dialect, profile, endpoint, classify: place.classify(format) }
    return { format, whole, wire: formats.length > 1 ? { ...wire, declines } : wire }
  })
}
