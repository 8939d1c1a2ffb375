import { mediaEndpoint, openAiLikeRerank } from "signalbox/dialects"
import { type Endpoint, GatewayError, type ProviderDefinition, type ProviderSettings } from "signalbox/plugin"
import { cohereV2 } from "./dialect/index.ts"
import { cohereEmbeddings } from "./embeddings.ts"
import { modelListing } from "./listing.ts"
import { cohereProfile } from "./models.ts"

const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

const headersFor = (settings: ProviderSettings): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = { "content-type": "application/json" }
  if (settings.apiKey) headers.authorization = `Bearer ${settings.apiKey}`
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  // Behind a base_url of one's own may be a proxy that knows the key itself.
  if (headers.authorization === undefined && settings.baseUrl === undefined)
    throw refuse(settings, "api_key", "is missing; set it or COHERE_API_KEY")
  return headers
}

/** The base with its version: `https://host` alone means `v2`. */
const versioned = (base: string): URL => {
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, "")
  url.pathname = /\/v\d$/.test(path) ? path : `${path}/v2`
  return url
}

/** api.cohere.com. */
export const cohere: ProviderDefinition = {
  id: "cohere",
  name: "Cohere",
  environment: ["COHERE_API_KEY", "CO_API_KEY"],
  create(settings) {
    for (const name of Object.keys(settings.options)) throw refuse(settings, `options.${name}`, "is not known")
    const headers = headersFor(settings)
    const endpoint = mediaEndpoint(versioned(settings.baseUrl ?? "https://api.cohere.com/v2"), headers)
    const { url } = endpoint("chat", "")
    const whole: Endpoint = { url, headers: { accept: "application/json", ...headers } }
    const stream: Endpoint = { url, headers: { accept: "text/event-stream", ...headers } }
    const classify = (failure: Parameters<typeof cohereV2.decodeError>[0]) => cohereV2.decodeError(failure, settings.id)
    return {
      listing: modelListing(endpoint),
      wire: {
        dialect: cohereV2,
        profile: cohereProfile,
        endpoint: (call) => (call.stream ? stream : whole),
      },
      abilities: {
        embeddings: { ...cohereEmbeddings(endpoint), classify },
        rerank: { ...openAiLikeRerank(endpoint, { fields: ["max_tokens_per_doc", "priority"] }), classify },
      },
    }
  },
}
