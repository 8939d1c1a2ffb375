import type { Abilities } from "../../contract/index.ts"
import { GatewayError, type ProviderDefinition, type ProviderSettings } from "../../contract/index.ts"
import { type MediaEndpoint, mediaEndpoint } from "./endpoint.ts"

/** A vendor without chat, as data: where it is, how it knows its customers, what it can do. */
export interface MediaService {
  readonly id: string
  readonly name: string
  /** Variables with the usual key, best known first. */
  readonly environment: readonly [string, ...string[]]
  readonly baseUrl: string
  /** The header that carries the key. Default `authorization`, with `Bearer ` before it. */
  readonly auth?: { readonly header: string; readonly prefix: string }
  /** Of the routes below the base URL, with the key in its header. */
  abilities(endpoint: MediaEndpoint): Abilities
}

const bearer = { header: "authorization", prefix: "Bearer " }

const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

const headersFor = (service: MediaService, settings: ProviderSettings): Readonly<Record<string, string>> => {
  const { header, prefix } = service.auth ?? bearer
  const headers: Record<string, string> = {}
  if (settings.apiKey) headers[header] = `${prefix}${settings.apiKey}`
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  // Behind a base_url of one's own may be a proxy that knows the key itself.
  if (headers[header] === undefined && settings.baseUrl === undefined)
    throw refuse(settings, "api_key", `is missing; set it or ${service.environment[0]}`)
  return headers
}

/** Such a vendor as a kind of provider. */
export const mediaProvider = (service: MediaService): ProviderDefinition => ({
  id: service.id,
  name: service.name,
  environment: service.environment,
  create(settings) {
    for (const name of Object.keys(settings.options)) throw refuse(settings, `options.${name}`, "is not known")
    const endpoint = mediaEndpoint(settings.baseUrl ?? service.baseUrl, headersFor(service, settings))
    return { abilities: service.abilities(endpoint) }
  },
})
