import { definePlugin, GatewayError, type OfferSeed, type ProviderDefinition, Type } from "signalbox/plugin"
import { answer } from "./answer.ts"
import { echo } from "./echo.ts"
import { scriptOf } from "./script.ts"

const common = {
  context: 131_072,
  maxOutput: 131_072,
  price: { input: 1, output: 2 },
  traits: { tools: true, reasoning: true, structuredOutput: true },
  created: 1_767_225_600,
} as const

const models: readonly OfferSeed[] = [
  {
    ...common,
    model: "mock/echo",
    upstream: "echo",
    name: "Echo",
    description: "Answers with the last user message, word by word. One word is one token. Needs no network.",
  },
  {
    ...common,
    model: "mock/script",
    upstream: "script",
    name: "Script",
    description: "Answers as the request's own script says: text, tool calls, reasoning, delays, failures.",
  },
]

/** A provider without an upstream: for the first try, for demos and for tests. See README.md in this folder for scripts. */
export const mock: ProviderDefinition = {
  id: "mock",
  name: "Mock",
  create: () => ({
    models,
    chat(call) {
      switch (call.model.replace(/^mock\//, "")) {
        case "echo":
          return answer(call, echo(call.request))
        case "script":
          return answer(call, scriptOf(call.request))
        default:
          throw new GatewayError("upstream_model_not_found", `The mock provider has no model "${call.model}".`, {
            provider: "mock",
          })
      }
    },
  }),
}

export default definePlugin({
  name: "mock",
  contract: 1,
  description: "A provider that needs no network",
  options: Type.Object({}),
  setup: () => ({ providers: [mock] }),
})
