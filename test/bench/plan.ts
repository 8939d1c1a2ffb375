/**
 * What planning a request costs, on this thread: `bun test/bench/plan.ts`. A catalogue of 5,000 models at 20 providers each, all facts known
 * and every offer used before, so that nothing is skipped. The goal is under 50 microseconds a request.
 */
import { Health } from "../../src/catalog/health/health.ts"
import type { LiveOffer } from "../../src/catalog/offers.ts"
import { makeOffer } from "../../src/catalog/offers.ts"
import { plan } from "../../src/pipeline/plan/plan.ts"
import { exchangeOf, providerOf, snapshotOf } from "../kit/planning.ts"

const models = 5000
const providers = 20
const requests = 200
const rounds = 100

const lives = Array.from({ length: providers }, (_, index) =>
  providerOf(`provider-${index}`, {
    region: index % 2 === 0 ? "eu" : "us",
    zdr: index % 3 === 0,
    dataCollection: index % 4 === 0 ? "allow" : "deny",
  }),
)
const parameters = "tools tool_choice temperature top_p max_tokens seed stop response_format structured_outputs".split(
  " ",
)
const offers: LiveOffer[] = Array.from({ length: models }, (_, model) =>
  lives.map((live, index) =>
    makeOffer(live, {
      model: `author-${model % 50}/model-${model}`,
      upstream: `model-${model}`,
      price: { input: 1 + index / 10, output: 2 + index / 5 },
      context: 128_000,
      maxOutput: 8192,
      input: ["text", "image"],
      output: ["text"],
      parameters,
      traits: { tools: index !== 7, structuredOutput: true },
      quantization: index % 5 === 0 ? "fp8" : "bf16",
      shutdown: "2099-01-01",
    }),
  ),
).flat()
const snapshot = snapshotOf({ offers })

const now = Date.UTC(2026, 5, 1)
const health = new Health({ failures: 1, cooldownMs: 15_000 }, { after: () => () => {} } as never)
for (const [index, { key }] of offers.entries()) {
  // Those that requests below are about; the others were not used lately.
  if (index >= 200 * providers) break
  for (let times = 0; times < 6; times++) {
    const visit = health.visit(key, 0, now - 60_000 + times * 1000, "streamed")
    visit.answered(now - 59_500 + times * 1000)
    visit.spoke(now - 59_500 + times * 1000)
    visit.ended(now - 58_000 + times * 1000, { result: "good", inputTokens: 100, outputTokens: 100 })
  }
}

const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }]
const cases: Readonly<Record<string, (model: string) => Record<string, unknown>>> = {
  "one provider of 20": (model) => ({ model: model.replace("author", "provider") }),
  "20 providers": (model) => ({ model }),
  "20 providers, tools": (model) => ({ model, tools, temperature: 0.5, max_tokens: 100 }),
  "20 providers, only and sort": (model) => ({
    model,
    provider: { only: ["provider-1", "provider-3", "provider-5"], sort: "throughput", max_price: { prompt: 2 } },
  }),
  "20 providers, zdr and all parameters": (model) => ({
    model,
    tools,
    provider: { zdr: true, require_parameters: true, order: ["provider-9"], quantizations: ["bf16"] },
  }),
}

/** The fastest of the rounds: whatever else the machine does only ever adds. */
function measure(body: (model: string) => Record<string, unknown>, isSingle: boolean): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const exchanges = Array.from({ length: requests }, (_, index) => {
      const name = index % 200
      const model = isSingle ? `provider-${index % providers}/model-${name}` : `author-${name % 50}/model-${name}`
      return exchangeOf(
        { ...body(model), model },
        { offers: [], snapshot, now, random: Math.random, view: (key, at) => health.view(key, at) },
      )
    })
    const started = performance.now()
    for (const exchange of exchanges) void plan(exchange)
    best = Math.min(best, ((performance.now() - started) * 1000) / requests)
  }
  return best
}

for (const [name, body] of Object.entries(cases))
  console.log(`${measure(body, name.startsWith("one")).toFixed(1).padStart(7)} µs  ${name}`)
