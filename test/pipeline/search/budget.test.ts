import { afterAll, expect, test } from "bun:test"
import { inferenceKey } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"
import { finding, searchText, startSearchRig, takeQueries } from "../../kit/web-search.ts"

// A search costs a quarter of a dollar: two of them fit, three do not.
const limit = 0.6
const rig = await startSearchRig(
  { "finder.ts": searchText("finder", finding()) },
  { keys: [{ name: "test", key: inferenceKey, limit }] },
)
afterAll(() => rig.stop())

const ask = (path: string, body: object) => rig.gateway.post(path, { model: "plain/model", max_tokens: 20, ...body })

const messages = [{ role: "user", content: "is the moon full?" }]
const tools = [{ type: "web_search" }]

test("a search is held for like everything that costs, so that requests at once never spend more than the limit", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask("/v1/chat/completions", { messages, tools })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 412, 412, 412, 412, 412, 412])
  const key = (await (await rig.gateway.get("/api/v1/key")).json()) as { data: { usage: number; limit_held: number } }
  expect(key.data.usage).toBeGreaterThan(0.5)
  expect(key.data.usage).toBeLessThanOrEqual(limit)
  expect(key.data.limit_held).toBe(0)
  expect(takeQueries().length).toBeLessThanOrEqual(2)
})

test.each<readonly [string, string, object]>([
  ["chat", "/v1/chat/completions", { messages, tools }],
  ["OpenRouter's plugin", "/v1/chat/completions", { messages, plugins: [{ id: "web" }] }],
  ["Messages", "/v1/messages", { messages, tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 3 }] }],
  ["Responses", "/v1/responses", { input: "is the moon full?", tools }],
])("%s: what is left does not pay for a search, so none is made", async (_, path, body) => {
  const before = rig.plain.count
  const refused = await ask(path, body)
  expect(refused.status).toBe(412)
  expect((await errorOf(refused)).code).toBe("spend_limit_reached")
  expect([rig.plain.count, takeQueries()]).toEqual([before, []])
})

test("without a search the same key still gets its answer", async () => {
  expect((await ask("/v1/chat/completions", { messages })).status).toBe(200)
})
