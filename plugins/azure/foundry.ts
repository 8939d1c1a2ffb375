import { jsonReply, messages } from "signalbox/dialects"
import {
  type Ability,
  type ChatRequest,
  type EndpointCall,
  GatewayError,
  type Profile,
  type ProviderDefinition,
  signedAbility,
  type WireFailure,
} from "signalbox/plugin"
import { type Authorizer, authorizerOf } from "./access.ts"
import { Deployments, foundryProfile } from "./deployments.ts"
import { foundryUrl } from "./endpoints.ts"
import type { Outside } from "./entra.ts"
import { classifyAzure } from "./errors.ts"
import { regionOfEntry } from "./provider.ts"
import { readSettings, variables } from "./settings.ts"

/** The last version in which older models take sampling fields. */
const usualVersion = "2023-06-01"
const [versionHeader, betaHeader] = ["anthropic-version", "anthropic-beta"] as const

/** The client's version, since its body is written in that, and its betas beside the operator's. */
const headersOf = ({ headers }: Authorizer, { stream, forwarded }: EndpointCall): Record<string, string> => {
  const asked = forwarded?.[versionHeader] ?? ""
  const lists = [headers[betaHeader], forwarded?.[betaHeader]].map((list) => list ?? "").join(",")
  const betas = new Set(lists.split(",").map((beta) => beta.trim()))
  betas.delete("")
  return {
    accept: stream ? "text/event-stream" : "application/json",
    "content-type": "application/json",
    [versionHeader]: /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : usualVersion,
    ...headers,
    ...(betas.size === 0 ? {} : { [betaHeader]: [...betas].join(",") }),
  }
}

/** The fields of a message that count (platform.claude.com, count tokens); any other is refused there. */
const counted: ReadonlySet<string> = new Set([
  "cache_control",
  "context_management",
  "messages",
  "model",
  "output_config",
  "system",
  "thinking",
  "tool_choice",
  "tools",
])

const tokenCounter = (
  url: string,
  authorizer: Authorizer,
  profile: (deployment: string) => Profile,
): Ability<ChatRequest, number> => ({
  async run(request, { model, lose, send }) {
    const body = messages.encodeRequest(request, { model, profile: profile(model), lose })
    const fields = Object.fromEntries(Object.entries(body).filter(([field]) => counted.has(field)))
    const headers = headersOf(authorizer, { model, stream: false })
    const reply = await jsonReply(await send({ url: `${url}/count_tokens`, headers, body: JSON.stringify(fields) }))
    const { input_tokens: tokens } = reply
    if (typeof tokens !== "number" || !Number.isInteger(tokens) || tokens < 0)
      throw new GatewayError("bad_provider_response", "The upstream's token count is not a number")
    return tokens
  },
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
    const region = regionOfEntry(read, settings.baseUrl)
    return {
      wire: {
        dialect: messages,
        profile,
        endpoint: (call) => ({ url, headers: headersOf(authorizer, call) }),
        classify,
        ...(authorizer.sign ? { sign: authorizer.sign } : {}),
      },
      abilities: {
        countTokens: { ...signedAbility(tokenCounter(url, authorizer, profile), authorizer.sign), classify },
      },
      models: deployments.seeds(),
      listName: (deployment) => deployments.modelOf(deployment),
      ...(region === undefined ? {} : { region }),
    }
  },
})
