import { chat, grokEfforts, grokWithEffort, messagesAt, openResponses, responses, xaiResponses } from "../families.ts"
import { perplexityChat } from "../perplexity/index.ts"
import { cloudProfile, deepseekProfile, extendedSampling, genericProfile, gptOss, openAiOnly } from "../profiles.ts"
import type { ErrorQuirk, ModelRule, Vendor } from "../vendor.ts"

/** Groq lists the fields it answers with 400 at console.groq.com/docs/openai. */
const groqRefuses = [...openAiOnly, ...extendedSampling, "logit_bias", "logprobs", "top_logprobs"]

/** docs.z.ai/api-reference/api-code: the codes stand in for status and words. */
const zaiErrors: readonly ErrorQuirk[] = [
  { body: /"code"\s*:\s*"?1261\b/, code: "context_length_exceeded" },
  { body: /"code"\s*:\s*"?(1113|1308|1309|1310)\b/, code: "provider_quota" },
  { body: /"code"\s*:\s*"?1301\b/, code: "content_filter" },
  { body: /"code"\s*:\s*"?1211\b/, code: "upstream_model_not_found" },
  { body: /"code"\s*:\s*"?(1302|1303|1305)\b/, code: "rate_limited" },
]

/** Streamed tool arguments must be asked for since GLM 4.6 (docs.z.ai/guides/capabilities/stream-tool). */
const zaiModels: readonly ModelRule[] = [
  { match: /^glm-(4\.[6-9]|[5-9])/i, profile: { extraBody: { tool_stream: true } } },
  { match: /^glm-(3|4($|-|\.0|\.1))/i, profile: { reasoningFormat: "none" } },
]

const zaiProfile = { ...genericProfile, reasoningFormat: "zai", strictTools: true, maxTemperature: 1 } as const

/** platform.moonshot.ai/docs: 429 is also how it says that the money is gone or the engine is full. */
const moonshotErrors: readonly ErrorQuirk[] = [
  { body: /exceeded_current_quota_error/, code: "provider_quota" },
  { body: /engine_overloaded_error/, code: "provider_overloaded" },
  { status: [400], body: /considered high risk|"content_filter"/, code: "content_filter" },
]

/** Temperature is fixed from K2.5 on; K2.7 cannot stop thinking; K3 always thinks, refuses `thinking`, wants its words back. */
const moonshotModels: readonly ModelRule[] = [
  { match: /^kimi-k2-thinking/i, profile: { reasoningFormat: "none", thinkingMandatory: true } },
  { match: /^(kimi-latest|moonshot-v1|kimi-k2-(0|turbo|instruct))/i, profile: { reasoningFormat: "none" } },
  { match: /^kimi-k(2\.[5-9]|[3-9])/i, profile: { noSampling: true } },
  { match: /^kimi-k2\.7/i, profile: { thinkingMandatory: true } },
  {
    match: /^kimi-k[3-9]/i,
    profile: {
      reasoningFormat: "none",
      thinkingMandatory: true,
      reasoningEcho: "reasoning_content",
      reasoningEchoEmpty: true,
    },
  },
]

const moonshotProfile = {
  ...genericProfile,
  reasoningFormat: "moonshot",
  usageQuirk: "cached-top-level",
  maxTemperature: 1,
} as const

/** help.aliyun.com/zh/model-studio/error-code: its "quota" is a rate, and unpaid bills are a 400. */
const alibabaErrors: readonly ErrorQuirk[] = [
  { body: /Arrearage|overdue-payment/i, code: "provider_quota" },
  { status: [429], body: /Throttling|insufficient_quota|AllocationQuota/i, code: "rate_limited" },
  { body: /data_inspection_failed|DataInspectionFailed/, code: "content_filter" },
]

const alibabaProfile = {
  ...genericProfile,
  reasoningFormat: "qwen",
  strictTools: true,
  cacheFormat: "anthropic",
  usageQuirk: "cache-write-inside",
} as const

/** V4 demands its reasoning on every earlier turn, older ones only inside a running tool loop, R1 refuses to see it. */
const deepseekModels: readonly ModelRule[] = [
  {
    match: /^(?!.*-r1)/i,
    profile: { reasoningEcho: "reasoning_content", reasoningEchoTurns: "current" },
  },
  { match: /deepseek-v([4-9]|\d\d)/i, profile: { reasoningEchoTurns: "all", reasoningEchoEmpty: true } },
  { match: /-r1/i, profile: { reasoningFormat: "none", thinkingMandatory: true } },
]

const xiaomiProfile = { ...deepseekProfile, reasoningEcho: "reasoning_content", reasoningEchoEmpty: true } as const

/** docs.x.ai/docs/guides/reasoning: reasoning models answer these with an error. */
const xaiReasoningRefuses = [
  ...openAiOnly,
  ...extendedSampling,
  "logit_bias",
  "presence_penalty",
  "frequency_penalty",
  "stop",
]

/** Companies that serve their own models. */
export const firstParty: readonly Vendor[] = [
  {
    slug: "deepseek",
    name: "DeepSeek",
    baseUrl: "https://api.deepseek.com",
    environment: ["DEEPSEEK_API_KEY"],
    region: "cn",
    formats: [chat, { ...messagesAt("anthropic/v1/messages"), auth: { header: "x-api-key", prefix: "" } }],
    profile: { ...deepseekProfile, maxTemperature: 2 },
    models: deepseekModels,
  },
  {
    slug: "groq",
    name: "Groq",
    baseUrl: "https://api.groq.com/openai/v1",
    environment: ["GROQ_API_KEY"],
    formats: [chat, openResponses],
    profile: {
      pdf: false,
      developerRole: true,
      maxTokensField: "max_completion_tokens",
      reasoningFormat: "none",
      customTools: false,
      dropFields: groqRefuses,
    },
    models: [
      gptOss,
      // Its browser comes with gpt-oss alone (console.groq.com/docs/browser-search).
      { match: /gpt-oss/i, profile: { reasoningEcho: "reasoning", webSearch: "browser" } },
      {
        // Without `reasoning_format` the thoughts come as <think> text (console.groq.com/docs/reasoning).
        match: /qwen-?3|qwq|deepseek-r1/i,
        profile: {
          reasoningFormat: "effort",
          effortMap: {
            minimal: "default",
            low: "default",
            medium: "default",
            high: "default",
            xhigh: "default",
            max: "default",
          },
          reasoningEcho: "reasoning",
          extraBody: { reasoning_format: "parsed" },
        },
      },
    ],
    errors: [
      // The model wrote a call or a JSON that does not parse; another try usually works (console.groq.com/docs/tool-use).
      { status: [400], body: /tool_use_failed|json_validate_failed/, code: "bad_provider_response", retry: "same" },
      // One request over the per-minute allowance: waiting does not help, another upstream does.
      { status: [413], body: /rate_limit_exceeded|tokens per minute/i, code: "rate_limited", retry: "next" },
      { status: [498], code: "provider_overloaded" },
    ],
  },
  {
    slug: "perplexity",
    name: "Perplexity",
    baseUrl: "https://api.perplexity.ai",
    environment: ["PERPLEXITY_API_KEY"],
    dialect: perplexityChat,
    list: false,
    profile: {
      ...genericProfile,
      reasoningFormat: "effort",
      effortMap: { none: "minimal", xhigh: "high", max: "high" },
      tools: false,
      webSearch: "always",
      pdf: true,
      fileUrls: true,
      usageQuirk: "reasoning-outside",
      maxTemperature: 2,
      dropFields: [...openAiOnly, "tools", "tool_choice", "parallel_tool_calls", "logit_bias", "seed", "n"],
    },
    models: [
      { match: /^sonar(-pro)?$/i, profile: { reasoningFormat: "none" } },
      { match: /reasoning/i, profile: { thinkTags: true, thinkingMandatory: true } },
    ],
    errors: [{ status: [401, 429], body: /insufficient_quota/, code: "provider_quota" }],
  },
  {
    slug: "moonshotai",
    name: "Moonshot AI",
    baseUrl: "https://api.moonshot.ai/v1",
    environment: ["MOONSHOT_API_KEY"],
    formats: [chat, responses, messagesAt("../anthropic/v1/messages")],
    profile: moonshotProfile,
    models: moonshotModels,
    errors: moonshotErrors,
  },
  {
    slug: "moonshotai-cn",
    name: "Moonshot AI (China)",
    baseUrl: "https://api.moonshot.cn/v1",
    environment: ["MOONSHOT_API_KEY"],
    region: "cn",
    explicit: true,
    formats: [chat, responses, messagesAt("../anthropic/v1/messages")],
    profile: moonshotProfile,
    models: moonshotModels,
    errors: moonshotErrors,
  },
  {
    slug: "alibaba",
    name: "Alibaba Cloud Model Studio",
    baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    environment: ["DASHSCOPE_API_KEY", "ALIBABA_API_KEY"],
    region: "sg",
    profile: alibabaProfile,
    errors: alibabaErrors,
  },
  {
    slug: "alibaba-cn",
    name: "Alibaba Cloud Model Studio (China)",
    baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    environment: ["DASHSCOPE_API_KEY", "ALIBABA_API_KEY"],
    region: "cn",
    explicit: true,
    profile: alibabaProfile,
    errors: alibabaErrors,
  },
  {
    slug: "zai",
    name: "Z.ai",
    baseUrl: "https://api.z.ai/api/paas/v4",
    environment: ["ZAI_API_KEY"],
    formats: [chat, messagesAt("../../anthropic/v1/messages")],
    profile: zaiProfile,
    models: zaiModels,
    errors: zaiErrors,
  },
  {
    slug: "zai-coding-plan",
    name: "Z.ai Coding Plan",
    baseUrl: "https://api.z.ai/api/coding/paas/v4",
    environment: ["ZAI_API_KEY"],
    explicit: true,
    formats: [chat, messagesAt("../../../anthropic/v1/messages")],
    profile: zaiProfile,
    models: zaiModels,
    errors: zaiErrors,
  },
  {
    slug: "zai-cn",
    name: "Zhipu AI",
    baseUrl: "https://open.bigmodel.cn/api/paas/v4",
    environment: ["ZHIPU_API_KEY"],
    region: "cn",
    formats: [chat, messagesAt("../../anthropic/v1/messages")],
    profile: zaiProfile,
    models: zaiModels,
    errors: zaiErrors,
  },
  {
    slug: "zai-cn-coding-plan",
    name: "Zhipu AI Coding Plan",
    baseUrl: "https://open.bigmodel.cn/api/coding/paas/v4",
    environment: ["ZHIPU_API_KEY"],
    region: "cn",
    explicit: true,
    formats: [chat, messagesAt("../../../anthropic/v1/messages")],
    profile: zaiProfile,
    models: zaiModels,
    errors: zaiErrors,
  },
  {
    slug: "xiaomi",
    name: "Xiaomi MiMo",
    baseUrl: "https://api.xiaomimimo.com/v1",
    environment: ["XIAOMI_API_KEY"],
    profile: xiaomiProfile,
  },
  {
    slug: "xiaomi-ams",
    name: "Xiaomi MiMo Token Plan (Amsterdam)",
    baseUrl: "https://token-plan-ams.xiaomimimo.com/v1",
    environment: ["XIAOMI_API_KEY"],
    region: "nl",
    explicit: true,
    profile: xiaomiProfile,
  },
  {
    slug: "xiaomi-sgp",
    name: "Xiaomi MiMo Token Plan (Singapore)",
    baseUrl: "https://token-plan-sgp.xiaomimimo.com/v1",
    environment: ["XIAOMI_API_KEY"],
    region: "sg",
    explicit: true,
    profile: xiaomiProfile,
  },
  {
    slug: "xiaomi-cn",
    name: "Xiaomi MiMo Token Plan (China)",
    baseUrl: "https://token-plan-cn.xiaomimimo.com/v1",
    environment: ["XIAOMI_API_KEY"],
    region: "cn",
    explicit: true,
    profile: xiaomiProfile,
  },
  {
    slug: "xai",
    name: "xAI",
    baseUrl: "https://api.x.ai/v1",
    environment: ["XAI_API_KEY"],
    // Chat completions have no field for it (docs.x.ai, maximizing cache hits).
    affinityHeader: "x-grok-conv-id",
    formats: [xaiResponses, chat],
    profile: {
      pdf: false,
      maxTokensField: "max_completion_tokens",
      developerRole: false,
      reasoningFormat: "none",
      customTools: false,
      dropFields: [...openAiOnly, ...extendedSampling, "logit_bias"],
    },
    models: [
      {
        match: grokWithEffort,
        profile: { reasoningFormat: "effort", effortMap: grokEfforts },
      },
      { match: /^grok-(3-mini|4)/i, profile: { dropFields: xaiReasoningRefuses } },
    ],
    errors: [{ status: [403], body: /credits|spending limit/i, code: "provider_quota" }],
  },
  {
    slug: "meta",
    name: "Meta",
    baseUrl: "https://api.meta.ai/v1",
    environment: ["META_API_KEY"],
    formats: [responses],
  },
  {
    // The older API, with the open models.
    slug: "llama-api",
    name: "Meta Llama API",
    baseUrl: "https://api.llama.com/compat/v1",
    environment: ["LLAMA_API_KEY"],
    profile: { ...genericProfile, maxTokensField: "max_completion_tokens" },
  },
  {
    slug: "ai21",
    name: "AI21 Labs",
    baseUrl: "https://api.ai21.com/studio/v1",
    environment: ["AI21_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "reka",
    name: "Reka",
    baseUrl: "https://api.reka.ai/v1",
    environment: ["REKA_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "upstage",
    name: "Upstage",
    baseUrl: "https://api.upstage.ai/v1/solar",
    environment: ["UPSTAGE_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "inception",
    name: "Inception",
    baseUrl: "https://api.inceptionlabs.ai/v1",
    environment: ["INCEPTION_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "sarvam",
    name: "Sarvam AI",
    baseUrl: "https://api.sarvam.ai/v1",
    environment: ["SARVAM_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "sakana",
    name: "Sakana AI",
    baseUrl: "https://api.sakana.ai/v1",
    environment: ["SAKANA_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "stepfun",
    name: "StepFun",
    baseUrl: "https://api.stepfun.com/v1",
    environment: ["STEPFUN_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "tencent",
    name: "Tencent Hunyuan",
    baseUrl: "https://tokenhub.tencentmaas.com/v1",
    environment: ["TENCENT_API_KEY"],
    profile: genericProfile,
  },
]
