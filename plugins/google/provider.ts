import { gemini, geminiProfile, type MediaEndpoint } from "signalbox/dialects"
import { GatewayError, type ProviderDefinition, type ProviderSettings } from "signalbox/plugin"
import { countTokens } from "./count-tokens.ts"
import { embeddings } from "./embeddings.ts"
import { modelListing } from "./listing.ts"
import { mediaAbilities } from "./media.ts"
import { modelPath } from "./models.ts"

const usualBase = "https://generativelanguage.googleapis.com/v1beta"

const refuse = (settings: ProviderSettings, param: string, problem: string): GatewayError =>
  new GatewayError("invalid_request", `provider ${settings.id}: ${param} ${problem}`, { param })

/** The base with its version: `https://host` alone means `v1beta`. */
const versioned = (base: string): URL => {
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, "")
  url.pathname = /\/v\d[^/]*$/.test(path) ? path : `${path}/v1beta`
  return url
}

const headersFor = (settings: ProviderSettings): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = { "content-type": "application/json" }
  // A header and not `?key=`: addresses end up in logs.
  if (settings.apiKey) headers["x-goog-api-key"] = settings.apiKey
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value
  const hasKey = headers["x-goog-api-key"] !== undefined || headers.authorization !== undefined
  // Behind a base_url of one's own may be a proxy that knows the key itself.
  if (!hasKey && settings.baseUrl === undefined)
    throw refuse(settings, "api_key", "is missing; set it or GEMINI_API_KEY")
  return headers
}

/** Google AI Studio, by the Gemini API's generateContent. */
export const google: ProviderDefinition = {
  id: "google",
  name: "Google AI Studio",
  environment: ["GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GOOGLE_API_KEY"],
  create(settings) {
    for (const name of Object.keys(settings.options)) throw refuse(settings, `options.${name}`, "is not known")
    const base = versioned(settings.baseUrl ?? usualBase)
    const headers = headersFor(settings)
    const address = (method: string, model: string): URL => {
      const url = new URL(base)
      url.pathname += `/${modelPath(model)}:${method}`
      return url
    }
    const { "content-type": _, ...bare } = headers
    const endpoint: MediaEndpoint = (method, model) => ({ url: address(method, model).href, headers: bare })
    return {
      listing: modelListing(base, bare),
      abilities: {
        ...mediaAbilities(endpoint),
        embeddings: embeddings(endpoint),
        countTokens: countTokens(endpoint),
      },
      wire: {
        dialect: gemini,
        profile: geminiProfile,
        endpoint({ model, stream }) {
          const url = address(stream ? "streamGenerateContent" : "generateContent", model)
          // Without it the stream is one JSON list, which cannot be read event by event.
          if (stream) url.searchParams.set("alt", "sse")
          return { url: url.href, headers: { accept: stream ? "text/event-stream" : "application/json", ...headers } }
        },
      },
    }
  },
}
