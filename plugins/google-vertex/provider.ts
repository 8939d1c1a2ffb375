import {
  chatCompletions,
  claudeProfile,
  geminiImages,
  geminiProfile,
  geminiSpeech,
  imagenImages,
  type MediaEndpoint,
} from "signalbox/dialects"
import {
  type Abilities,
  type Ability,
  type EndpointCall,
  type Profile,
  type ProviderDefinition,
  signedAbility,
  type WireChat,
  type WireFailure,
} from "signalbox/plugin"
import { type Authorizer, authorizerOf } from "./access.ts"
import { vertexClaude, vertexMessages } from "./claude-dialect.ts"
import { vertexCountTokens } from "./count-tokens.ts"
import { vertexEmbeddings } from "./embeddings.ts"
import { type Addresses, addressesOf } from "./endpoints.ts"
import { classifyQuota } from "./errors.ts"
import { vertexGemini, vertexGeminiProfile } from "./gemini-dialect.ts"
import { listName, readModel, type Surface } from "./models.ts"
import { readSettings, variables } from "./settings.ts"
import type { Outside } from "./tokens.ts"

/** What the OpenAI-shaped surface takes; it ignores what it does not know. */
const openProfile: Profile = {
  developerRole: false,
  maxTokensField: "max_tokens",
  reasoningFormat: "effort",
  strictTools: false,
  dropFields: ["store"],
}
/** gpt-oss knows three efforts and always thinks. */
const gptOssProfile: Profile = {
  ...openProfile,
  effortMap: { none: "low", minimal: "low", xhigh: "high", max: "high" },
  thinkingMandatory: true,
}

interface Wiring {
  readonly id: string
  readonly addresses: Addresses
  readonly authorizer: Authorizer
}

/** What all three wires do alike. */
const shared = ({ id, authorizer }: Wiring, served: (surface: Surface) => boolean) => ({
  serves: (model: string) => served(readModel(model).surface),
  ...(authorizer.sign ? { sign: authorizer.sign } : {}),
  classify(failure: WireFailure) {
    if (failure.status === 401) authorizer.refused()
    return classifyQuota(failure, id)
  },
})

const headersOf = ({ authorizer }: Wiring, stream: boolean): Record<string, string> => ({
  accept: stream ? "text/event-stream" : "application/json",
  "content-type": "application/json",
  ...authorizer.headers,
})

const geminiWire = (wiring: Wiring): WireChat => ({
  dialect: vertexGemini,
  profile: (model) => vertexGeminiProfile(geminiProfile(readModel(model).name)),
  endpoint: ({ model, stream }) => ({
    // Without `alt=sse` a stream is one JSON list, which cannot be read event by event.
    url: wiring.addresses.google(readModel(model), stream ? "streamGenerateContent?alt=sse" : "generateContent"),
    headers: headersOf(wiring, stream),
  }),
  ...shared(wiring, (surface) => surface === "gemini"),
})

const betaHeader = "anthropic-beta"

/** The client's betas go up beside the operator's; its version does not, because Vertex AI's own is in the body. */
const claudeHeaders = (wiring: Wiring, { stream, forwarded }: EndpointCall): Record<string, string> => {
  const headers = headersOf(wiring, stream)
  const lists = [headers[betaHeader], forwarded?.[betaHeader]].map((list) => list ?? "").join(",")
  const betas = new Set(lists.split(",").map((beta) => beta.trim()))
  betas.delete("")
  return betas.size === 0 ? headers : { ...headers, [betaHeader]: [...betas].join(",") }
}

const claudeWire = (wiring: Wiring): WireChat => ({
  dialect: vertexMessages,
  profile: (model) => vertexClaude(claudeProfile(readModel(model).name)),
  endpoint: (call) => ({
    url: wiring.addresses.claude(call.model, call.stream ? "streamRawPredict" : "rawPredict"),
    headers: claudeHeaders(wiring, call),
  }),
  ...shared(wiring, (surface) => surface === "claude"),
})

const openWire = (wiring: Wiring): WireChat => ({
  dialect: chatCompletions,
  profile: (model) => (/gpt-oss/.test(model) ? gptOssProfile : openProfile),
  endpoint: ({ model, stream }) => ({
    url: wiring.addresses.open(readModel(model)),
    headers: headersOf(wiring, stream),
  }),
  ...shared(wiring, (surface) => surface === "open"),
})

/** The same ability for models of Google's own surface, signed. */
const onGoogle = <Request, Reply>(
  ability: Ability<Request, Reply>,
  { id, authorizer }: Wiring,
): Ability<Request, Reply> => ({
  ...signedAbility(ability, authorizer.sign),
  serves: (model) => ability.serves?.(readModel(model).name) !== false,
  classify(failure) {
    if (failure.status === 401) authorizer.refused()
    return ability.classify?.(failure) ?? classifyQuota(failure, id)
  },
})

/** Two ways to the same thing, by model. */
const either = <Request, Reply>(
  one: Ability<Request, Reply>,
  other: Ability<Request, Reply>,
): Ability<Request, Reply> => ({
  serves: (model) => one.serves?.(model) !== false || other.serves?.(model) !== false,
  run: (request, call) => (one.serves?.(readModel(call.model).name) === false ? other : one).run(request, call),
})

const abilitiesOf = (wiring: Wiring): Abilities => {
  const { headers } = wiring.authorizer
  const endpoint: MediaEndpoint = (verb, model) => ({ url: wiring.addresses.google(readModel(model), verb), headers })
  return {
    embeddings: onGoogle(vertexEmbeddings(endpoint), wiring),
    images: onGoogle(either(imagenImages(endpoint), geminiImages(endpoint)), wiring),
    speech: onGoogle(geminiSpeech(endpoint), wiring),
    countTokens: onGoogle(vertexCountTokens(wiring.addresses, headers), wiring),
  }
}

/** Models on Google's Vertex AI: Gemini, Claude, and open ones, by the three surfaces of one project and location. */
export const googleVertex = (id: string, outside: Outside): ProviderDefinition => ({
  id,
  name: "Google Vertex AI",
  environment: ["GOOGLE_VERTEX_API_KEY"],
  variables,
  ...(id === "google-vertex" ? {} : { explicit: true }),
  create(settings) {
    const read = readSettings(settings)
    const authorizer = authorizerOf(settings, read, outside)
    const wiring: Wiring = { id: settings.id, addresses: addressesOf(settings, read), authorizer }
    const express = read.project === undefined
    const region = express ? "global" : read.location
    return {
      wire: geminiWire(wiring),
      // Express mode reaches Google's own models only.
      ...(express ? {} : { otherWires: [claudeWire(wiring), openWire(wiring)] }),
      abilities: abilitiesOf(wiring),
      listName,
      region,
    }
  },
})
