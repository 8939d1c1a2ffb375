import { afterAll, expect, test } from "bun:test"
import Anthropic from "@anthropic-ai/sdk"
import OpenAI from "openai"
import { inferenceKey, startGateway } from "../kit/gateway.ts"

const gateway = await startGateway({
  providers: [
    {
      id: "anthropic",
      api_key: "k",
      models: [{ id: "anthropic/claude-opus-5-5" }, { id: "anthropic/claude-haiku-5-5" }],
    },
    { id: "openai", api_key: "k", models: [{ id: "openai/gpt-5.2" }] },
  ],
  models: { public: false },
})
afterAll(() => gateway.stop())

const ids = ["anthropic/claude-opus-5-5", "anthropic/claude-haiku-5-5", "openai/gpt-5.2"]

/** What Claude Code and Claude Cowork ask before anything else: with the bearer key, and with `anthropic-version`. */
const discover = (headers: Readonly<Record<string, string>>) =>
  fetch(`${gateway.url}/v1/models?limit=1000`, { headers: { "anthropic-version": "2023-06-01", ...headers } })

test("model discovery answers in Anthropic's form, whichever way the key comes", async () => {
  for (const key of [{ authorization: `Bearer ${inferenceKey}` }, { "x-api-key": inferenceKey }]) {
    const response = await discover(key)
    expect(response.status).toBe(200)
    const list = (await response.json()) as { data: Record<string, unknown>[] }
    expect(list).toMatchObject({ has_more: false, first_id: ids[0], last_id: ids.at(-1) })
    expect(list.data.map(({ id }) => id)).toEqual(ids)
    for (const entry of list.data) {
      expect(entry).toMatchObject({ type: "model", display_name: expect.any(String) })
      expect(Date.parse(String(entry.created_at))).toBeGreaterThan(0)
    }
  }
})

test("model discovery without a key is refused", async () => {
  expect((await discover({})).status).toBe(401)
})

test("Anthropic's SDK pages through the list to its end", async () => {
  const client = new Anthropic({ baseURL: gateway.url, apiKey: inferenceKey })
  const found: string[] = []
  for await (const model of client.models.list({ limit: 1000 })) found.push(model.id)
  expect(found).toEqual(ids)
})

test("OpenAI's SDK still gets OpenAI's list from the same address", async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: inferenceKey })
  const found: string[] = []
  for await (const model of client.models.list()) found.push(`${model.object} ${model.id}`)
  // The names that coding agents ask for by default are there as well.
  expect(found).toEqual([...ids, "coding/claude-4-opus"].map((id) => `model ${id}`))
})

test("the first question of Claude Code costs nothing and needs no key", async () => {
  const logged = gateway.logged().length
  const response = await fetch(`${gateway.url}/api/hello`, { method: "HEAD" })
  expect([response.status, await response.text()]).toEqual([200, ""])
  expect(gateway.logged().slice(logged)).not.toMatch(/"level":"(?:warn|error)"/)
})

test("an offered upgrade to a socket is refused in the way that makes Codex fall back at once", async () => {
  for (const path of ["/v1/responses", "/api/v1/responses"]) {
    const response = await fetch(`${gateway.url}${path}`, {
      headers: {
        authorization: `Bearer ${inferenceKey}`,
        connection: "Upgrade",
        upgrade: "websocket",
        "openai-beta": "responses_websockets=2026-02-06",
      },
    })
    expect(response.status).toBe(426)
    await response.body?.cancel()
  }
})
