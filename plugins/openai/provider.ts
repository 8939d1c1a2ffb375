import { classifyUpstreamError, mediaEndpoint, readErrorWords } from "signalbox/dialects"
import { GatewayError, type ProviderDefinition, type ProviderSettings, type WireFailure } from "signalbox/plugin"
import { modelListing } from "./listing.ts"
import { mediaAbilities } from "./media.ts"
import { vectorAbilities } from "./vectors.ts"
import { chatWire, responsesWire } from "./wires.ts"

/** Option → header that carries it. */
const optionHeaders: Readonly<Record<string, string>> = {
  organization: "openai-organization",
  project: "openai-project",
}

/** Hosts that keep a project's data in their region. */
const regionHosts: Readonly<Record<string, string>> = {
  us: "https://us.api.openai.com/v1",
  eu: "https://eu.api.openai.com/v1",
}

const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

interface Options {
  readonly texts: Readonly<Record<string, string>>
  readonly preferResponses: boolean
}

const readOptions = (settings: ProviderSettings): Options => {
  const known = [...Object.keys(optionHeaders), "prefer_responses", "region"]
  const texts: Record<string, string> = {}
  let preferResponses = false
  for (const [name, value] of Object.entries(settings.options)) {
    if (!known.includes(name)) throw refuse(settings, `options.${name}`, `is not known; known: ${known.join(", ")}`)
    if (name === "prefer_responses") {
      if (typeof value !== "boolean") throw refuse(settings, `options.${name}`, "must be true or false")
      preferResponses = value
      continue
    }
    if (typeof value !== "string" || value === "") throw refuse(settings, `options.${name}`, "must be a text")
    texts[name] = value
  }
  const { region } = texts
  if (region !== undefined && !Object.hasOwn(regionHosts, region))
    throw refuse(settings, "options.region", `must be one of ${Object.keys(regionHosts).join(", ")}`)
  return { texts, preferResponses }
}

const headersFor = (settings: ProviderSettings, options: Readonly<Record<string, string>>): Record<string, string> => {
  const headers: Record<string, string> = { "content-type": "application/json" }
  if (settings.apiKey) headers.authorization = `Bearer ${settings.apiKey}`
  for (const [option, header] of Object.entries(optionHeaders))
    if (options[option] !== undefined) headers[header] = options[option]
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  // Behind a base_url of one's own may be a proxy that knows the key itself.
  if (headers.authorization === undefined && settings.baseUrl === undefined)
    throw refuse(settings, "api_key", "is missing; set it or OPENAI_API_KEY")
  return headers
}

/** A single request that is larger than the account's tokens per minute: waiting does not help, another upstream does. */
const classify = (failure: WireFailure, provider: string): GatewayError | undefined => {
  if (failure.status !== 429 || !/Request too large for/.test(failure.body)) return undefined
  const { status, headers, body } = failure
  const usual = classifyUpstreamError({ ...readErrorWords(body), status, headers, body, provider })
  return new GatewayError("rate_limited", usual.message, {
    provider,
    upstreamStatus: status,
    retry: "next",
    ...(usual.upstreamBody === undefined ? {} : { upstreamBody: usual.upstreamBody }),
  })
}

/** api.openai.com, by chat completions and by Responses. */
export const openAi: ProviderDefinition = {
  id: "openai",
  name: "OpenAI",
  environment: ["OPENAI_API_KEY"],
  create(settings) {
    const { texts, preferResponses } = readOptions(settings)
    const base = settings.baseUrl ?? regionHosts[texts.region ?? ""] ?? "https://api.openai.com/v1"
    const headers = headersFor(settings, texts)
    const endpoint = mediaEndpoint(base, headers)
    const place = {
      url: (path: string) => endpoint(path, "").url,
      headers,
      classify: (failure: WireFailure) => classify(failure, settings.id),
    }
    const ownHost = settings.baseUrl !== undefined
    return {
      wire: chatWire(place, preferResponses),
      otherWires: [responsesWire(place)],
      abilities: { ...vectorAbilities(endpoint, ownHost), ...mediaAbilities(endpoint, ownHost) },
      listing: modelListing(endpoint),
    }
  },
}
