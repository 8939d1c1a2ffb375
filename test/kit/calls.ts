import { inferenceKey, startGateway, type TestGateway } from "./gateway.ts"
import { type SeenMedia, startMediaServer } from "./media.ts"

export const kindsOfCalls = ["embeddings", "rerank", "images", "speech", "transcription"] as const

/** A model of each kind; the upstream knows it by the kind. */
export const modelsOfCalls = [
  ...kindsOfCalls.map((kind) => ({ id: `test/${kind}`, upstream: kind, kind })),
  { id: "test/chat", upstream: "chat" },
]

/** A gateway in front of one server in OpenAI's shape; its models are `modelsOfCalls`. */
export async function startCalls(
  answer: (asked: SeenMedia) => Response | object,
  config: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly gateway: TestGateway; readonly seen: readonly SeenMedia[]; stop(): Promise<void> }> {
  const server = startMediaServer((asked) => {
    const given = answer(asked)
    return given instanceof Response ? given : Response.json(given)
  })
  const gateway = await startGateway({
    providers: [
      { id: "up", plugin: "openai-compatible", base_url: `${server.url}/v1`, api_key: "k", models: modelsOfCalls },
    ],
    retries: { same_upstream: 0, backoff_ms: 1 },
    ...config,
  })
  return {
    gateway,
    seen: server.requests,
    async stop() {
      await gateway.stop()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What each route is asked at least. */
export const leastBodies: Readonly<Record<string, readonly [string, object]>> = {
  embeddings: ["/v1/embeddings", { input: "x" }],
  rerank: ["/v1/rerank", { query: "q", documents: ["a"] }],
  images: ["/v1/images/generations", { prompt: "x" }],
  speech: ["/v1/audio/speech", { input: "x", voice: "v" }],
  transcription: ["/v1/audio/transcriptions", { file: `data:audio/wav;base64,${btoa("RIFF1234WAVEfmt ")}` }],
  chat: ["/v1/chat/completions", { messages: [{ role: "user", content: "x" }] }],
}

export const postForm = (gateway: TestGateway, path: string, parts: readonly (readonly [string, string | File])[]) => {
  const form = new FormData()
  for (const [name, value] of parts) form.append(name, value)
  return fetch(gateway.url + path, { method: "POST", headers: { authorization: `Bearer ${inferenceKey}` }, body: form })
}
