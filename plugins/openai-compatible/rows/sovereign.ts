import { mistralChat } from "../mistral/index.ts"
import { readMistralList } from "../mistral/list.ts"
import { cloudProfile, extendedSampling, genericProfile, openAiOnly } from "../profiles.ts"
import type { Vendor } from "../vendor.ts"

/** docs.mistral.ai/api: unknown fields are a 422. */
const mistralRefuses = [
  ...openAiOnly,
  ...extendedSampling,
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "user",
  "service_tier",
  "verbosity",
  "modalities",
]

/** Models that think take their thoughts back. Nobody signs them, so those of other open models look the same. */
const mistralThoughts = { reasoningEcho: "reasoning_content", reasoningOrigins: ["unknown"] } as const

/**
 * European hosts. A region is claimed only where the company serves from one country; Nebius also has American data centres, and
 * Cortecs passes requests on, so their operators must say it in YAML. Privatemode is a proxy that runs beside the gateway.
 */
export const sovereign: readonly Vendor[] = [
  {
    slug: "mistral",
    name: "Mistral AI",
    baseUrl: "https://api.mistral.ai/v1",
    environment: ["MISTRAL_API_KEY"],
    region: "eu",
    dialect: mistralChat,
    list: { read: readMistralList },
    profile: {
      ...genericProfile,
      strictTools: true,
      // Usage comes with the last chunk unasked.
      usageInStream: false,
      toolCallIds: "alnum9",
      toolResultName: true,
      nonNullAssistantContent: true,
      maxTemperature: 1.5,
      pdf: true,
      fileUrls: true,
      dropFields: mistralRefuses,
    },
    models: [
      { match: /^magistral/i, profile: { ...mistralThoughts, thinkingMandatory: true } },
      {
        // The hybrid models either think or do not.
        match: /^mistral-small-(latest|2603)/i,
        profile: {
          ...mistralThoughts,
          reasoningFormat: "effort",
          effortMap: { minimal: "none", low: "high", medium: "high", xhigh: "high", max: "high" },
        },
      },
    ],
  },
  {
    slug: "scaleway",
    name: "Scaleway",
    baseUrl: "https://api.scaleway.ai/v1",
    environment: ["SCALEWAY_API_KEY"],
    region: "fr",
    profile: cloudProfile,
  },
  {
    slug: "ovhcloud",
    name: "OVHcloud AI Endpoints",
    baseUrl: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
    environment: ["OVHCLOUD_API_KEY"],
    region: "fr",
    profile: cloudProfile,
  },
  {
    slug: "nebius",
    name: "Nebius Token Factory",
    baseUrl: "https://api.tokenfactory.nebius.com/v1",
    environment: ["NEBIUS_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "stackit",
    name: "STACKIT",
    baseUrl: "https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1",
    environment: ["STACKIT_API_KEY"],
    region: "de",
    profile: cloudProfile,
  },
  {
    slug: "cloudferro",
    name: "CloudFerro Sherlock",
    baseUrl: "https://api-sherlock.cloudferro.com/openai/v1",
    environment: ["CLOUDFERRO_SHERLOCK_API_KEY"],
    region: "pl",
    profile: cloudProfile,
  },
  {
    slug: "berget",
    name: "Berget AI",
    baseUrl: "https://api.berget.ai/v1",
    environment: ["BERGET_API_KEY"],
    region: "se",
    profile: cloudProfile,
  },
  {
    slug: "evroc",
    name: "evroc",
    baseUrl: "https://models.think.evroc.com/v1",
    environment: ["EVROC_API_KEY"],
    region: "se",
    profile: cloudProfile,
  },
  {
    slug: "regolo",
    name: "Regolo",
    baseUrl: "https://api.regolo.ai/v1",
    environment: ["REGOLO_API_KEY"],
    region: "it",
    profile: cloudProfile,
  },
  {
    slug: "cortecs",
    name: "Cortecs",
    baseUrl: "https://api.cortecs.ai/v1",
    environment: ["CORTECS_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "privatemode",
    name: "Privatemode",
    baseUrl: "http://localhost:8080/v1",
    environment: ["PRIVATEMODE_API_KEY"],
    region: "de",
    profile: cloudProfile,
  },
]
