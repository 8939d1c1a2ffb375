import { chat, everyFormat, messages } from "../families.ts"
import { cloudProfile, genericProfile, openAiOnly } from "../profiles.ts"
import type { ErrorQuirk, ModelRule, Vendor } from "../vendor.ts"

/** Files go on to the model behind them in its own form. */
const routerProfile = { ...cloudProfile, pdf: true } as const

const requestyProfile = {
  developerRole: false,
  maxTokensField: "max_tokens",
  reasoningFormat: "effort",
  fileUrls: true,
  webSearch: "tool",
} as const

/** openrouter.ai/docs: moderation is a 403 with the reasons; nothing is wrong with the key. */
const moderated: readonly ErrorQuirk[] = [
  { status: [403], body: /"reasons"|flagged|moderation/i, code: "content_filter" },
]

/** Breakpoints and `developer` reach only the vendors that know them. */
const byAuthor: readonly ModelRule[] = [
  { match: /^~?(anthropic|openai)\//i, profile: { developerRole: true } },
  { match: /^~?(anthropic|qwen|google)\//i, profile: { cacheFormat: "anthropic" } },
]

/** Other gateways as upstreams; what the model behind them wants is their business. */
export const gateways: readonly Vendor[] = [
  {
    slug: "openrouter",
    name: "OpenRouter",
    baseUrl: "https://openrouter.ai/api/v1",
    environment: ["OPENROUTER_API_KEY"],
    // Sticky routing; `session_id` in the body is for this gateway.
    affinityHeader: "x-session-id",
    formats: everyFormat,
    profile: {
      developerRole: false,
      maxTokensField: "max_tokens",
      reasoningFormat: "openrouter",
      reasoningEcho: "reasoning_details",
      fileUrls: true,
      webSearch: "tool",
    },
    models: byAuthor,
    errors: moderated,
  },
  {
    slug: "requesty",
    name: "Requesty",
    baseUrl: "https://router.requesty.ai/v1",
    environment: ["REQUESTY_API_KEY"],
    formats: everyFormat,
    profile: requestyProfile,
    models: byAuthor,
  },
  {
    slug: "requesty-eu",
    name: "Requesty (EU)",
    baseUrl: "https://router.eu.requesty.ai/v1",
    environment: ["REQUESTY_API_KEY"],
    region: "eu",
    explicit: true,
    formats: everyFormat,
    profile: requestyProfile,
    models: byAuthor,
  },
  {
    slug: "vercel-ai-gateway",
    name: "Vercel AI Gateway",
    baseUrl: "https://ai-gateway.vercel.sh/v1",
    environment: ["AI_GATEWAY_API_KEY"],
    formats: [chat, messages],
    profile: { ...routerProfile, reasoningFormat: "openrouter", reasoningEcho: "reasoning_details" },
    models: byAuthor,
  },
  {
    slug: "cloudflare-ai-gateway",
    name: "Cloudflare AI Gateway",
    list: false,
    baseUrl: "https://gateway.ai.cloudflare.com/v1/{account}/{gateway}/compat",
    environment: ["CLOUDFLARE_API_TOKEN"],
    explicit: true,
    urlOptions: {
      account: { description: "the account id", pattern: /^[0-9a-f]{32}$/i },
      gateway: { description: "the gateway's name", pattern: /^[a-z0-9][a-z0-9_-]*$/i },
    },
    profile: { ...genericProfile, pdf: true, strictTools: true },
  },
  {
    slug: "helicone",
    name: "Helicone",
    baseUrl: "https://ai-gateway.helicone.ai/v1",
    environment: ["HELICONE_API_KEY"],
    profile: routerProfile,
  },
  {
    slug: "litellm",
    name: "LiteLLM",
    baseUrl: "http://127.0.0.1:4000",
    environment: ["LITELLM_API_KEY"],
    explicit: true,
    keyless: true,
    profile: { ...routerProfile, toolsWithToolHistory: true },
  },
  {
    slug: "portkey",
    name: "Portkey",
    baseUrl: "https://api.portkey.ai/v1",
    environment: ["PORTKEY_API_KEY"],
    auth: { header: "x-portkey-api-key", prefix: "" },
    profile: { ...routerProfile, dropFields: openAiOnly },
  },
  {
    slug: "llmgateway",
    name: "LLM Gateway",
    baseUrl: "https://api.llmgateway.io/v1",
    environment: ["LLMGATEWAY_API_KEY"],
    profile: routerProfile,
  },
  {
    slug: "poe",
    name: "Poe",
    baseUrl: "https://api.poe.com/v1",
    environment: ["POE_API_KEY"],
    profile: { ...routerProfile, strictTools: false },
  },
  {
    slug: "zenmux",
    name: "ZenMux",
    baseUrl: "https://zenmux.ai/api/v1",
    environment: ["ZENMUX_API_KEY"],
    profile: routerProfile,
  },
  {
    slug: "302ai",
    name: "302.AI",
    baseUrl: "https://api.302.ai/v1",
    environment: ["302AI_API_KEY"],
    profile: { ...genericProfile, pdf: true },
  },
]
