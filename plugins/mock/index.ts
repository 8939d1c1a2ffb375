import { definePlugin, GatewayError, type OfferSeed, type ProviderDefinition, Type } from "signalbox/plugin"
import { answer } from "./answer.ts"
import { echo } from "./echo.ts"
import { images, speech, transcription } from "./media.ts"
import { scriptOf } from "./script.ts"
import { embeddings, rerank } from "./vectors.ts"

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
  {
    model: "mock/embed",
    upstream: "embed",
    kind: "embeddings",
    name: "Embed",
    description: "Vectors made of the words themselves: texts with words in common lie near each other.",
    context: 131_072,
    price: { input: 1, output: 0 },
    created: 1_767_225_600,
  },
  {
    model: "mock/rerank",
    upstream: "rerank",
    kind: "rerank",
    name: "Rerank",
    description: "Ranks documents by the share of the query's words that they have. Billed by search units.",
    context: 131_072,
    price: { input: 0, output: 0, perUnit: { searches: 0.001 } },
    created: 1_767_225_600,
  },
  {
    model: "mock/image",
    upstream: "image",
    kind: "images",
    name: "Image",
    description: "A small picture that depends on the prompt alone. Billed by the image.",
    price: { input: 0, output: 0, perUnit: { images: 0.01 } },
    traits: { imageOutput: true },
    created: 1_767_225_600,
  },
  {
    model: "mock/speech",
    upstream: "speech",
    kind: "speech",
    name: "Speech",
    description: "A twentieth of a second of sound for each character. Billed by the character.",
    price: { input: 0, output: 0, perUnit: { characters: 0.00001 } },
    created: 1_767_225_600,
  },
  {
    model: "mock/transcribe",
    upstream: "transcribe",
    kind: "transcription",
    name: "Transcribe",
    description: "Says what file it was given, with times. Billed by the second of audio.",
    price: { input: 0, output: 0, perUnit: { seconds: 0.0001 } },
    created: 1_767_225_600,
  },
]

/** A provider without an upstream: for the first try, for demos and for tests. See README.md in this folder for scripts. */
export const mock: ProviderDefinition = {
  id: "mock",
  name: "Mock",
  create: () => ({
    models,
    abilities: { embeddings, rerank, images, speech, transcription },
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
