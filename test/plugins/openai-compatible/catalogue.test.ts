import { describe, expect, test } from "bun:test"
import builtIns from "../../../plugins/index.ts"
import { vendors } from "../../../plugins/openai-compatible/vendors.ts"
import type { PluginContext, Provider, ProviderDefinition, WireChat } from "../../../src/contract/index.ts"
import { embedWords } from "../../../src/contract-suite/embed.ts"
import { createContext } from "../../../src/host/context.ts"
import { Guard, Meter } from "../../../src/host/guard.ts"
import { memoryRows } from "../../../src/host/memory-rows.ts"
import { memoryStorage, SharedValues } from "../../../src/host/shared.ts"
import { ManualTime, recordingLog } from "../../host/kit.ts"

/** Slug, address of the preferred format's route (or of an ability's), variable of the key, header of the key, further formats. */
type Row = readonly [
  slug: string,
  url: string,
  variable: string | undefined,
  formats: string,
  options?: Readonly<Record<string, unknown>>,
]

const account = "0123456789abcdef0123456789abcdef"
const all = "chat-completions responses messages"

/** What each vendor's documentation says of its address and its key. */
const rows: readonly Row[] = [
  // Companies that serve their own models
  ["openai", "https://api.openai.com/v1/chat/completions", "OPENAI_API_KEY", "chat-completions responses"],
  ["anthropic", "https://api.anthropic.com/v1/messages", "ANTHROPIC_API_KEY", "messages"],
  ["google", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent", "GEMINI_API_KEY", "gemini"],
  ["mistral", "https://api.mistral.ai/v1/chat/completions", "MISTRAL_API_KEY", "chat-completions"],
  ["cohere", "https://api.cohere.com/v2/chat", "COHERE_API_KEY", "cohere-v2"],
  ["xai", "https://api.x.ai/v1/responses", "XAI_API_KEY", "responses chat-completions"],
  ["deepseek", "https://api.deepseek.com/chat/completions", "DEEPSEEK_API_KEY", "chat-completions messages"],
  ["groq", "https://api.groq.com/openai/v1/chat/completions", "GROQ_API_KEY", "chat-completions responses"],
  ["perplexity", "https://api.perplexity.ai/chat/completions", "PERPLEXITY_API_KEY", "chat-completions"],
  ["moonshotai", "https://api.moonshot.ai/v1/chat/completions", "MOONSHOT_API_KEY", all],
  ["moonshotai-cn", "https://api.moonshot.cn/v1/chat/completions", "MOONSHOT_API_KEY", all],
  [
    "alibaba",
    "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions",
    "DASHSCOPE_API_KEY",
    "chat-completions",
  ],
  [
    "alibaba-cn",
    "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions",
    "DASHSCOPE_API_KEY",
    "chat-completions",
  ],
  ["zai", "https://api.z.ai/api/paas/v4/chat/completions", "ZAI_API_KEY", "chat-completions messages"],
  [
    "zai-coding-plan",
    "https://api.z.ai/api/coding/paas/v4/chat/completions",
    "ZAI_API_KEY",
    "chat-completions messages",
  ],
  ["zai-cn", "https://open.bigmodel.cn/api/paas/v4/chat/completions", "ZHIPU_API_KEY", "chat-completions messages"],
  ["minimax", "https://api.minimax.io/anthropic/v1/messages", "MINIMAX_API_KEY", "messages"],
  ["minimax-cn", "https://api.minimaxi.com/anthropic/v1/messages", "MINIMAX_API_KEY", "messages"],
  ["meta", "https://api.meta.ai/v1/responses", "META_API_KEY", "responses"],
  ["llama-api", "https://api.llama.com/compat/v1/chat/completions", "LLAMA_API_KEY", "chat-completions"],
  ["xiaomi", "https://api.xiaomimimo.com/v1/chat/completions", "XIAOMI_API_KEY", "chat-completions"],
  ["xiaomi-ams", "https://token-plan-ams.xiaomimimo.com/v1/chat/completions", "XIAOMI_API_KEY", "chat-completions"],
  ["ai21", "https://api.ai21.com/studio/v1/chat/completions", "AI21_API_KEY", "chat-completions"],
  ["reka", "https://api.reka.ai/v1/chat/completions", "REKA_API_KEY", "chat-completions"],
  ["upstage", "https://api.upstage.ai/v1/solar/chat/completions", "UPSTAGE_API_KEY", "chat-completions"],
  ["inception", "https://api.inceptionlabs.ai/v1/chat/completions", "INCEPTION_API_KEY", "chat-completions"],
  ["sarvam", "https://api.sarvam.ai/v1/chat/completions", "SARVAM_API_KEY", "chat-completions"],
  ["sakana", "https://api.sakana.ai/v1/chat/completions", "SAKANA_API_KEY", "chat-completions"],
  ["stepfun", "https://api.stepfun.com/v1/chat/completions", "STEPFUN_API_KEY", "chat-completions"],
  ["tencent", "https://tokenhub.tencentmaas.com/v1/chat/completions", "TENCENT_API_KEY", "chat-completions"],

  // Clouds
  ["together", "https://api.together.xyz/v1/chat/completions", "TOGETHER_API_KEY", "chat-completions"],
  [
    "fireworks",
    "https://api.fireworks.ai/inference/v1/chat/completions",
    "FIREWORKS_API_KEY",
    "chat-completions messages",
  ],
  ["deepinfra", "https://api.deepinfra.com/v1/openai/chat/completions", "DEEPINFRA_API_KEY", "chat-completions"],
  ["cerebras", "https://api.cerebras.ai/v1/chat/completions", "CEREBRAS_API_KEY", "chat-completions"],
  ["baseten", "https://inference.baseten.co/v1/chat/completions", "BASETEN_API_KEY", "chat-completions"],
  ["huggingface", "https://router.huggingface.co/v1/chat/completions", "HF_TOKEN", "chat-completions responses"],
  ["nvidia", "https://integrate.api.nvidia.com/v1/chat/completions", "NVIDIA_API_KEY", "chat-completions"],
  ["sambanova", "https://api.sambanova.ai/v1/chat/completions", "SAMBANOVA_API_KEY", "chat-completions"],
  ["hyperbolic", "https://api.hyperbolic.xyz/v1/chat/completions", "HYPERBOLIC_API_KEY", "chat-completions"],
  ["novita", "https://api.novita.ai/openai/chat/completions", "NOVITA_API_KEY", "chat-completions"],
  ["siliconflow", "https://api.siliconflow.com/v1/chat/completions", "SILICONFLOW_API_KEY", "chat-completions"],
  ["siliconflow-cn", "https://api.siliconflow.cn/v1/chat/completions", "SILICONFLOW_API_KEY", "chat-completions"],
  ["friendli", "https://api.friendli.ai/serverless/v1/chat/completions", "FRIENDLI_TOKEN", "chat-completions"],
  ["chutes", "https://llm.chutes.ai/v1/chat/completions", "CHUTES_API_KEY", "chat-completions"],
  [
    "io-net",
    "https://api.intelligence.io.solutions/api/v1/chat/completions",
    "IOINTELLIGENCE_API_KEY",
    "chat-completions",
  ],
  ["inference-net", "https://api.inference.net/v1/chat/completions", "INFERENCE_API_KEY", "chat-completions"],
  ["wandb", "https://api.inference.wandb.ai/v1/chat/completions", "WANDB_API_KEY", "chat-completions"],
  ["digitalocean", "https://inference.do-ai.run/v1/chat/completions", "DIGITALOCEAN_ACCESS_TOKEN", "chat-completions"],
  ["vultr", "https://api.vultrinference.com/v1/chat/completions", "VULTR_API_KEY", "chat-completions"],
  ["gmicloud", "https://api.gmi-serving.com/v1/chat/completions", "GMICLOUD_API_KEY", "chat-completions"],
  ["lambda", "https://api.lambdalabs.com/v1/chat/completions", "LAMBDA_API_KEY", "chat-completions"],
  ["featherless", "https://api.featherless.ai/v1/chat/completions", "FEATHERLESS_API_KEY", "chat-completions"],
  ["kluster", "https://api.kluster.ai/v1/chat/completions", "KLUSTER_API_KEY", "chat-completions"],
  ["modal", "https://api.modal.com/v1/chat/completions", "MODAL_API_KEY", "chat-completions"],
  ["nscale", "https://inference.api.nscale.com/v1/chat/completions", "NSCALE_API_KEY", "chat-completions"],
  ["bytez", "https://api.bytez.com/models/v2/openai/v1/chat/completions", "BYTEZ_API_KEY", "chat-completions"],
  ["morph", "https://api.morphllm.com/v1/chat/completions", "MORPH_API_KEY", "chat-completions"],
  ["clarifai", "https://api.clarifai.com/v2/ext/openai/v1/chat/completions", "CLARIFAI_PAT", "chat-completions"],
  ["venice", "https://api.venice.ai/api/v1/chat/completions", "VENICE_API_KEY", "chat-completions"],
  ["synthetic", "https://api.synthetic.new/openai/v1/chat/completions", "SYNTHETIC_API_KEY", "chat-completions"],
  ["poolside", "https://inference.poolside.ai/v1/chat/completions", "POOLSIDE_API_KEY", "chat-completions"],
  ["tinfoil", "https://inference.tinfoil.sh/v1/chat/completions", "TINFOIL_API_KEY", "chat-completions"],
  ["nearai", "https://cloud-api.near.ai/v1/chat/completions", "NEARAI_API_KEY", "chat-completions"],
  [
    "cloudflare-workers-ai",
    `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1/chat/completions`,
    "CLOUDFLARE_API_KEY",
    "chat-completions",
    { account },
  ],
  [
    "databricks",
    "https://dbc-1.cloud.databricks.com/ai-gateway/mlflow/v1/chat/completions",
    "DATABRICKS_TOKEN",
    "chat-completions",
    { host: "dbc-1.cloud.databricks.com" },
  ],
  [
    "snowflake-cortex",
    "https://org-acc.snowflakecomputing.com/api/v2/cortex/v1/chat/completions",
    "SNOWFLAKE_CORTEX_PAT",
    "chat-completions",
    { account: "org-acc" },
  ],
  ["github-models", "https://models.github.ai/inference/chat/completions", "GITHUB_TOKEN", "chat-completions"],
  [
    "sagemaker",
    "https://runtime.sagemaker.eu-central-1.amazonaws.com/endpoints/my-llm/openai/v1/chat/completions",
    "SAGEMAKER_BEARER_TOKEN",
    "chat-completions",
    { region: "eu-central-1", endpoint: "my-llm" },
  ],
  [
    "oracle",
    "https://inference.generativeai.eu-frankfurt-1.oci.oraclecloud.com/openai/v1/chat/completions",
    "OCI_GENAI_API_KEY",
    "chat-completions responses",
    { region: "eu-frankfurt-1" },
  ],

  // European hosts
  ["scaleway", "https://api.scaleway.ai/v1/chat/completions", "SCALEWAY_API_KEY", "chat-completions"],
  [
    "ovhcloud",
    "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1/chat/completions",
    "OVHCLOUD_API_KEY",
    "chat-completions",
  ],
  ["nebius", "https://api.tokenfactory.nebius.com/v1/chat/completions", "NEBIUS_API_KEY", "chat-completions"],
  [
    "stackit",
    "https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1/chat/completions",
    "STACKIT_API_KEY",
    "chat-completions",
  ],
  [
    "cloudferro",
    "https://api-sherlock.cloudferro.com/openai/v1/chat/completions",
    "CLOUDFERRO_SHERLOCK_API_KEY",
    "chat-completions",
  ],
  ["berget", "https://api.berget.ai/v1/chat/completions", "BERGET_API_KEY", "chat-completions"],
  ["evroc", "https://models.think.evroc.com/v1/chat/completions", "EVROC_API_KEY", "chat-completions"],
  ["regolo", "https://api.regolo.ai/v1/chat/completions", "REGOLO_API_KEY", "chat-completions"],
  ["cortecs", "https://api.cortecs.ai/v1/chat/completions", "CORTECS_API_KEY", "chat-completions"],
  ["privatemode", "http://localhost:8080/v1/chat/completions", "PRIVATEMODE_API_KEY", "chat-completions"],

  // Gateways
  ["openrouter", "https://openrouter.ai/api/v1/chat/completions", "OPENROUTER_API_KEY", all],
  ["requesty", "https://router.requesty.ai/v1/chat/completions", "REQUESTY_API_KEY", all],
  ["requesty-eu", "https://router.eu.requesty.ai/v1/chat/completions", "REQUESTY_API_KEY", all],
  [
    "vercel-ai-gateway",
    "https://ai-gateway.vercel.sh/v1/chat/completions",
    "AI_GATEWAY_API_KEY",
    "chat-completions messages",
  ],
  [
    "cloudflare-ai-gateway",
    `https://gateway.ai.cloudflare.com/v1/${account}/main/compat/chat/completions`,
    "CLOUDFLARE_API_TOKEN",
    "chat-completions",
    { account, gateway: "main" },
  ],
  ["helicone", "https://ai-gateway.helicone.ai/v1/chat/completions", "HELICONE_API_KEY", "chat-completions"],
  ["litellm", "http://127.0.0.1:4000/chat/completions", "LITELLM_API_KEY", "chat-completions"],
  ["llmgateway", "https://api.llmgateway.io/v1/chat/completions", "LLMGATEWAY_API_KEY", "chat-completions"],
  ["poe", "https://api.poe.com/v1/chat/completions", "POE_API_KEY", "chat-completions"],
  ["zenmux", "https://zenmux.ai/api/v1/chat/completions", "ZENMUX_API_KEY", "chat-completions"],
  ["302ai", "https://api.302.ai/v1/chat/completions", "302AI_API_KEY", "chat-completions"],

  // Servers of one's own
  ["ollama", "http://127.0.0.1:11434/v1/chat/completions", undefined, all],
  ["ollama-cloud", "https://ollama.com/v1/chat/completions", "OLLAMA_API_KEY", "chat-completions"],
  ["llama-cpp", "http://127.0.0.1:8080/v1/chat/completions", undefined, "chat-completions messages"],
  ["vllm", "http://127.0.0.1:8000/v1/chat/completions", undefined, all],
  ["lmstudio", "http://127.0.0.1:1234/v1/chat/completions", undefined, all],
  ["sglang", "http://127.0.0.1:30000/v1/chat/completions", undefined, "chat-completions"],
  ["tgi", "http://127.0.0.1:8080/v1/chat/completions", undefined, "chat-completions"],
  ["localai", "http://127.0.0.1:8080/v1/chat/completions", undefined, "chat-completions"],
  ["docker-model-runner", "http://127.0.0.1:12434/engines/v1/chat/completions", undefined, "chat-completions"],
  ["mlx", "http://127.0.0.1:8080/v1/chat/completions", undefined, "chat-completions"],
  ["jan", "http://127.0.0.1:1337/v1/chat/completions", undefined, "chat-completions"],
  ["atomic-chat", "http://127.0.0.1:1337/v1/chat/completions", undefined, "chat-completions"],
]

/** What vendors can do beside chat, or instead of it. */
const abilities: Readonly<Record<string, string>> = {
  openai: "embeddings images speech transcription",
  anthropic: "countTokens",
  google: "countTokens embeddings images speech",
  cohere: "embeddings rerank",
  mistral: "embeddings speech transcription",
  xai: "images speech transcription",
  groq: "speech transcription",
  alibaba: "embeddings",
  together: "embeddings images rerank",
  fireworks: "embeddings images",
  deepinfra: "embeddings images",
  baseten: "embeddings",
  siliconflow: "embeddings images rerank speech transcription",
  openrouter: "embeddings images rerank speech transcription",
  requesty: "embeddings images speech transcription",
  vllm: "countTokens embeddings rerank transcription",
  ollama: "embeddings speech transcription",
  lmstudio: "embeddings",
  "llama-cpp": "embeddings rerank",
  sglang: "embeddings",
  voyage: "embeddings rerank",
  jina: "embeddings rerank",
  nomic: "embeddings",
  recraft: "images",
  elevenlabs: "speech transcription",
  stability: "images",
  fal: "images",
  replicate: "images",
  "black-forest-labs": "images",
  deepgram: "speech transcription",
}

const time = new ManualTime()
const settings = { hookMs: 0, failures: 0, retryMs: 0, drainMs: 0 }
const context: PluginContext = createContext({
  plugin: "catalogue",
  log: recordingLog(),
  fetch: Object.assign(() => Promise.reject(new Error("no network in tests")), { preconnect: () => {} }),
  secrets: {},
  redact: () => {},
  storage: memoryStorage(time),
  rows: memoryRows(time),
  embed: embedWords,
  shared: new SharedValues(),
  clock: time,
  guard: new Guard({ meter: new Meter("catalogue"), settings, timers: time, clock: time, onFault: () => {} }),
}).context

const definitions = new Map<string, ProviderDefinition>()
for (const plugin of builtIns)
  for (const definition of (await plugin.setup({}, context)).providers ?? []) definitions.set(definition.id, definition)

const definitionOf = (slug: string): ProviderDefinition => {
  const definition = definitions.get(slug)
  if (definition === undefined) throw new Error(`nobody offers ${slug}`)
  return definition
}

const create = (slug: string, options: Readonly<Record<string, unknown>> = {}): Provider =>
  definitionOf(slug).create({ id: slug, apiKey: "key-1", headers: {}, options })

const wiresOf = ({ wire, otherWires = [] }: Provider): readonly WireChat[] => [...(wire ? [wire] : []), ...otherWires]

/** Where a key may stand. */
const keyHeaders = ["authorization", "x-api-key", "x-goog-api-key"]

describe("every vendor of the catalogue answers at its address, with its key", () => {
  for (const [slug, url, variable, formats, options] of rows)
    test(slug, () => {
      const provider = create(slug, options)
      const wires = wiresOf(provider)
      expect(wires.map(({ dialect }) => dialect.name).join(" ")).toBe(formats)
      expect(wires[0]?.endpoint({ model: "m", stream: false }).url).toBe(url)
      expect(definitionOf(slug).environment?.[0]).toBe(variable as string)
      for (const wire of wires) {
        const { headers } = wire.endpoint({ model: "m", stream: true })
        const sent = keyHeaders.filter((header) => headers[header] !== undefined)
        expect(sent).toHaveLength(1)
        expect(headers[sent[0] ?? ""]).toMatch(/^(Bearer )?key-1$/)
      }
    })
})

describe("further formats have routes of their own", () => {
  for (const [slug, format, url, key] of [
    ["openai", "responses", "https://api.openai.com/v1/responses", "authorization"],
    ["xai", "chat-completions", "https://api.x.ai/v1/chat/completions", "authorization"],
    ["deepseek", "messages", "https://api.deepseek.com/anthropic/v1/messages", "x-api-key"],
    ["moonshotai", "messages", "https://api.moonshot.ai/anthropic/v1/messages", "authorization"],
    ["moonshotai", "responses", "https://api.moonshot.ai/v1/responses", "authorization"],
    ["moonshotai-cn", "messages", "https://api.moonshot.cn/anthropic/v1/messages", "authorization"],
    ["zai", "messages", "https://api.z.ai/api/anthropic/v1/messages", "authorization"],
    ["zai-coding-plan", "messages", "https://api.z.ai/api/anthropic/v1/messages", "authorization"],
    ["zai-cn", "messages", "https://open.bigmodel.cn/api/anthropic/v1/messages", "authorization"],
    ["zai-cn-coding-plan", "messages", "https://open.bigmodel.cn/api/anthropic/v1/messages", "authorization"],
    ["fireworks", "messages", "https://api.fireworks.ai/inference/v1/messages", "authorization"],
    ["huggingface", "responses", "https://router.huggingface.co/v1/responses", "authorization"],
    ["groq", "responses", "https://api.groq.com/openai/v1/responses", "authorization"],
    ["openrouter", "messages", "https://openrouter.ai/api/v1/messages", "authorization"],
    ["openrouter", "responses", "https://openrouter.ai/api/v1/responses", "authorization"],
    ["requesty", "messages", "https://router.requesty.ai/v1/messages", "authorization"],
    ["vercel-ai-gateway", "messages", "https://ai-gateway.vercel.sh/v1/messages", "authorization"],
    ["ollama", "messages", "http://127.0.0.1:11434/v1/messages", "authorization"],
    ["ollama", "responses", "http://127.0.0.1:11434/v1/responses", "authorization"],
    ["llama-cpp", "messages", "http://127.0.0.1:8080/v1/messages", "authorization"],
    ["vllm", "messages", "http://127.0.0.1:8000/v1/messages", "authorization"],
    ["lmstudio", "responses", "http://127.0.0.1:1234/v1/responses", "authorization"],
  ] as const)
    test(`${slug}, ${format}`, () => {
      const wire = wiresOf(create(slug)).find(({ dialect }) => dialect.name === format)
      const endpoint = wire?.endpoint({ model: "m", stream: false })
      expect(endpoint?.url).toBe(url)
      expect(endpoint?.headers).toHaveProperty(key)
      expect(endpoint?.headers["anthropic-version"]).toBe((format === "messages" ? "2023-06-01" : undefined) as string)
    })
})

describe("what vendors do beside chat", () => {
  for (const [slug, names] of Object.entries(abilities))
    test(slug, () => {
      expect(
        Object.keys(create(slug).abilities ?? {})
          .sort()
          .join(" "),
      ).toBe(names)
    })
})

describe("clouds that need more than a key say so, and exist", () => {
  for (const slug of ["google-vertex", "amazon-bedrock", "azure", "azure-foundry-anthropic"])
    test(slug, () => {
      expect(definitionOf(slug).name).not.toBe("")
    })
})

test("no row of the tables is forgotten here", () => {
  const told = new Set([...rows.map(([slug]) => slug), ...Object.keys(abilities)])
  // The last two have no address of their own, the others differ from a row above in their host only.
  const others = [
    "xiaomi-sgp",
    "xiaomi-cn",
    "zai-cn-coding-plan",
    "siliconflow-cn",
    "portkey",
    "openai-compatible",
    "sap-ai-core",
  ]
  const untold = vendors.filter(({ slug }) => !told.has(slug) && !others.includes(slug))
  expect(untold.map(({ slug }) => slug)).toEqual([])
})
