import type { OpenRouter } from "@openrouter/sdk"
import type { Calls } from "./methods.ts"
import { tokens, type World } from "./world.ts"

/** A twentieth of a second of silence. */
const silence = (): Uint8Array => {
  const samples = 800
  const bytes = new Uint8Array(44 + samples)
  const view = new DataView(bytes.buffer)
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at)
  write(0, "RIFF")
  view.setUint32(4, 36 + samples, true)
  write(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, 8000, true)
  view.setUint32(28, 16_000, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  write(36, "data")
  view.setUint32(40, samples, true)
  return bytes
}

const messages = [{ role: "user" as const, content: "Hello" }]
const newCode = async ({ admin }: World): Promise<string> =>
  (await admin.ok("POST", "/api/v1/auth/keys/code", { callback_url: "https://app.example.test/back" })).data.id

/** What the current SDK has for whoever has an inference key, or none. */
export const currentCalled: Calls<OpenRouter> = {
  "apiKeys.getCurrentKeyMetadata": (client) => client.apiKeys.getCurrentKeyMetadata(),
  "chat.send": (client) => client.chat.send({ chatRequest: { model: "mock/echo", messages, stream: false } }),
  "responses.send": (client) => client.responses.send({ responsesRequest: { model: "mock/echo", input: "Hello" } }),
  "beta.responses.send": (client) =>
    client.beta.responses.send({ responsesRequest: { model: "mock/echo", input: "Hello" } }),
  callModel: (client) => client.callModel({ model: "mock/echo", input: "Hello" }).getResponse(),
  "embeddings.generate": (client) =>
    client.embeddings.generate({ requestBody: { model: "mock/embed", input: ["Hello", "World"] } }),
  "embeddings.listModels": (client) => client.embeddings.listModels(),
  "rerank.rerank": (client) =>
    client.rerank.rerank({ requestBody: { model: "mock/rerank", query: "Hello", documents: ["Hello", "World"] } }),
  "images.generate": (client) =>
    client.images.generate({ imageGenerationRequest: { model: "mock/image", prompt: "a cat" } }),
  "images.listModels": (client) => client.images.listModels(),
  "images.listModelEndpoints": (client) => client.images.listModelEndpoints({ author: "mock", slug: "image" }),
  "tts.createSpeech": (client) =>
    client.tts.createSpeech({
      speechRequest: { model: "mock/speech", input: "Hi", voice: "alloy", responseFormat: "pcm" },
    }),
  "stt.createTranscription": (client) =>
    client.stt.createTranscription({
      sttRequest: {
        model: "mock/transcribe",
        inputAudio: { data: Buffer.from(silence()).toString("base64"), format: "wav" },
      },
    }),
  "stt.createTranscriptionMultipart": (client) =>
    client.stt.createTranscriptionMultipart({
      requestBody: { model: "mock/transcribe", file: { fileName: "silence.wav", content: silence() } },
    }),
  "generations.getGeneration": (client, { generation }) => client.generations.getGeneration({ id: generation }),
  "generations.listGenerationContent": (client, { generation }) =>
    client.generations.listGenerationContent({ id: generation }),
  "generations.submitFeedback": (client, { generation }) =>
    client.generations.submitFeedback({
      submitGenerationFeedbackRequest: { generationId: generation, category: "latency", comment: "slow" },
    }),
  "models.get": (client) => client.models.get({ author: "mock", slug: "echo" }),
  "models.list": (client) => client.models.list(),
  "models.count": (client) => client.models.count(),
  "models.listForUser": (client) => client.models.listForUser({ bearer: tokens.caller }),
  "endpoints.list": (client) => client.endpoints.list({ author: "mock", slug: "echo" }),
  "endpoints.listZdrEndpoints": (client) => client.endpoints.listZdrEndpoints(),
  "providers.list": (client) => client.providers.list(),
  "presets.list": (client) => client.presets.list(),
  "presets.get": (client, { preset }) => client.presets.get({ slug: preset }),
  "presets.listVersions": (client, { preset }) => client.presets.listVersions({ slug: preset }),
  "presets.getVersion": (client, { preset }) => client.presets.getVersion({ slug: preset, version: "2" }),
  "oAuth.exchangeAuthCodeForAPIKey": async (client, world) =>
    client.oAuth.exchangeAuthCodeForAPIKey({ requestBody: { code: await newCode(world) } }),
}

/** These ask nobody. */
export const currentAlone: Calls<OpenRouter> = {
  "oAuth.createSHA256CodeChallenge": (client) => client.oAuth.createSHA256CodeChallenge(),
  "oAuth.createAuthorizationUrl": (client) =>
    client.oAuth.createAuthorizationUrl({ callbackUrl: "https://app.example.test/back" }),
}

/** OpenRouter's own business: hosted workers, statistics of its market, and what no upstream does. Asking for it ends at once, and well. */
export const currentElsewhere: readonly string[] = [
  "alpha.",
  "benchmarks.",
  "classifications.",
  "containers.",
  "datasets.",
  "files.",
  "interns.",
  "oAuth.listOauthJwks",
  "oAuth.createOauthToken",
  "observability.",
  "scim.",
  "systemOne.",
  "vault.",
  "videoGeneration.",
]
