/** A vendor's name without what belongs to the vendor. */
export interface PlainName {
  /** Lower case; `author/slug`, with the author in anybody's words, or `slug` alone. */
  readonly name: string
  /** How the weights are stored there, where the name tells. */
  readonly quantization?: string
  /** Where it runs, where the name tells. */
  readonly region?: string
}

/** Geographies of inference profiles (docs.aws.amazon.com/bedrock, cross-region inference); genai-prices writes `regional.`. */
const geography = /^(?:us-gov|us|eu|apac|jp|au|ca|in|global|regional)\.(?=[a-z0-9-]+\.)/

/** `anthropic.claude-sonnet-4-5-20250929-v1:0`: the version is that of the service's interface; what has only a second one has others. */
const bedrock = (name: string): string => {
  const id = name.slice(name.lastIndexOf("/") + 1).replace(geography, "")
  const versioned = id
    .replace(/^(anthropic\..*-\d{8})-v\d+(?::\d+)?$/, "$1")
    .replace(/^(anthropic\..*)-v1(?::0)?$/, "$1")
    .replace(/^((?!amazon\.titan|stability\.).*)-v1:0$/, "$1")
    .replace(/^(openai\..*)-1:0$/, "$1")
    // `cohere.rerank-v3-5:0`, `nvidia.nemotron-nano-9b-v2:0`
    .replace(/:0$/, "")
    // `:48k`: the same model with a smaller window.
    .replace(/:\d+k$/, "")
  return versioned
}

const asAuthorSlash = (id: string): string => id.replace(/^([a-z0-9-]+)\.(?=[a-z])/, "$1/")

/** The last part of a resource's path, and who publishes it. */
const vertex = (name: string): string => {
  const [, publisher, model] =
    /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/(.+)$/.exec(name) ?? []
  const whole = publisher === undefined ? name : `${publisher}/${model}`
  return whole
    .replace(/@default$/, "")
    .replace(/-maas$/, "")
    .replace("@", "-")
}

/** `accounts/fireworks/models/glm-5p2`: a point is a `p` there, and `llama-v3p1` is Llama 3.1. Others' accounts have models of their own. */
const fireworks = (name: string): string | undefined => {
  const [, account, slug] = /^accounts\/([^/]+)\/(?:models|routers)\/(.+)$/.exec(name) ?? []
  if (account !== undefined && account !== "fireworks") return undefined
  return (slug ?? name).replace(/(\d)p(?=\d)/g, "$1.").replace(/^llama-v(?=\d)/, "llama-")
}

/** `@cf/meta/llama-3.1-8b-instruct-fp8-fast`: what is `fast` there is the same model, guessed ahead (developers.cloudflare.com/workers-ai). */
const cloudflare = (name: string): string =>
  name.replace(/^(?:workers-ai\/)?@(?:cf|hf)\//, "").replace(/-(fp8)-fast$/, "-$1")

/**
 * Meta's and Alibaba's instruct models end in `-Turbo` where they are stored in eight bits (docs.together.ai, serverless models;
 * deepinfra.com/models). A turbo of anybody else's is another model.
 */
const turbo = (name: string): PlainName =>
  /^(?:meta-llama\/.*|qwen\/qwen2\.5-.*)-instruct-turbo$/.test(name)
    ? { name: name.replace(/-turbo$/, ""), quantization: "fp8" }
    : { name }

/** Variants of OpenRouter's that are the same weights for another price, or by another way. */
const variant = /:(?:free|extended|nitro|floor|exacto|online|batch)$/

const forms: Readonly<Record<string, (name: string) => PlainName | undefined>> = {
  "amazon-bedrock": (name) => ({ name: asAuthorSlash(bedrock(name)) }),
  "google-vertex": (name) => ({ name: vertex(name) }),
  google: (name) => ({ name: name.replace(/^models\//, "") }),
  fireworks: (name) => {
    const own = fireworks(name)
    return own === undefined ? undefined : { name: own }
  },
  "cloudflare-workers-ai": (name) => ({ name: cloudflare(name) }),
  "cloudflare-ai-gateway": (name) => ({ name: cloudflare(name) }),
  together: (name) =>
    name === "qwen/qwen3-235b-a22b-instruct-2507-tput"
      ? { name: name.replace(/-tput$/, ""), quantization: "fp8" }
      : turbo(name),
  deepinfra: turbo,
  openrouter: (name) => ({ name: name.replace(variant, "") }),
  synthetic: (name) => ({ name: name.replace(/^hf:/, "") }),
  // `gpt-oss:120b`; the size is part of the name elsewhere.
  "ollama-cloud": (name) => ({ name: name.replace(/-cloud$/, "").replace(":", "-") }),
  requesty: requesty,
}
/** `vertex/claude-sonnet-4-5@europe-west1`, `azure/openai/gpt-image-1`: who serves it, whose it is, where. */
function requesty(name: string): PlainName {
  const [, path = name, region] = /^(.*?)(?:@([a-z][a-z0-9-]*))?$/.exec(name) ?? []
  const parts = path.split("/")
  const whole = /^(?:azure|vertex|bedrock|nebius|deepinfra|together|novita|parasail|groq|coding)$/.test(parts[0] ?? "")
    ? parts.slice(1).join("/")
    : path
  return region === undefined ? { name: whole } : { name: whole, region }
}

/** Where two kinds of provider name models alike. */
const alike: Readonly<Record<string, string>> = {
  "requesty-eu": "requesty",
  vertex: "google-vertex",
  bedrock: "amazon-bedrock",
}

/** Ways to store weights that are told at the end of a name. What somebody else calibrated (AWQ, GPTQ) is not only stored otherwise. */
const stored = /-(fp8|fp4|nvfp4|mxfp4|int8|int4|bf16|fp16)$/

/** Undefined where the name is of somebody's own model. */
export function plainName(vendor: string, upstream: string): PlainName | undefined {
  const kind = Object.hasOwn(alike, vendor) ? alike[vendor]! : vendor
  const lower = upstream.trim().toLowerCase()
  const read = Object.hasOwn(forms, kind) ? forms[kind]!(lower) : { name: lower }
  if (read === undefined) return undefined
  const precision = stored.exec(read.name)?.[1]
  return precision === undefined ? read : { ...read, name: read.name.replace(stored, ""), quantization: precision }
}
