import { afterAll, describe, test } from "bun:test"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { inferenceKey, startGateway } from "../kit/gateway.ts"
import { openRouterAiScenarios, requestyAiScenarios } from "./sdk/ai-sdk.ts"
import { openAiScenarios } from "./sdk/openai.ts"
import { openRouterScenarios } from "./sdk/openrouter.ts"
import type { SdkScenarios } from "./sdk/scenarios.ts"

/** The official SDKs judge the gateway's replies, in front of a strict upstream and of one that is only nearly OpenAI's. */
const strict = await startFakeOpenAi()
const sloppy = await startFakeOpenAi({
  strict: false,
  keyless: true,
  quirks: ["usage-on-finish", "no-done", "no-tool-index"],
})
const price = { input: 1, output: 2 }
const gateway = await startGateway({
  providers: [
    {
      id: "strict",
      plugin: "openai",
      base_url: strict.url,
      api_key: "k",
      models: [{ id: "strict/model", upstream: "gpt-4o-mini", price }],
    },
    {
      id: "sloppy",
      plugin: "openai-compatible",
      base_url: sloppy.url,
      models: [{ id: "sloppy/model", upstream: "some-model", price }],
    },
  ],
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([strict.stop(), sloppy.stop()])
})

const suites: readonly (readonly [string, SdkScenarios, string])[] = [
  ["openai on /v1", openAiScenarios, "/v1"],
  ["openai on /api/v1", openAiScenarios, "/api/v1"],
  ["@openrouter/sdk", openRouterScenarios, "/api/v1"],
  ["@openrouter/ai-sdk-provider", openRouterAiScenarios, "/api/v1"],
  ["@requesty/ai-sdk", requestyAiScenarios, "/v1"],
]

for (const [name, scenarios, path] of suites) {
  for (const model of ["strict/model", "sloppy/model"]) {
    describe(`${name}, ${model}`, () => {
      for (const key of Object.keys(scenarios) as (keyof SdkScenarios)[]) {
        test(key, () => scenarios[key]({ baseUrl: `${gateway.url}${path}`, apiKey: inferenceKey, model, priced: true }))
      }
    })
  }
}
