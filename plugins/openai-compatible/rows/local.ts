import { chat, messages, openResponses } from "../families.ts"
import { ollamaNative } from "../ollama/index.ts"
import { ollamaList } from "../ollama/list.ts"
import { genericProfile, gptOss, templateProfile } from "../profiles.ts"
import type { Vendor } from "../vendor.ts"

/** docs.ollama.com and lmstudio.ai/docs: all three, the newer ones without state. */
const localFormats = [chat, openResponses, messages]

/** Servers on the operator's own machines, at their default ports. None needs a key; one that is configured is sent. */
export const local: readonly Vendor[] = [
  {
    slug: "ollama",
    name: "Ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    keyless: true,
    formats: localFormats,
    native: ollamaNative,
    list: ollamaList,
    profile: { ...genericProfile, reasoningFormat: "effort", mediaUrls: false },
  },
  {
    slug: "llama-cpp",
    name: "llama.cpp",
    baseUrl: "http://127.0.0.1:8080/v1",
    keyless: true,
    models: [gptOss],
    formats: [chat, messages],
    profile: { ...templateProfile, budgetField: "thinking_budget_tokens" },
  },
  {
    slug: "vllm",
    name: "vLLM",
    baseUrl: "http://127.0.0.1:8000/v1",
    keyless: true,
    models: [gptOss],
    formats: [chat, openResponses, { ...messages, countsTokens: true }],
    profile: { ...templateProfile, budgetField: "thinking_token_budget" },
  },
  {
    slug: "lmstudio",
    name: "LM Studio",
    baseUrl: "http://127.0.0.1:1234/v1",
    keyless: true,
    formats: localFormats,
    profile: { ...genericProfile, mediaUrls: false },
  },
  {
    slug: "sglang",
    name: "SGLang",
    baseUrl: "http://127.0.0.1:30000/v1",
    keyless: true,
    models: [gptOss],
    profile: { ...templateProfile, budgetField: "thinking_budget" },
  },
  {
    slug: "tgi",
    name: "Text Generation Inference",
    baseUrl: "http://127.0.0.1:8080/v1",
    keyless: true,
    profile: genericProfile,
  },
  {
    slug: "localai",
    name: "LocalAI",
    baseUrl: "http://127.0.0.1:8080/v1",
    keyless: true,
    profile: genericProfile,
  },
  {
    slug: "docker-model-runner",
    name: "Docker Model Runner",
    baseUrl: "http://127.0.0.1:12434/engines/v1",
    keyless: true,
    profile: genericProfile,
  },
  {
    slug: "mlx",
    name: "MLX",
    baseUrl: "http://127.0.0.1:8080/v1",
    keyless: true,
    profile: genericProfile,
  },
  {
    slug: "jan",
    name: "Jan",
    baseUrl: "http://127.0.0.1:1337/v1",
    keyless: true,
    profile: genericProfile,
  },
  {
    slug: "atomic-chat",
    name: "Atomic Chat",
    baseUrl: "http://127.0.0.1:1337/v1",
    keyless: true,
    profile: genericProfile,
  },
  {
    slug: "ollama-cloud",
    name: "Ollama Cloud",
    list: ollamaList,
    baseUrl: "https://ollama.com/v1",
    environment: ["OLLAMA_API_KEY"],
    profile: { ...genericProfile, reasoningFormat: "effort", mediaUrls: false },
  },
  {
    slug: "openai-compatible",
    name: "OpenAI-compatible",
    keyless: true,
    profile: genericProfile,
  },
]
