import { claudeProfile, openAiProfile, openAiResponsesProfile } from "signalbox/dialects"
import type { Profile } from "signalbox/plugin"

/** Geographies of inference profiles (docs.aws.amazon.com/bedrock, cross-region inference). */
const geography = /^(?:us-gov|us|eu|apac|jp|au|ca|in|global)\.(?=[a-z0-9-]+\.)/

/**
 * The model behind a name: `eu.anthropic.claude-…`, an ARN of a foundation model or of a system-defined inference profile, or the id
 * itself. `baseModels` says it for ARNs that do not tell (application inference profiles, provisioned throughput).
 */
export const baseModel = (model: string, baseModels: Readonly<Record<string, string>> = {}): string => {
  const known = Object.hasOwn(baseModels, model) ? (baseModels[model] ?? model) : model
  const id = known.startsWith("arn:") ? known.slice(known.lastIndexOf("/") + 1) : known
  return id.replace(geography, "")
}

/** The geography that an inference profile may answer from; undefined for a plain model, which answers in the region itself. */
export const profileGeography = (model: string): string | undefined =>
  geography.exec(model.startsWith("arn:") ? model.slice(model.lastIndexOf("/") + 1) : model)?.[0].slice(0, -1)

export const isClaudeModel = (base: string): boolean => base.startsWith("anthropic.claude") || base.startsWith("claude")
export const isGptOss = (base: string): boolean => /^openai\.gpt-oss-/.test(base)
export const isOpenAi = (base: string): boolean => base.startsWith("openai.")
export const isNova = (base: string): boolean => base.startsWith("amazon.nova-")
export const isNova2 = (base: string): boolean => base.startsWith("amazon.nova-2-")

/** Bedrock checks against its own copy of Anthropic's schema: newest models take no strict tools there, more give no reliable schema. */
const withoutStrict = /claude-(?:opus-4-[78]|opus-5|sonnet-5|fable-5)/
const withoutSchema = /claude-(?:sonnet-4-6|haiku-4-5)/

/** Fields of Anthropic's own API that its models refuse on Bedrock: state and services that live at Anthropic. */
const foreignToInvoke = ["service_tier", "inference_geo", "container", "mcp_servers", "speed", "fallbacks"]

/** Claude on Bedrock, which searches nothing and fetches nothing. */
export const claudeOnBedrock = (base: string): Profile => {
  const { webSearch: _, ...usual } = claudeProfile(base)
  const strict = !withoutStrict.test(base)
  return {
    ...usual,
    mediaUrls: false,
    strictTools: strict,
    nativeSchema: usual.nativeSchema !== false && strict && !withoutSchema.test(base),
    dropFields: [...(usual.dropFields ?? []), ...foreignToInvoke],
    reasoningOrigins: ["anthropic-claude-v1"],
  }
}

interface ModelRow {
  readonly match: RegExp
  readonly profile: Profile
}

/** By Converse the answer's form is asked for with a tool or in words, and media come as bytes. */
const plain: Profile = {
  mediaUrls: false,
  nativeSchema: false,
  strictTools: false,
  thinking: "none",
  maxTemperature: 1,
  noPrefill: true,
  imageInToolResult: false,
}
/** Tools, but no choice among them (docs.aws.amazon.com/bedrock, ToolChoice). */
const unforced: Profile = { ...plain, noForcedTool: true }

/** What differs between models by Converse; the first match counts. Source: docs.aws.amazon.com/bedrock, supported models and features. */
const rows: readonly ModelRow[] = [
  {
    match: /^amazon\.nova-2-/,
    profile: { ...plain, thinking: "level", noPrefill: false, imageInToolResult: true, cacheFormat: "anthropic" },
  },
  {
    match: /^amazon\.nova-micro/,
    profile: { ...plain, noPrefill: false, images: false, pdf: false, cacheFormat: "anthropic" },
  },
  {
    match: /^amazon\.nova-/,
    profile: { ...plain, noPrefill: false, imageInToolResult: true, cacheFormat: "anthropic" },
  },
  { match: /^amazon\.titan-/, profile: { ...plain, tools: false, noSystem: true, images: false, pdf: false } },
  {
    match: /^openai\.gpt-oss-/,
    profile: { ...plain, thinking: "level", thinkingMandatory: true, images: false, dropFields: ["stopSequences"] },
  },
  {
    match: /^openai\./,
    profile: {
      ...plain,
      thinking: "level",
      noSampling: true,
      dropFields: ["stopSequences"],
      reasoningOrigins: ["bedrock-openai-responses-v1"],
    },
  },
  {
    match: /^mistral\.(?:mistral-7b|mixtral)/,
    profile: { ...plain, tools: false, noSystem: true, images: false, toolCallIds: "alnum9" },
  },
  { match: /^mistral\./, profile: { ...plain, toolCallIds: "alnum9" } },
  { match: /^meta\.llama3-(?!1|2|3)/, profile: { ...plain, tools: false, images: false } },
  { match: /^(?:meta|cohere|ai21)\./, profile: unforced },
  { match: /^deepseek\.r1/, profile: { ...plain, tools: false, images: false } },
]

/** Bedrock's vendors sign what only their own models take back: each has a tag of its own, as none of them has one elsewhere. */
const vendorTag = (base: string): string => `bedrock-${base.split(".")[0]}-v1`

/** What a model wants of Converse. A model of no known family is taken for one that does what most do. */
export const converseProfile = (base: string): Profile =>
  isClaudeModel(base)
    ? { ...claudeOnBedrock(base), imageInToolResult: true, cacheFormat: "anthropic", dropFields: [] }
    : { reasoningOrigins: [vendorTag(base)], ...(rows.find(({ match }) => match.test(base))?.profile ?? plain) }

const gptOssProfile: Profile = {
  developerRole: true,
  maxTokensField: "max_completion_tokens",
  reasoningFormat: "effort",
  effortMap: { none: "low", minimal: "low", xhigh: "high", max: "high" },
  thinkingMandatory: true,
}

/** What a model wants of the OpenAI-shaped endpoint, where OpenAI's own want what `usual` says of them. */
const mantle = (model: string, usual: (model: string) => Profile): Profile => {
  if (isGptOss(model)) return { ...gptOssProfile, mediaUrls: false }
  if (isOpenAi(model)) return { ...usual(model.slice("openai.".length)), mediaUrls: false }
  return { developerRole: false, mediaUrls: false }
}

/** What a model wants there of chat completions. */
export const mantleProfile = (model: string): Profile => mantle(model, openAiProfile)

/** The same by the Responses API, which searches nothing here and whose encrypted reasoning is Bedrock's own. */
export const mantleResponsesProfile = (model: string): Profile => {
  const { webSearch: _, ...profile } = mantle(model, openAiResponsesProfile)
  return { ...profile, reasoningOrigins: ["bedrock-openai-responses-v1"] }
}
