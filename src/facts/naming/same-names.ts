import { modelKey } from "../../contract/model-key.ts"

/**
 * Names of the same weights that no rule leads to one another, by author: the canonical name first, then what else it is called by its
 * author, at Hugging Face, and at clouds. Sources: the vendors' lists of models and aliases (platform.openai.com/docs/models,
 * docs.mistral.ai/getting-started/models, docs.cohere.com/docs/models, docs.x.ai/docs/models, platform.moonshot.ai/docs, help.aliyun.com
 * Model Studio, huggingface.co) and OpenRouter's ids. A name that its vendor moves from one model to the next (`-latest`) is in no row.
 */
const rows: Readonly<Record<string, readonly string[]>> = {
  openai: [
    "gpt-3.5-turbo gpt-35-turbo",
    "gpt-4-turbo gpt-4-turbo-2024-04-09",
    "gpt-4o-mini gpt-4o-mini-2024-07-18",
    "gpt-4.1 gpt-4.1-2025-04-14",
    "gpt-4.1-mini gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano gpt-4.1-nano-2025-04-14",
    "gpt-4.5-preview gpt-4.5-preview-2025-02-27",
    "gpt-5 gpt-5-2025-08-07",
    "gpt-5-mini gpt-5-mini-2025-08-07",
    "gpt-5-nano gpt-5-nano-2025-08-07",
    "gpt-5-pro gpt-5-pro-2025-10-06",
    "gpt-5-chat gpt-5-chat-latest",
    "gpt-5.1 gpt-5.1-2025-11-13",
    "gpt-5.1-chat gpt-5.1-chat-latest",
    "gpt-5.2 gpt-5.2-2025-12-11",
    "gpt-5.2-pro gpt-5.2-pro-2025-12-11",
    "gpt-5.2-chat gpt-5.2-chat-latest",
    "gpt-5.3-chat gpt-5.3-chat-latest",
    "o1 o1-2024-12-17",
    "o1-pro o1-pro-2025-03-19",
    "o3 o3-2025-04-16",
    "o3-mini o3-mini-2025-01-31",
    "o3-pro o3-pro-2025-06-10",
    "o4-mini o4-mini-2025-04-16",
    "o3-deep-research o3-deep-research-2025-06-26",
    "o4-mini-deep-research o4-mini-deep-research-2025-06-26",
  ],
  google: ["gemini-2.0-flash-001 gemini-2.0-flash", "gemini-2.0-flash-lite-001 gemini-2.0-flash-lite"],
  "x-ai": ["grok-4 grok-4-0709"],
  deepseek: ["deepseek-chat-v3-0324 deepseek-v3-0324", "deepseek-chat-v3.1 deepseek-v3.1"],
  mistralai: [
    "mistral-small-3.2-24b-instruct mistral-small-2506 mistral-small-3.2-24b-instruct-2506",
    "mistral-small-3.1-24b-instruct mistral-small-2503 mistral-small-3.1-24b-instruct-2503",
    "mistral-small-24b-instruct-2501 mistral-small-2501",
    "mistral-medium-3 mistral-medium-2505",
    "mistral-medium-3.1 mistral-medium-2508",
    "mistral-medium-3.5 mistral-medium-2604",
    "mistral-small-2603 mistral-small-4-119b-2603",
    "mistral-large-2512 mistral-large-3-675b-instruct mistral-large-3-675b-instruct-2512",
    "mistral-large-2411 mistral-large-instruct-2411",
    "mistral-large-2407 mistral-large-instruct-2407",
    "mistral-nemo open-mistral-nemo open-mistral-nemo-2407 mistral-nemo-instruct-2407 mistral-nemo-12b-instruct-2407",
    "mixtral-8x7b-instruct open-mixtral-8x7b mixtral-8x7b-instruct-v0.1",
    "mixtral-8x22b-instruct open-mixtral-8x22b mixtral-8x22b-instruct-v0.1",
    "mistral-7b-instruct-v0.3 open-mistral-7b",
    "devstral-2512 devstral-2-123b devstral-2-123b-instruct-2512",
    "devstral-small-2507 devstral-small-1.1",
    "devstral-medium devstral-medium-2507",
    "ministral-14b-2512 ministral-3-14b-instruct ministral-3-14b-instruct-2512",
    "ministral-8b-2512 ministral-3-8b-instruct ministral-3-8b-instruct-2512",
    "ministral-3b-2512 ministral-3-3b-instruct ministral-3-3b-instruct-2512",
    "voxtral-small-24b-2507 voxtral-small-2507",
    "voxtral-mini-2507 voxtral-mini-3b-2507",
    "pixtral-12b pixtral-12b-2409",
    "pixtral-large-2411 pixtral-large-instruct-2411",
  ],
  cohere: [
    "command-a command-a-03-2025 cohere-command-a",
    "command-r-08-2024 cohere-command-r-08-2024",
    "command-r-plus-08-2024 command-r+-08-2024 cohere-command-r-plus-08-2024",
    "embed-english-v3.0 embed-english-v3 cohere-embed-v3-english",
    "embed-multilingual-v3.0 embed-multilingual-v3 cohere-embed-v3-multilingual",
    "embed-v4.0 embed-v4 embed-v-4-0",
    "rerank-v3.5 rerank-v3-5 cohere-rerank-v3.5",
  ],
  moonshotai: [
    "kimi-k2 kimi-k2-instruct kimi-k2-instruct-0711 kimi-k2-0711-preview",
    "kimi-k2-0905 kimi-k2-instruct-0905 kimi-k2-0905-preview",
  ],
  qwen: [
    "qwen3-235b-a22b-2507 qwen3-235b-a22b-instruct-2507",
    "qwen3-coder qwen3-coder-480b-a35b-instruct qwen3-coder-480b-a35b",
    "qwen3-coder-30b-a3b-instruct qwen3-coder-30b-a3b",
  ],
  "meta-llama": [
    "llama-4-maverick llama-4-maverick-17b-128e-instruct llama-4-maverick-17b-instruct llama-4-maverick-17b-128e",
    "llama-4-scout llama-4-scout-17b-16e-instruct llama-4-scout-17b-instruct llama-4-scout-17b-16e",
    // There is no base model of 3.3.
    "llama-3.3-70b-instruct llama-3.3-70b",
    "llama-3.2-11b-vision-instruct llama-3.2-11b-instruct",
    "llama-3.2-90b-vision-instruct llama-3.2-90b-instruct",
    "llama-guard-4-12b llama-guard-4",
  ],
  amazon: [
    "nova-micro-v1 nova-micro",
    "nova-lite-v1 nova-lite",
    "nova-pro-v1 nova-pro",
    "nova-premier-v1 nova-premier",
    "nova-2-lite-v1 nova-2-lite",
  ],
  microsoft: ["phi-4-mini-instruct phi-4-mini", "phi-4-multimodal-instruct phi-4-multimodal"],
  nvidia: [
    "nemotron-3-nano-30b-a3b nemotron-nano-3-30b",
    "nemotron-3-super-120b-a12b nemotron-super-3-120b nemotron-3-120b-a12b",
  ],
  ai21: ["jamba-1.5-large jamba-large-1.5", "jamba-1.5-mini jamba-mini-1.5"],
}

/** Made with the first name that is looked up. */
let canonicalSlugs: ReadonlyMap<string, string> | undefined

const readRows = (): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(rows).flatMap(([author, own]) =>
      own.flatMap((row) => {
        const names = row.split(" ")
        return names.map((name) => [modelKey(`${author}/${name}`), names[0]!] as const)
      }),
    ),
  )

/** The slug by which an author's model is known; the same one where nothing else is. */
export function knownSlug(author: string, slug: string): string {
  canonicalSlugs ??= readRows()
  return canonicalSlugs.get(modelKey(`${author}/${slug}`)) ?? slug
}

/** What one kind of provider calls a model by a name that means something else, or nothing, elsewhere; "" where the name moves. */
const local: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "amazon-bedrock": {
    "deepseek.r1": "deepseek/deepseek-r1",
    // Served by that name since it came to Bedrock; V3 itself never was.
    "deepseek.v3": "deepseek/deepseek-chat-v3.1",
    "deepseek.v3.1": "deepseek/deepseek-chat-v3.1",
    "deepseek.v3.2": "deepseek/deepseek-v3.2",
    "qwen.qwen3-235b-a22b-2507": "qwen/qwen3-235b-a22b-2507",
    "qwen.qwen3-next-80b-a3b": "qwen/qwen3-next-80b-a3b-instruct",
    "qwen.qwen3-vl-235b-a22b": "qwen/qwen3-vl-235b-a22b-instruct",
    "anthropic.claude-v2:1": "anthropic/claude-2.1",
    "anthropic.claude-v2": "anthropic/claude-2.0",
  },
  groq: {
    "llama-3.3-70b-versatile": "meta-llama/llama-3.3-70b-instruct",
    "llama-3.1-8b-instant": "meta-llama/llama-3.1-8b-instruct",
  },
  cerebras: {
    "llama3.1-8b": "meta-llama/llama-3.1-8b-instruct",
    "zai-glm-4.7": "z-ai/glm-4.7",
    "zai-glm-4.6": "z-ai/glm-4.6",
  },
  // Names of whatever is the newest (api-docs.deepseek.com); at routers the same words are the model of December 2024.
  deepseek: { "deepseek-chat": "", "deepseek-reasoner": "" },
  openrouter: {
    "deepseek/deepseek-chat": "deepseek/deepseek-v3",
    "deepseek/deepseek-chat:free": "deepseek/deepseek-v3",
  },
  "vercel-ai-gateway": { "deepseek/deepseek-chat": "", "deepseek/deepseek-reasoner": "" },
  requesty: { "deepseek/deepseek-chat": "", "deepseek/deepseek-reasoner": "" },
  fireworks: {
    "llama4-maverick-instruct-basic": "meta-llama/llama-4-maverick",
    "llama4-scout-instruct-basic": "meta-llama/llama-4-scout",
  },
}

/** Undefined: nothing special; "": it must not be taken for anything. */
export const localName = (vendor: string, name: string): string | undefined => {
  const names = Object.hasOwn(local, vendor) ? local[vendor]! : undefined
  return names !== undefined && Object.hasOwn(names, name) ? names[name] : undefined
}
