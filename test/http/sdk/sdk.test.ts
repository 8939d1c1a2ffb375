import { afterAll, describe, expect, test } from "bun:test"
import { startFakeOpenAi } from "../../kit/fake-openai.ts"
import { openRouterAiScenarios, requestyAiScenarios } from "./ai-sdk.ts"
import { openAiScenarios } from "./openai.ts"
import { openRouterScenarios } from "./openrouter.ts"
import { failureOf, type SdkScenarios, type SdkTarget } from "./scenarios.ts"

const strict = await startFakeOpenAi()
/** OpenRouter's and Requesty's own request fields are refused by the strict fake, as by OpenAI; nulls in chunks by their SDKs. */
const lenient = await startFakeOpenAi({ strict: false, quirks: ["no-nulls"] })
const silent = await startFakeOpenAi({ strict: false, quirks: ["no-usage"] })
afterAll(async () => {
  await silent.stop()
  await strict.stop()
  await lenient.stop()
})

const target = (baseUrl: string): SdkTarget => ({ baseUrl, apiKey: "sk-test", model: "gpt-4o-mini", priced: false })

/**
 * The scenarios straight at the fake, so that a failure against the gateway is the gateway's. Left out is what OpenAI's protocol does
 * not let an SDK do: OpenRouter's wants numbers as error codes and errors in streams as whole chunks.
 */
const suites: readonly (readonly [string, SdkScenarios, SdkTarget, readonly (keyof SdkScenarios)[]])[] = [
  ["openai", openAiScenarios, target(strict.url), []],
  ["@openrouter/sdk", openRouterScenarios, target(lenient.url), ["error", "streamError"]],
  ["@openrouter/ai-sdk-provider", openRouterAiScenarios, target(lenient.url), []],
  ["@requesty/ai-sdk", requestyAiScenarios, target(lenient.url), []],
]

for (const [name, scenarios, at, unfit] of suites)
  describe(name, () => {
    for (const key of Object.keys(scenarios) as (keyof SdkScenarios)[])
      if (!unfit.includes(key)) test(key, () => scenarios[key](at))
  })

test("a scenario notices that the usage is missing", async () => {
  for (const [, scenarios, at] of suites) {
    const failure = await failureOf(scenarios.plain({ ...at, baseUrl: silent.url }))
    expect(failure).toBeInstanceOf(Error)
  }
})
