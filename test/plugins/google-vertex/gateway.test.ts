import { afterAll, expect, test } from "bun:test"
import { startFakeAzure } from "../../kit/fake-azure.ts"
import { startFakeVertex } from "../../kit/fake-vertex.ts"
import { events, startGateway } from "../../kit/gateway.ts"
import { generationOf } from "../../kit/upstreams.ts"

/** Both clouds behind a whole gateway, whose own clock, network and prices they use. */
const [vertex, azure] = [await startFakeVertex(), await startFakeAzure()]
vertex.now = Date.now()
azure.now = Date.now()
const gateway = await startGateway({
  providers: [
    {
      id: "google-vertex",
      base_url: vertex.url,
      options: { service_account: JSON.stringify(vertex.keyFile), location: "eu" },
    },
    {
      id: "azure",
      base_url: azure.url,
      options: {
        tenant_id: "tenant-1",
        client_id: "app-1",
        client_secret: "s3cret",
        authority: azure.url,
        region: "swedencentral",
        deployments: { "my-deployment": "gpt-4o" },
      },
    },
  ],
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([vertex.stop(), azure.stop()])
})

for (const [model, upstream] of [
  ["google-vertex/gemini-2.5-flash", "gemini-2.5-flash"],
  ["google-vertex/anthropic/claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4-5@20250929"],
  ["openai/gpt-4o", "my-deployment"],
] as const)
  test(`${model}: signed, answered, billed by its list price`, async () => {
    for (const stream of [false, true]) {
      const response = await gateway.chat({ model, stream, messages: [{ role: "user", content: "hello" }] })
      expect(response.status).toBe(200)
      const text = stream ? (await events(response)).join("") : JSON.stringify(await response.json())
      expect(text).toMatch(/hello/i)
      const { attempts, total_cost: cost } = await generationOf(gateway, response)
      expect(attempts).toHaveLength(1)
      expect(cost).toBeGreaterThan(0)
    }
    const seen = [...vertex.requests, ...azure.requests].map(({ path, body }) => path + JSON.stringify(body))
    expect(seen.some((one) => one.includes(upstream.replace(/^anthropic\//, "")))).toBe(true)
  })

test("where it runs is known", async () => {
  const { data } = (await (await gateway.get("/v1/models")).json()) as {
    data: readonly { id: string; geolocation: string }[]
  }
  expect(data.find(({ id }) => id.endsWith("gpt-4o"))?.geolocation).toBe("eu")
})

test("tokens are fetched once and never logged", () => {
  expect([vertex.issued(), azure.issued()]).toEqual([1, 1])
  expect(gateway.logged()).not.toMatch(/fake-token|entra-token|s3cret|PRIVATE KEY/)
})
