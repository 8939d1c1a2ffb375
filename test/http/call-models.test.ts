import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../src/contract/index.ts"
import { leastBodies, postForm, startCalls } from "../kit/calls.ts"
import { errorOf } from "../kit/upstreams.ts"

const rig = await startCalls(
  ({ path, json }) => {
    if (!path.endsWith("/embeddings")) return { text: "x", results: [{ index: 0, relevance_score: 1 }], choices: [] }
    const { input } = json as { input: string[] }
    return { data: input.map((_, index) => ({ index, embedding: [index] })), usage: { prompt_tokens: input.length } }
  },
  { cooldown: { seconds: 0 } },
)
afterAll(() => rig.stop())

const kinds = Object.keys(leastBodies).filter((kind) => kind !== "chat")
const mistaken = kinds.flatMap((kind) =>
  Object.keys(leastBodies)
    // What makes images may converse about them.
    .filter((route) => route !== kind && !(kind === "images" && route === "chat"))
    .map((route) => [kind, route] as const),
)

test.each(mistaken)("a model for %s is not asked for %s", async (kind, route) => {
  const before = rig.seen.length
  const [path, body] = leastBodies[route]!
  const response = await rig.gateway.post(path, { model: `test/${kind}`, ...body })
  // The wrong route for a model is a mistake of the request (openrouter.ai/docs, errors: `wrong_endpoint`).
  expect(response.status).toBe(400)
  const error = await errorOf(response)
  expect(error).toMatchObject({ code: "invalid_request", param: "model" })
  expect(error.message).toContain(`"test/${kind}" cannot`)
  expect(rig.seen.length).toBe(before)
})

test.each(["/v1/embeddings", "/api/v1/embeddings"])(
  "%s: a list of models needs no first one beside it",
  async (path) => {
    const response = await rig.gateway.post(path, { models: ["test/rerank", "test/embeddings"], input: "x" })
    expect(response.status).toBe(200)
    expect((await response.json()) as JsonObject).toMatchObject({ model: "test/embeddings" })
  },
)

test("a form may name such a list too", async () => {
  const file = new File(["RIFF1234WAVEfmt "], "a.wav", { type: "audio/wav" })
  const models = JSON.stringify(["test/transcription"])
  const response = await postForm(rig.gateway, "/v1/audio/transcriptions", [
    ["models", models],
    ["file", file],
  ])
  expect(response.status).toBe(200)
  const none = await postForm(rig.gateway, "/v1/audio/transcriptions", [["file", file]])
  expect(await errorOf(none)).toMatchObject({ code: "invalid_request", param: "model" })
})

test("3,000 texts are one request of the client, and as many of the upstream as it takes", async () => {
  const before = rig.seen.length
  const input = Array.from({ length: 3000 }, (_, index) => `text ${index}`)
  const response = await rig.gateway.post("/v1/embeddings", { model: "test/embeddings", input })
  const { data, usage } = (await response.json()) as { data: { index: number }[]; usage: JsonObject }
  expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index))
  expect(usage.prompt_tokens).toBe(3000)
  expect(rig.seen.slice(before).map(({ json }) => (json as { input: string[] }).input.length)).toEqual([2048, 952])
})

test("lists say of such models nothing that is true of conversations alone", async () => {
  const { data } = (await (await rig.gateway.get("/v1/models/all")).json()) as { data: JsonObject[] }
  const tools = Object.fromEntries(data.map(({ id, supports_tool_calling }) => [id, supports_tool_calling]))
  expect(tools).toMatchObject({ "test/embeddings": false, "test/speech": false, "test/chat": true })
  const listed = (await (await rig.gateway.get("/api/v1/embeddings/models")).json()) as { data: JsonObject[] }
  expect(listed.data.find(({ id }) => id === "test/embeddings")?.supported_parameters).toEqual([])
})
