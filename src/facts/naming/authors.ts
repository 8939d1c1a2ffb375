/**
 * Who makes models, by what hosts put in front of their names: organisations at Hugging Face, prefixes at clouds, words of other gateways.
 * The author's own word here is OpenRouter's, because that is what most clients know. What is missing here keeps the word it has.
 */
const organisations: Readonly<Record<string, string>> = {
  "ai21-labs": "ai21",
  ai21labs: "ai21",
  alibaba: "qwen",
  "alibaba-nlp": "alibaba-nlp",
  amazon: "amazon",
  anthropic: "anthropic",
  "black-forest-labs": "black-forest-labs",
  bfl: "black-forest-labs",
  cohere: "cohere",
  coherelabs: "cohere",
  cohereforai: "cohere",
  deepseek: "deepseek",
  "deepseek-ai": "deepseek",
  google: "google",
  "ibm-granite": "ibm-granite",
  ibm: "ibm-granite",
  inception: "inception",
  inceptionai: "inception",
  jina: "jinaai",
  jinaai: "jinaai",
  liquid: "liquid",
  liquidai: "liquid",
  meta: "meta-llama",
  "meta-llama": "meta-llama",
  microsoft: "microsoft",
  minimax: "minimax",
  minimaxai: "minimax",
  mistral: "mistralai",
  mistralai: "mistralai",
  moonshot: "moonshotai",
  moonshotai: "moonshotai",
  nousresearch: "nousresearch",
  nvidia: "nvidia",
  openai: "openai",
  perplexity: "perplexity",
  "perplexity-ai": "perplexity",
  qwen: "qwen",
  stepfun: "stepfun",
  "stepfun-ai": "stepfun",
  tencent: "tencent",
  "tencent-hunyuan": "tencent",
  thudm: "z-ai",
  upstage: "upstage",
  voyage: "voyageai",
  voyageai: "voyageai",
  "x-ai": "x-ai",
  xai: "x-ai",
  "xai-org": "x-ai",
  xiaomi: "xiaomi",
  xiaomimimo: "xiaomi",
  "z-ai": "z-ai",
  zai: "z-ai",
  "zai-org": "z-ai",
  zhipu: "z-ai",
  zhipuai: "z-ai",
}

/**
 * Whose model it is when nobody stands in front of the name, by how it begins. Only names that no other author uses; and none of those that
 * others made out of a model and named after it.
 */
const families: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, "anthropic"],
  [
    /^(?:gpt-(?:\d|oss|image|audio|realtime|chat-latest)|chatgpt-|o[134](?:-|$)|text-embedding-(?:3|ada)|dall-e-|whisper-|tts-1|codex-mini|computer-use-preview|omni-moderation|sora-)/,
    "openai",
  ],
  [/^(?:gemini-|gemma-?\d|imagen-|veo-|text-embedding-00\d|text-multilingual-embedding|embeddinggemma)/, "google"],
  [/^grok-/, "x-ai"],
  [/^deepseek-/, "deepseek"],
  [/^(?:mistral-|mixtral-|ministral-|magistral-|codestral-|devstral-|pixtral-|voxtral-|open-mi[sx]tral-)/, "mistralai"],
  [/^(?:command-|cohere-|c4ai-|embed-(?:v\d|english|multilingual)|rerank-(?:v\d|english|multilingual))/, "cohere"],
  [/^(?:kimi-|moonshot-v)/, "moonshotai"],
  [/^(?:glm-|cogview)/, "z-ai"],
  [/^(?:qwen|qwq-|qvq-)/, "qwen"],
  [/^minimax-m/, "minimax"],
  [/^sonar(?:-|$)/, "perplexity"],
  [/^jamba-/, "ai21"],
  [/^voyage-/, "voyageai"],
  [/^jina-/, "jinaai"],
  [/^(?:meta-)?llama-?\d/, "meta-llama"],
  [/^phi-\d/, "microsoft"],
  [/^mimo-/, "xiaomi"],
  [/^flux[.-]/, "black-forest-labs"],
]

/** What others made of somebody's model carries that model's name, and is theirs. */
const derived =
  /distill|nemotron|hermes|dolphin|sonar-|tulu|sea-lion|euryale|lumimaid|openbio|storm|swallow|uncensored|abliterated|-ft(?:-|$)|finetune|merge|chatqa|tool-use/

/** Of a name without anybody in front; undefined where the name does not tell. */
export const authorOfFamily = (slug: string): string | undefined =>
  derived.test(slug) ? undefined : families.find(([pattern]) => pattern.test(slug))?.[1]

export const authorOfOrganisation = (organisation: string): string =>
  Object.hasOwn(organisations, organisation) ? organisations[organisation]! : organisation

/** Those that serve their own models only, by kind of provider. */
const ownModels: Readonly<Record<string, string>> = {
  ai21: "ai21",
  anthropic: "anthropic",
  cohere: "cohere",
  deepseek: "deepseek",
  elevenlabs: "elevenlabs",
  google: "google",
  inception: "inception",
  jina: "jinaai",
  minimax: "minimax",
  "minimax-cn": "minimax",
  mistral: "mistralai",
  moonshotai: "moonshotai",
  "moonshotai-cn": "moonshotai",
  openai: "openai",
  perplexity: "perplexity",
  reka: "rekaai",
  sakana: "sakana",
  sarvam: "sarvam",
  stepfun: "stepfun",
  upstage: "upstage",
  voyage: "voyageai",
  xai: "x-ai",
  xiaomi: "xiaomi",
  zai: "z-ai",
  "zai-cn": "z-ai",
}

export const authorOfVendor = (vendor: string): string | undefined =>
  Object.hasOwn(ownModels, vendor) ? ownModels[vendor] : undefined

const knownAuthors: ReadonlySet<string> = new Set([
  ...Object.values(organisations),
  ...families.map(([, author]) => author),
  ...Object.values(ownModels),
])

/** Whose name means the same to everybody. */
export const isKnownAuthor = (author: string): boolean => knownAuthors.has(author)
