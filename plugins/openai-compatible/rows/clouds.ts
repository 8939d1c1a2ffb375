import { chat, fireworksMessages, openResponses } from "../families.ts"
import { cloudProfile, extendedSampling, genericProfile, gptOss, openAiOnly, templateProfile } from "../profiles.ts"
import type { ModelRule, Vendor } from "../vendor.ts"

const hostName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i
const regionName = /^[a-z]{2}(-[a-z]+)+-\d+$/
const endpointName = /^[a-z0-9](-?[a-z0-9]){0,62}$/i
const accountName = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$/i

/** GITHUB_TOKEN lies around for other reasons, so that this row waits to be named. */
const githubProfile = { ...genericProfile, strictTools: true } as const

/** Its OpenAI models keep OpenAI's rules for reasoning models. */
const githubModels: readonly ModelRule[] = [
  {
    match: /^openai\/(o\d|gpt-(?!5-chat)[5-9])/i,
    profile: {
      developerRole: true,
      maxTokensField: "max_completion_tokens",
      reasoningFormat: "effort",
      noSampling: true,
    },
  },
]

/** Companies that serve other people's models. */
export const clouds: readonly Vendor[] = [
  {
    slug: "together",
    name: "Together AI",
    list: { prices: "million" },
    baseUrl: "https://api.together.xyz/v1",
    environment: ["TOGETHER_API_KEY"],
    models: [gptOss],
    profile: { ...genericProfile, reasoningFormat: "together" },
  },
  {
    slug: "fireworks",
    name: "Fireworks AI",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    environment: ["FIREWORKS_API_KEY"],
    // docs.fireworks.ai, prompt caching.
    affinityHeader: "x-session-affinity",
    formats: [chat, fireworksMessages],
    profile: { ...cloudProfile, effortMap: { minimal: "low", xhigh: "high", max: "high" } },
    models: [gptOss],
    // A suspended account answers 412, which elsewhere is a failed precondition of the request.
    errors: [{ status: [402, 412], body: /suspend|spending limit|payment/i, code: "provider_quota" }],
  },
  {
    slug: "deepinfra",
    name: "DeepInfra",
    list: { prices: "million" },
    baseUrl: "https://api.deepinfra.com/v1/openai",
    environment: ["DEEPINFRA_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "cerebras",
    name: "Cerebras",
    baseUrl: "https://api.cerebras.ai/v1",
    environment: ["CEREBRAS_API_KEY"],
    profile: {
      ...cloudProfile,
      maxTokensField: "max_completion_tokens",
      dropFields: [...openAiOnly, ...extendedSampling, "frequency_penalty", "presence_penalty", "logit_bias"],
    },
    models: [gptOss],
    errors: [
      {
        status: [400, 413],
        body: /^\s*$/,
        code: "context_length_exceeded",
        message: "The input is too long for the model (Cerebras answers an overflow without words).",
      },
    ],
  },
  {
    slug: "baseten",
    name: "Baseten",
    baseUrl: "https://inference.baseten.co/v1",
    environment: ["BASETEN_API_KEY"],
    // docs.baseten.co, sticky sessions.
    affinityHeader: "x-baseten-session-id",
    profile: { ...templateProfile, templateField: "chat_template_args", strictTools: true },
    models: [gptOss],
  },
  {
    slug: "huggingface",
    name: "Hugging Face",
    baseUrl: "https://router.huggingface.co/v1",
    environment: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
    formats: [chat, openResponses],
    profile: cloudProfile,
  },
  {
    slug: "nvidia",
    name: "NVIDIA NIM",
    baseUrl: "https://integrate.api.nvidia.com/v1",
    environment: ["NVIDIA_API_KEY"],
    profile: genericProfile,
    models: [gptOss],
    // Its front is gRPC: a full worker is a "ResourceExhausted" with whatever status.
    errors: [{ body: /ResourceExhausted/, code: "provider_overloaded" }],
  },
  {
    slug: "sambanova",
    name: "SambaNova",
    baseUrl: "https://api.sambanova.ai/v1",
    environment: ["SAMBANOVA_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "hyperbolic",
    name: "Hyperbolic",
    baseUrl: "https://api.hyperbolic.xyz/v1",
    environment: ["HYPERBOLIC_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "novita",
    name: "Novita AI",
    baseUrl: "https://api.novita.ai/openai",
    environment: ["NOVITA_API_KEY"],
    errors: [{ status: [403], body: /NOT_ENOUGH_BALANCE/, code: "provider_quota" }],
    profile: cloudProfile,
  },
  {
    slug: "siliconflow",
    name: "SiliconFlow",
    baseUrl: "https://api.siliconflow.com/v1",
    environment: ["SILICONFLOW_API_KEY"],
    errors: [{ status: [403], body: /balance/i, code: "provider_quota" }],
    profile: cloudProfile,
  },
  {
    slug: "siliconflow-cn",
    name: "SiliconFlow (China)",
    baseUrl: "https://api.siliconflow.cn/v1",
    environment: ["SILICONFLOW_API_KEY"],
    region: "cn",
    explicit: true,
    errors: [{ status: [403], body: /balance/i, code: "provider_quota" }],
    profile: cloudProfile,
  },
  {
    slug: "friendli",
    name: "FriendliAI",
    baseUrl: "https://api.friendli.ai/serverless/v1",
    environment: ["FRIENDLI_TOKEN"],
    profile: cloudProfile,
  },
  {
    slug: "chutes",
    name: "Chutes",
    list: { prices: "million" },
    baseUrl: "https://llm.chutes.ai/v1",
    environment: ["CHUTES_API_KEY"],
    profile: { ...cloudProfile, strictTools: false },
  },
  {
    slug: "io-net",
    name: "io.net",
    baseUrl: "https://api.intelligence.io.solutions/api/v1",
    environment: ["IOINTELLIGENCE_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "inference-net",
    name: "Inference.net",
    baseUrl: "https://api.inference.net/v1",
    environment: ["INFERENCE_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "wandb",
    name: "Weights & Biases",
    baseUrl: "https://api.inference.wandb.ai/v1",
    environment: ["WANDB_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "digitalocean",
    name: "DigitalOcean",
    baseUrl: "https://inference.do-ai.run/v1",
    environment: ["DIGITALOCEAN_ACCESS_TOKEN"],
    profile: cloudProfile,
  },
  {
    slug: "vultr",
    name: "Vultr",
    baseUrl: "https://api.vultrinference.com/v1",
    environment: ["VULTR_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "gmicloud",
    name: "GMI Cloud",
    baseUrl: "https://api.gmi-serving.com/v1",
    environment: ["GMICLOUD_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "lambda",
    name: "Lambda",
    baseUrl: "https://api.lambdalabs.com/v1",
    environment: ["LAMBDA_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "featherless",
    name: "Featherless",
    baseUrl: "https://api.featherless.ai/v1",
    environment: ["FEATHERLESS_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "kluster",
    name: "kluster.ai",
    baseUrl: "https://api.kluster.ai/v1",
    environment: ["KLUSTER_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "modal",
    name: "Modal",
    baseUrl: "https://api.modal.com/v1",
    environment: ["MODAL_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "nscale",
    name: "Nscale",
    baseUrl: "https://inference.api.nscale.com/v1",
    environment: ["NSCALE_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "bytez",
    name: "Bytez",
    baseUrl: "https://api.bytez.com/models/v2/openai/v1",
    environment: ["BYTEZ_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "morph",
    name: "Morph",
    baseUrl: "https://api.morphllm.com/v1",
    environment: ["MORPH_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "clarifai",
    name: "Clarifai",
    baseUrl: "https://api.clarifai.com/v2/ext/openai/v1",
    environment: ["CLARIFAI_PAT"],
    profile: cloudProfile,
  },
  {
    slug: "venice",
    name: "Venice",
    baseUrl: "https://api.venice.ai/api/v1",
    environment: ["VENICE_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "synthetic",
    name: "Synthetic",
    baseUrl: "https://api.synthetic.new/openai/v1",
    environment: ["SYNTHETIC_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "poolside",
    name: "Poolside",
    baseUrl: "https://inference.poolside.ai/v1",
    environment: ["POOLSIDE_API_KEY"],
    profile: genericProfile,
  },
  {
    slug: "tinfoil",
    name: "Tinfoil",
    baseUrl: "https://inference.tinfoil.sh/v1",
    environment: ["TINFOIL_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "nearai",
    name: "NEAR AI",
    baseUrl: "https://cloud-api.near.ai/v1",
    environment: ["NEARAI_API_KEY"],
    profile: cloudProfile,
  },
  {
    slug: "cloudflare-workers-ai",
    name: "Cloudflare Workers AI",
    list: false,
    baseUrl: "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1",
    environment: ["CLOUDFLARE_API_KEY", "CLOUDFLARE_API_TOKEN"],
    // developers.cloudflare.com/workers-ai/features/prompt-caching
    affinityHeader: "x-session-affinity",
    explicit: true,
    urlOptions: { account: { description: "the account id", pattern: /^[0-9a-f]{32}$/i } },
    profile: { ...genericProfile, strictTools: true },
    models: [gptOss],
  },
  {
    slug: "databricks",
    name: "Databricks",
    list: false,
    baseUrl: "https://{host}/ai-gateway/mlflow/v1",
    environment: ["DATABRICKS_TOKEN"],
    explicit: true,
    urlOptions: { host: { description: "the workspace's host name, without https://", pattern: hostName } },
    profile: cloudProfile,
  },
  {
    slug: "snowflake-cortex",
    name: "Snowflake Cortex",
    list: false,
    baseUrl: "https://{account}.snowflakecomputing.com/api/v2/cortex/v1",
    environment: ["SNOWFLAKE_CORTEX_PAT"],
    explicit: true,
    urlOptions: { account: { description: "the account identifier, organisation-account", pattern: accountName } },
    profile: { ...cloudProfile, maxTokensField: "max_completion_tokens" },
  },
  {
    // docs.aws.amazon.com/sagemaker, OpenAI-compatible APIs: bearer tokens that live for hours, kept fresh by whoever makes them.
    slug: "sagemaker",
    name: "Amazon SageMaker",
    baseUrl: "https://runtime.sagemaker.{region}.amazonaws.com/endpoints/{endpoint}/openai/v1",
    environment: ["SAGEMAKER_BEARER_TOKEN"],
    explicit: true,
    urlOptions: {
      region: { description: "the endpoint's AWS region", pattern: regionName },
      endpoint: { description: "the endpoint's name", pattern: endpointName },
    },
    profile: genericProfile,
  },
  {
    // docs.oracle.com/iaas, OpenAI-compatible endpoints: with an API key of Generative AI; keys of IAM sign requests and do not fit here.
    slug: "oracle",
    name: "Oracle Generative AI",
    baseUrl: "https://inference.generativeai.{region}.oci.oraclecloud.com/openai/v1",
    environment: ["OCI_GENAI_API_KEY"],
    explicit: true,
    urlOptions: { region: { description: "the OCI region", pattern: regionName } },
    formats: [chat, openResponses],
    profile: cloudProfile,
  },
  {
    // help.sap.com/docs/sap-ai-core: every deployment has an address of its own; the resource group is a header of the entry.
    slug: "sap-ai-core",
    name: "SAP AI Core",
    baseUrlHint:
      "the deployment's address, https://api.ai.…/v2/inference/deployments/ID?api-version=…, with an access token of its service key as api_key, " +
      "and the header AI-Resource-Group under headers",
    environment: ["AICORE_ACCESS_TOKEN"],
    explicit: true,
    profile: genericProfile,
  },
  {
    slug: "github-models",
    name: "GitHub Models",
    list: { path: "../catalog/models" },
    baseUrl: "https://models.github.ai/inference",
    environment: ["GITHUB_TOKEN"],
    explicit: true,
    models: githubModels,
    profile: githubProfile,
  },
]
