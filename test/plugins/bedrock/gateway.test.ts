import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test"
import { fakeRegion, startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"

const fake = startFakeBedrock()
let gateway: TestGateway

beforeAll(async () => {
  const { url } = fake
  const options = { endpoints: { runtime: url, mantle: url, agent_runtime: url } }
  const models = [
    { id: "anthropic/claude", upstream: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0" },
    { id: "amazon/nova", upstream: "amazon.nova-pro-v1:0" },
    { id: "openai/gpt-oss", upstream: "openai.gpt-oss-120b" },
  ]
  gateway = await startGateway(
    { providers: [{ id: "amazon-bedrock", options, models }] },
    { AWS_REGION: fakeRegion, AWS_ACCESS_KEY_ID: "AKIAFAKE", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG" },
  )
})
afterAll(async () => {
  await gateway.stop()
  await fake.stop()
})
beforeEach(() => {
  fake.calls.length = 0
})

const messages = [{ role: "user", content: "hello" }]
const operation = () => fake.calls.at(-1)?.path.split("/").at(-1)

test("a client of chat completions reaches all three routes, streamed or not, with AWS's usual variables alone", async () => {
  const routes = {
    "anthropic/claude": ["invoke", "invoke-with-response-stream"],
    "amazon/nova": ["converse", "converse-stream"],
    "openai/gpt-oss": ["completions"],
  }
  for (const [model, operations] of Object.entries(routes))
    for (const [at, expected] of operations.entries()) {
      const response = await gateway.chat({ model, messages, stream: at === 1 })
      const text = await response.text()
      expect([response.status, operation()]).toEqual([200, expected])
      if (at === 1) expect(text).toEndWith("data: [DONE]\n\n")
      else expect(JSON.parse(text).choices[0].message.content).toContain("Hello from")
    }
})

test("a client of the Messages API gets Anthropic's events through AWS's frames, and its betas go along", async () => {
  const body = { model: "anthropic/claude", max_tokens: 50, messages, stream: true }
  const response = await gateway.post("/v1/messages", body, {
    "anthropic-beta": "context-1m-2025-08-07,claude-code-20250219",
  })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(text).toContain("event: message_stop")
  expect(operation()).toBe("invoke-with-response-stream")
  expect(fake.calls.at(-1)?.body.anthropic_beta).toEqual(["context-1m-2025-08-07"])
  expect(response.headers.get("x-signalbox-losses")).toBe("1; dropped=headers.anthropic-beta")
})

test("a stream that breaks ends with an error, and neither key nor secret is logged", async () => {
  const response = await gateway.chat({
    model: "amazon/nova",
    messages: [{ role: "user", content: "stream throttled" }],
    stream: true,
  })
  expect(await response.text()).toContain("Too many requests")
  expect(gateway.logged()).not.toContain("wJalrXUtnFEMI")
})
