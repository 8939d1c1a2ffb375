/** Where our kinds of provider have other names than the document's. */
const renamed: Readonly<Record<string, string>> = {
  "azure-cognitive-services": "azure",
  "cloudferro-sherlock": "cloudferro",
  "fireworks-ai": "fireworks",
  "google-vertex-anthropic": "google-vertex",
  inference: "inference-net",
  llama: "llama-api",
  "novita-ai": "novita",
  "privatemode-ai": "privatemode",
  "regolo-ai": "regolo",
  "tencent-tokenhub": "tencent",
  togetherai: "together",
  vercel: "vercel-ai-gateway",
  "xiaomi-token-plan-ams": "xiaomi-ams",
  "xiaomi-token-plan-cn": "xiaomi-cn",
  "xiaomi-token-plan-sgp": "xiaomi-sgp",
  zhipuai: "zai-cn",
  "zhipuai-coding-plan": "zai-cn-coding-plan",
}

/** Kinds that offer what another one does. */
const same: Readonly<Record<string, string>> = {
  "requesty-eu": "requesty",
  vertex: "google-vertex",
}

/** Servers that have what their operator put there: what they could have says nothing of what they offer. */
const ownServers: ReadonlySet<string> = new Set([
  "anthropic-compatible",
  "atomic-chat",
  "docker-model-runner",
  "jan",
  "litellm",
  "llama-cpp",
  "lmstudio",
  "localai",
  "mlx",
  "mock",
  "ollama",
  "openai-compatible",
  "sglang",
  "tgi",
  "vllm",
])

/** Those that are paid by the month, or free to try: a price of nothing is meant there. Elsewhere it means that nobody wrote one down. */
const flatRate: ReadonlySet<string> = new Set([
  "github-models",
  "llama-api",
  "nvidia",
  "xiaomi-ams",
  "xiaomi-cn",
  "xiaomi-sgp",
  "zai-cn-coding-plan",
  "zai-coding-plan",
])

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** The kind of provider that an entry of the document is about; undefined where it is of no use. */
export const vendorOf = (entry: string): string | undefined => {
  if (!/^[a-z0-9][a-z0-9._-]{0,99}$/.test(entry) || ownServers.has(entry)) return undefined
  return own(renamed, entry) ?? entry
}

/** Under which kind the facts about this one are kept. */
export const listedAs = (vendor: string): string => own(same, vendor) ?? vendor

/** Whether the document can know anything of this kind of provider. */
export const mayKnow = (vendor: string): boolean => !ownServers.has(vendor)

export const isFree = (vendor: string, model: string): boolean => flatRate.has(vendor) || /[:-]free$/.test(model)
