import {
  chatCompletions,
  isResponsesOnly,
  type MediaEndpoint,
  openAiEmbeddings,
  openAiImageQuirks,
  openAiImages,
  openAiSpeech,
  openAiTranscription,
  openAiTranscriptionQuirks,
  responses,
  type SpeechQuirks,
  wantsResponses,
} from "signalbox/dialects"
import {
  type Abilities,
  type Ability,
  type ProviderDefinition,
  signedAbility,
  type WireChat,
  type WireFailure,
} from "signalbox/plugin"
import { type Authorizer, authorizerOf } from "./access.ts"
import { azureProfile, Deployments, isOpenAi } from "./deployments.ts"
import { type Addresses, addressesOf } from "./endpoints.ts"
import type { Outside } from "./entra.ts"
import { classifyAzure } from "./errors.ts"
import { regionIn, regionOf } from "./regions.ts"
import { projectResponses, responsesProfile } from "./responses-wire.ts"
import { type AzureSettings, readSettings, variables } from "./settings.ts"

interface Wiring {
  readonly id: string
  readonly addresses: Addresses
  readonly authorizer: Authorizer
  readonly deployments: Deployments
}

const classifier =
  ({ id, authorizer }: Pick<Wiring, "id" | "authorizer">) =>
  (failure: WireFailure) => {
    if (failure.status === 401) authorizer.refused()
    return classifyAzure(failure, id)
  }

/** What both wires do alike. */
const shared = (wiring: Wiring, path: string): Pick<WireChat, "endpoint" | "classify" | "sign"> => {
  const { addresses, authorizer } = wiring
  return {
    endpoint: ({ model, stream }) => ({
      url: addresses.url(path, model),
      headers: {
        accept: stream ? "text/event-stream" : "application/json",
        "content-type": "application/json",
        ...authorizer.headers,
      },
    }),
    classify: classifier(wiring),
    ...(authorizer.sign ? { sign: authorizer.sign } : {}),
  }
}

const chatWire = (wiring: Wiring): WireChat => {
  const { addresses, deployments } = wiring
  const profile = (deployment: string) => azureProfile(deployments.modelOf(deployment), addresses.isLegacy)
  return {
    dialect: chatCompletions,
    profile,
    ...shared(wiring, "chat/completions"),
    // The deployment routes are all there is.
    ...(addresses.isLegacy
      ? {}
      : {
          serves: (deployment) => !isResponsesOnly(deployments.modelOf(deployment)),
          declines: (request, deployment) =>
            isOpenAi(deployments.modelOf(deployment)) && wantsResponses(request, profile(deployment)),
        }),
  }
}

const responsesWire = (wiring: Wiring): WireChat => ({
  dialect: wiring.addresses.isProject ? projectResponses : responses,
  serves: (deployment) => isOpenAi(wiring.deployments.modelOf(deployment)),
  profile: (deployment) => responsesProfile(wiring.deployments.modelOf(deployment)),
  ...shared(wiring, "responses"),
})

/** The older voices take no instructions (platform.openai.com, text to speech). */
const speechQuirks = (model: string): SpeechQuirks =>
  model.startsWith("tts") ? { voice: "alloy", instructions: false } : { voice: "alloy" }

/** Everything that OpenAI's routes can do beside chat hangs on this one function of path and deployment. */
const abilitiesOf = (wiring: Wiring): Abilities => {
  const { addresses, authorizer, deployments } = wiring
  const endpoint: MediaEndpoint = (path, deployment) => ({
    url: addresses.url(path, deployment),
    headers: authorizer.headers,
  })
  const own = <Request, Reply>(ability: Ability<Request, Reply>): Ability<Request, Reply> => ({
    ...signedAbility(ability, authorizer.sign),
    classify: classifier(wiring),
  })
  return {
    embeddings: own(openAiEmbeddings(endpoint)),
    images: own(openAiImages(endpoint, (deployment) => openAiImageQuirks(deployments.modelOf(deployment)))),
    speech: own(openAiSpeech(endpoint, (deployment) => speechQuirks(deployments.modelOf(deployment)))),
    transcription: own(
      openAiTranscription(endpoint, (deployment) => openAiTranscriptionQuirks(deployments.modelOf(deployment))),
    ),
  }
}

/** What the operator says, or what the resource's name does. */
export const regionOfEntry = ({ region, resource }: AzureSettings, baseUrl: string | undefined): string | undefined => {
  if (region !== undefined) return regionOf(region) ?? region
  return regionIn(baseUrl === undefined ? (resource ?? "") : new URL(baseUrl).hostname)
}

/** OpenAI's models, and others, in a company's own Azure. */
export const azure = (outside: Outside): ProviderDefinition => ({
  id: "azure",
  name: "Azure OpenAI",
  environment: ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"],
  variables,
  explicit: true,
  create(settings) {
    const read = readSettings(settings)
    const wiring: Wiring = {
      id: settings.id,
      addresses: addressesOf(settings, read),
      authorizer: authorizerOf(settings, read, "api-key", outside),
      deployments: new Deployments(read.deployments),
    }
    const region = regionOfEntry(read, settings.baseUrl)
    return {
      wire: chatWire(wiring),
      ...(wiring.addresses.isLegacy ? {} : { otherWires: [responsesWire(wiring)] }),
      abilities: abilitiesOf(wiring),
      models: wiring.deployments.seeds(),
      listName: (deployment) => wiring.deployments.modelOf(deployment),
      ...(region === undefined ? {} : { region }),
    }
  },
})
