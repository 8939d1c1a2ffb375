import { afterAll, expect, test } from "bun:test"
import { startGateway } from "../kit/gateway.ts"

/** Seconds after which each upstream says that it can be asked again. */
const waits = [40, 3, 20]
const upstreams = waits.map((wait) =>
  Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () =>
      Response.json({ error: { message: "slow down" } }, { status: 429, headers: { "retry-after": String(wait) } }),
  }),
)
const gateway = await startGateway({
  providers: upstreams.map(({ port }, index) => ({
    id: `p${index}`,
    plugin: "openai-compatible",
    base_url: `http://127.0.0.1:${port}/v1`,
    api_key: "k",
    models: [{ id: "test/model", price: { input: 1, output: 1 } }],
  })),
  retries: { same_upstream: 0 },
  strategy: "configured",
})
afterAll(async () => {
  await gateway.stop()
  for (const upstream of upstreams) upstream.stop(true)
})

test("of several waits the shortest is told: one upstream is enough", async () => {
  const messages = [{ role: "user", content: "hi" }]
  const answer = await gateway.post("/api/v1/chat/completions", { model: "test/model", messages })
  expect(answer.status).toBe(429)
  expect(answer.headers.get("retry-after")).toBe("3")
  const { error } = (await answer.json()) as { error: Record<string, unknown> }
  expect(error).toMatchObject({
    metadata: { retry_after: 3 },
    availability: {
      code: "capacity_exhausted",
      retryable: true,
      retry_after: 3,
      affected_providers: ["p0", "p1", "p2"],
    },
  })
})
