import { afterAll, expect, test } from "bun:test"
import { startGateway } from "../kit/gateway.ts"

const words = "remember this rule ".repeat(200)
const gateway = await startGateway({
  providers: [
    {
      id: "house",
      plugin: "openai-compatible",
      base_url: "http://127.0.0.1:9/v1",
      api_key: "k",
      models: [{ id: "test/model" }],
    },
  ],
  presets: { long: { system: words, parameters: { model: "test/model" } } },
  default_model: "test/model",
})
afterAll(() => gateway.stop())

const messages = [{ role: "user", content: "hello" }]
const count = async (path: string, body: Readonly<Record<string, unknown>>): Promise<number> => {
  const answer = await gateway.post(path, body)
  const counted = (await answer.json()) as { input_tokens?: number; totalTokens?: number }
  expect(answer.status).toBe(200)
  return counted.input_tokens ?? counted.totalTokens!
}

test.each<[path: string, body: Readonly<Record<string, unknown>>]>([
  ["/v1/messages/count_tokens", { messages, model: "@preset/long" }],
  ["/v1/messages/count_tokens", { messages, preset: "long" }],
  ["/v1/messages/count_tokens", { messages, model: "test/model@preset/long" }],
  ["/v1/responses/input_tokens", { input: "hello", model: "@preset/long" }],
  ["/v1beta/models/@preset%2Flong:countTokens", { contents: [{ parts: [{ text: "hello" }] }] }],
])("%s counts what a preset lays under the request: %p", async (path, body) => {
  expect(await count(path, body)).toBeGreaterThan(400)
})

test("without one it is the request alone, of the default model where it names none", async () => {
  expect(await count("/v1/messages/count_tokens", { messages })).toBeLessThan(20)
  expect(await count("/v1/responses/input_tokens", { input: "hello" })).toBeLessThan(20)
})

test("a router's choice is counted as well", async () => {
  expect(await count("/v1/messages/count_tokens", { messages, model: "openrouter/auto" })).toBeLessThan(20)
})

test("a preset that nobody made is told", async () => {
  const answer = await gateway.post("/v1/messages/count_tokens", { messages, model: "@preset/none" })
  expect(answer.status).toBe(404)
})
