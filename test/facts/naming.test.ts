import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { modelKey } from "../../src/contract/model-key.ts"
import { canonicalName, factsOfName, readName } from "../../src/facts/naming.ts"
import { overlay } from "../../src/facts/overlay/overlay.ts"

describe("one name for the same weights at every vendor", () => {
  const same: readonly (readonly [canonical: string, ...names: (readonly [vendor: string, upstream: string])[]])[] = [
    [
      "anthropic/claude-sonnet-4.5",
      ["anthropic", "claude-sonnet-4-5"],
      ["anthropic", "claude-sonnet-4-5-20250929"],
      ["amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"],
      ["amazon-bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"],
      [
        "amazon-bedrock",
        "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
      ],
      ["google-vertex", "claude-sonnet-4-5@20250929"],
      ["google-vertex", "publishers/anthropic/models/claude-sonnet-4-5@20250929"],
      ["openrouter", "anthropic/claude-sonnet-4.5"],
      ["requesty", "vertex/claude-sonnet-4-5@europe-west1"],
      ["vercel-ai-gateway", "anthropic/claude-sonnet-4.5"],
    ],
    [
      "anthropic/claude-opus-4.6",
      ["amazon-bedrock", "eu.anthropic.claude-opus-4-6-v1"],
      ["google-vertex", "claude-opus-4-6@default"],
    ],
    [
      "anthropic/claude-3.5-haiku",
      ["anthropic", "claude-3-5-haiku-latest"],
      ["google-vertex", "claude-3-5-haiku@20241022"],
    ],
    [
      "meta-llama/llama-3.3-70b-instruct",
      ["together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"],
      ["groq", "llama-3.3-70b-versatile"],
      ["amazon-bedrock", "meta.llama3-3-70b-instruct-v1:0"],
      ["cloudflare-workers-ai", "@cf/meta/llama-3.3-70b-instruct-fp8-fast"],
      ["google-vertex", "meta/llama-3.3-70b-instruct-maas"],
      ["azure", "Llama-3.3-70B-Instruct"],
      ["openrouter", "meta-llama/llama-3.3-70b-instruct:free"],
      ["ovhcloud", "Meta-Llama-3_3-70B-Instruct"],
      ["cerebras", "llama-3.3-70b"],
    ],
    [
      "meta-llama/llama-3.1-8b-instruct",
      ["fireworks", "accounts/fireworks/models/llama-v3p1-8b-instruct"],
      ["nvidia", "meta/llama-3.1-8b-instruct"],
    ],
    [
      "z-ai/glm-5.2",
      ["fireworks", "accounts/fireworks/models/glm-5p2"],
      ["together", "zai-org/GLM-5.2"],
      ["zai", "glm-5.2"],
    ],
    [
      "openai/gpt-oss-120b",
      ["groq", "openai/gpt-oss-120b"],
      ["amazon-bedrock", "openai.gpt-oss-120b-1:0"],
      ["ollama-cloud", "gpt-oss:120b-cloud"],
    ],
    [
      "openai/gpt-4.1-mini",
      ["openai", "gpt-4.1-mini-2025-04-14"],
      ["azure", "gpt-4.1-mini"],
      ["openrouter", "openai/gpt-4.1-mini"],
    ],
    [
      "deepseek/deepseek-chat-v3-0324",
      ["azure", "DeepSeek-V3-0324"],
      ["openrouter", "deepseek/deepseek-chat-v3-0324:free"],
      ["deepinfra", "deepseek-ai/DeepSeek-V3-0324"],
    ],
    [
      "qwen/qwen-2.5-72b-instruct",
      ["alibaba", "qwen2-5-72b-instruct"],
      ["hyperbolic", "Qwen/Qwen2.5-72B-Instruct"],
      ["openrouter", "qwen/qwen-2.5-72b-instruct"],
    ],
    [
      "mistralai/mistral-small-3.2-24b-instruct",
      ["mistral", "mistral-small-2506"],
      ["openrouter", "mistralai/mistral-small-3.2-24b-instruct"],
    ],
    ["moonshotai/kimi-k2-0905", ["moonshotai", "kimi-k2-0905-preview"], ["groq", "moonshotai/kimi-k2-instruct-0905"]],
    ["amazon/nova-pro-v1", ["amazon-bedrock", "us.amazon.nova-pro-v1:0"], ["openrouter", "amazon/nova-pro-v1"]],
    ["x-ai/grok-4.3", ["xai", "grok-4.3"], ["amazon-bedrock", "xai.grok-4.3"], ["openrouter", "x-ai/grok-4.3"]],
    ["cohere/rerank-v3.5", ["cohere", "rerank-v3.5"], ["amazon-bedrock", "cohere.rerank-v3-5:0"]],
  ]
  test.each(same)("%s", (canonical, ...names) => {
    for (const [vendor, upstream] of names)
      expect([vendor, upstream, readName(vendor, upstream).canonical]).toEqual([vendor, upstream, canonical])
  })
})

describe("different weights stay apart", () => {
  const apart: readonly (readonly [string, readonly string[]])[] = [
    [
      "openai",
      [
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4o-2024-05-13",
        "gpt-4o-2024-08-06",
        "gpt-4o-2024-11-20",
        "gpt-4",
        "gpt-4-turbo",
        "gpt-4.1",
      ],
    ],
    ["openai", ["o3", "o3-mini", "o3-pro", "o3-deep-research"]],
    [
      "anthropic",
      [
        "claude-3-5-sonnet-20240620",
        "claude-3-5-sonnet-20241022",
        "claude-3-7-sonnet-20250219",
        "claude-sonnet-4-0",
        "claude-opus-4-0",
      ],
    ],
    [
      "openrouter",
      [
        "anthropic/claude-opus-4.8",
        "anthropic/claude-opus-4.8-fast",
        "qwen/qwen3-max",
        "qwen/qwen3-max-thinking",
        "qwen/qwen3-235b-a22b",
        "qwen/qwen3-235b-a22b-2507",
        "qwen/qwen3-235b-a22b-thinking-2507",
      ],
    ],
    [
      "together",
      [
        "Qwen/Qwen3-Coder-480B-A35B-Instruct-Turbo",
        "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8",
        "openai/gpt-oss-20b",
        "openai/gpt-oss-120b",
      ],
    ],
    [
      "mistral",
      ["mistral-large-2411", "mistral-large-2407", "mistral-large-2512", "mistral-medium-2505", "mistral-medium-2508"],
    ],
    [
      "moonshotai",
      [
        "kimi-k2-0711-preview",
        "kimi-k2-0905-preview",
        "kimi-k2-turbo-preview",
        "kimi-k2-thinking",
        "kimi-k2-thinking-turbo",
      ],
    ],
    [
      "google",
      [
        "gemini-2.5-flash",
        "gemini-2.5-flash-lite",
        "gemini-2.5-flash-image",
        "gemini-2.5-flash-preview-tts",
        "gemini-2.5-pro",
      ],
    ],
    [
      "amazon-bedrock",
      [
        "amazon.titan-embed-text-v1",
        "amazon.titan-embed-text-v2:0",
        "deepseek.r1-v1:0",
        "deepseek.v3-v1:0",
        "deepseek.v3.2",
      ],
    ],
    ["groq", ["deepseek-r1-distill-llama-70b", "llama-3.3-70b-versatile"]],
    ["nvidia", ["meta/llama-3.1-70b-instruct", "nvidia/llama-3.1-nemotron-70b-instruct"]],
    ["fireworks", ["accounts/fireworks/models/kimi-k2p6", "accounts/fireworks/routers/kimi-k2p6-fast"]],
    [
      "huggingface",
      ["unsloth/Llama-3.3-70B-Instruct", "meta-llama/Llama-3.3-70B-Instruct", "meta-llama/Llama-3.3-70B-Instruct-AWQ"],
    ],
  ]
  test.each(apart)("at %s: %p", (vendor, names) => {
    const keys = names.map((name) => modelKey(readName(vendor, name).canonical ?? `${vendor}/${name}`))
    expect(new Set(keys).size).toBe(names.length)
  })

  test("what DeepSeek moves from model to model is not what routers call by the same name", () => {
    expect(readName("deepseek", "deepseek-chat").canonical).toBeUndefined()
    expect(readName("openrouter", "deepseek/deepseek-chat").canonical).toBe("deepseek/deepseek-v3")
  })
})

test("names that their vendors move, routers, and models of somebody's own account have no canonical name", () => {
  for (const [vendor, name] of [
    ["mistral", "mistral-large-latest"],
    ["google", "gemini-flash-latest"],
    ["openrouter", "~anthropic/claude-sonnet-latest"],
    ["openrouter", "openrouter/auto"],
    ["fireworks", "accounts/acme/models/llama-v3p1-8b-instruct"],
    ["groq", "my-model"],
    ["ollama-cloud", ""],
  ] as const)
    expect([name, readName(vendor, name).canonical]).toEqual([name, undefined])
})

test("OpenRouter's, Requesty's and the vendors' spelling of a public name lead to one", () => {
  for (const name of [
    "anthropic/claude-sonnet-4.5",
    "anthropic/claude-sonnet-4-5",
    "Anthropic/Claude-Sonnet-4.5",
    "anthropic/claude-sonnet-4-5-20250929",
    "anthropic/claude-4-5-sonnet",
    "anthropic/claude-4.5-sonnet",
    "claude-sonnet-4-5",
    "claude-4.5-sonnet",
  ])
    expect([name, canonicalName(name)]).toEqual([name, "anthropic/claude-sonnet-4.5"])
  expect(canonicalName("anthropic/claude-3-7-sonnet-latest")).toBe("anthropic/claude-3.7-sonnet")
  expect(canonicalName("anthropic/claude-sonnet-3.7")).toBe("anthropic/claude-3.7-sonnet")
  expect(canonicalName("mistral/mistral-large-2512")).toBe("mistralai/mistral-large-2512")
  expect(canonicalName("xai/grok-4-0709")).toBe("x-ai/grok-4")
  expect(canonicalName("deepseek-ai/DeepSeek-V3-0324")).toBe("deepseek/deepseek-chat-v3-0324")
  expect(canonicalName("nothing-that-anybody-knows")).toBeUndefined()
})

test("the name tells how weights are stored, where they run, what they are for", () => {
  expect(readName("together", "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8")).toEqual({
    canonical: "meta-llama/llama-4-maverick",
    quantization: "fp8",
  })
  expect(readName("requesty", "bedrock/claude-sonnet-4-5@eu-central-1")).toEqual({
    canonical: "anthropic/claude-sonnet-4.5",
    region: "eu-central-1",
  })
  const kind = (vendor: string, name: string) => factsOfName(vendor, name).kind
  expect(kind("openai", "text-embedding-3-small")).toBe("embeddings")
  expect(kind("cohere", "rerank-v3.5")).toBe("rerank")
  expect(kind("groq", "whisper-large-v3-turbo")).toBe("transcription")
  expect(kind("google", "gemini-2.5-pro-preview-tts")).toBe("speech")
  expect(kind("google", "gemini-3-pro-image-preview")).toBe("images")
  expect(kind("openai", "gpt-5.4")).toBeUndefined()
})

describe("properties", () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/)
  const number = fc.stringMatching(/^\d{1,3}$/)
  const part = fc.oneof(
    word,
    number,
    fc.tuple(word, number).map(([left, right]) => left + right),
  )
  const slug = fc.array(part, { minLength: 1, maxLength: 6 })
  const seed = { seed: 20260702, numRuns: 2000 }

  test("a key forgets case and what stands between words, and nothing else", () => {
    fc.assert(
      fc.property(slug, slug, fc.constantFrom("-", ".", "_"), (one, other, mark) => {
        expect(modelKey(one.join("-"))).toBe(modelKey(one.join(mark).toUpperCase()))
        const plain = (parts: readonly string[]) => parts.join("-").replace(/([a-z])-?(?=\d)/g, "$1-")
        if (plain(one) !== plain(other)) expect(modelKey(one.join("-"))).not.toBe(modelKey(other.join("-")))
      }),
      seed,
    )
  })

  const names = [...overlay().vendors].flatMap((vendor) =>
    overlay()
      .list(vendor)
      .map(({ upstream }) => [vendor, upstream] as const),
  )

  test("a canonical name is its own canonical name, in any spelling", () => {
    for (const [vendor, upstream] of names) {
      const { canonical } = readName(vendor, upstream)
      if (canonical === undefined) continue
      expect([upstream, canonicalName(canonical)]).toEqual([upstream, canonical])
      expect(modelKey(canonicalName(canonical.replaceAll(".", "-")) ?? "")).toBe(modelKey(canonical))
      expect(canonical).toMatch(/^[a-z0-9-]+\/[a-z0-9][a-z0-9.+-]*$/)
    }
  })

  test("a size, a version or a word more is another model, whatever the model and the vendor", () => {
    const more = fc.constantFrom("-mini", "-turbo", "-thinking", "-nano", "-7b", "-v9", "-fast", "-high", "-2099")
    fc.assert(
      fc.property(fc.constantFrom(...names), more, ([vendor, upstream], suffix) => {
        const { canonical } = readName(vendor, upstream)
        // Behind a version of Bedrock's interface, or a date, nothing can be added to a name.
        fc.pre(canonical !== undefined && !/[:@]|-v\d$|-\d{8}$/.test(upstream))
        // Meta's Turbo is the one word that a vendor uses for how it stores the same weights.
        fc.pre(suffix !== "-turbo" || !/^(?:together|deepinfra)$/.test(vendor))
        const other = readName(vendor, upstream + suffix).canonical
        if (other !== undefined) expect(modelKey(other)).not.toBe(modelKey(canonical!))
      }),
      { seed: 20260702, numRuns: 5000 },
    )
  })

  test("any text is read without a throw", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("amazon-bedrock", "google-vertex", "fireworks", "requesty", "openrouter", "x"),
        fc.string({ unit: "binary" }),
        (vendor, name) => {
          readName(vendor, name)
          canonicalName(name)
        },
      ),
      seed,
    )
  })
})
