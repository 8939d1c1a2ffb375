import { messages, messagesTokenCount, withForwarded } from "signalbox/dialects"
import { type ProviderDefinition, signedAbility, type WireFailure } from "signalbox/plugin"
import { type Authorizer, authorizerOf } from "./access.ts"
import { Deployments, foundryProfile } from "./deployments.ts"
import { foundryUrl } from "./endpoints.ts"
import type { Outside } from "./entra.ts"
import { classifyAzure } from "./errors.ts"
import { regionOfEntry } from "./provider.ts"
import { readSettings, variables } from "./settings.ts"

/** The last version in which older models take sampling fields. */
const usualVersion = "2023-06-01"

const headersOf = ({ headers }: Authorizer, stream: boolean): Record<string, string> => ({
  accept: stream ? "text/event-stream" : "application/json",
  "content-type": "application/json",
  "anthropic-version": usualVersion,
  ...headers,
})

/** Claude in Microsoft Foundry: Anthropic's own API at the resource's `/anthropic` (platform.claude.com, Claude in Microsoft Foundry). */
export const foundryAnthropic = (outside: Outside): ProviderDefinition => ({
  id: "azure-foundry-anthropic",
  name: "Claude in Microsoft Foundry",
  environment: ["ANTHROPIC_FOUNDRY_API_KEY", "AZURE_API_KEY"],
  variables,
  explicit: true,
  create(settings) {
    const read = readSettings(settings)
    const url = foundryUrl(settings, read)
    const authorizer = authorizerOf(settings, read, "x-api-key", outside)
    const deployments = new Deployments(read.deployments)
    const profile = (deployment: string) => foundryProfile(deployments.modelOf(deployment))
    const classify = (failure: WireFailure) => {
      if (failure.status === 401) authorizer.refused()
      return classifyAzure(failure, settings.id)
    }
    const whole = { url, headers: headersOf(authorizer, false) }
    const stream = { url, headers: headersOf(authorizer, true) }
    const region = regionOfEntry(read, settings.baseUrl)
    return {
      wire: {
        dialect: messages,
        profile,
        endpoint: (call) => withForwarded(call.stream ? stream : whole, call.forwarded ?? {}),
        classify,
        ...(authorizer.sign ? { sign: authorizer.sign } : {}),
      },
      abilities: {
        countTokens: { ...signedAbility(messagesTokenCount(whole, profile), authorizer.sign), classify },
      },
      models: deployments.seeds(),
      listName: (deployment) => deployments.modelOf(deployment),
      ...(region === undefined ? {} : { region }),
    }
  },
})
