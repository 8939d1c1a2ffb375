import { startGateway, type TestGateway } from "./gateway.ts"

const count = 1200
const day = 86_400_000
const days = (ago: number): string => new Date(Date.now() - ago * day).toISOString().slice(0, 10)

const many = Array.from({ length: count }, (_, index) => ({
  id: `acme/model-${String(index).padStart(4, "0")}`,
  context: 1000 * (index + 1),
  price: { input: (index + 1) / 100, output: (index + 1) / 50 },
  released: "2025-01-31",
}))
const special = [
  {
    id: "anthropic/claude-test-1",
    upstream: "claude-test-1",
    name: "Claude Test",
    description: "Writes <poems> & proofs.",
    context: 200_000,
    max_output: 64_000,
    max_input: 180_000,
    price: {
      input: 3,
      output: 15,
      cache_read: 0.3,
      cache_write: 3.75,
      per_unit: { webSearch: 0.01 },
      tiers: [{ above: 200_000, input: 6, output: 22.5 }],
    },
    vision: true,
    pdf: true,
    tools: true,
    reasoning: true,
    efforts: ["low", "medium", "high"],
    quantization: "fp8",
    released: days(3),
    knowledge: "2026-02",
    shutdown: "2031-12-31",
    distillable: false,
    parameters: ["tools", "temperature", "verbosity"],
  },
  { id: "meta/llama-free", price: { input: 0, output: 0 }, distillable: true, context: 8000 },
  { id: "x/embed", kind: "embeddings", price: { input: 0.01 } },
  { id: "x/rerank", kind: "rerank", price: { per_unit: { searches: 0.002 } } },
  { id: "x/draw", kind: "images", price: { per_unit: { images: 0.04 } } },
  { id: "x/paint", input: ["text", "image"], output: ["text", "image"] },
]

/** What writes text: the many and the newest of them, Claude, the free row and its paid one, what paints, two aliases, a policy, two routers. */
export const writing = count + 1 + 1 + 2 + 1 + 2 + 1 + 2

/** A gateway that lists more models than a page holds, of every kind, at three providers. */
export const startManyModels = (): Promise<TestGateway> =>
  startGateway({
    providers: [
      { id: "big", plugin: "openai-compatible", base_url: "http://127.0.0.1:9/v1", api_key: "k", models: many },
      {
        id: "house",
        plugin: "openai-compatible",
        base_url: "http://127.0.0.1:9/v1",
        api_key: "k",
        name: "The House",
        region: "europe-west1",
        zdr: true,
        headquarters: "de",
        datacenters: ["fi", "de"],
        privacy_policy_url: "https://example.com/privacy",
        models: special,
      },
      {
        id: "house-us",
        plugin: "openai-compatible",
        base_url: "http://127.0.0.1:9/v1",
        api_key: "k",
        region: "us",
        models: [{ id: "meta/llama-free", price: { input: 0.1, output: 0.2 }, context: 16_000 }],
      },
    ],
    aliases: { small: "acme/model-0001", large: "acme/model-1199" },
    policies: { "policy/two": { fallback: [{ model: "acme/model-0001" }, { model: "acme/model-0010" }] } },
  })
