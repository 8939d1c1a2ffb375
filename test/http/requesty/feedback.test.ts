import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, inferenceKey, startGateway } from "../../kit/gateway.ts"
import { errorOf } from "../../kit/upstreams.ts"

const gateway = await startGateway({})
afterAll(() => gateway.stop())
const admin = new RequestyManagement(gateway.url, adminKey)

const say = (path: string, body: object, key = inferenceKey) =>
  gateway.post(path, body, { authorization: `Bearer ${key}` })
const answered = async (): Promise<Response> => {
  const answer = await gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "x" }] })
  expect(answer.status).toBe(200)
  return answer
}

test("what is said in either form is kept together, the later word for the same thing", async () => {
  const { id } = (await (await answered()).json()) as { id: string }
  expect((await say(`/feedback/${id}`, { data: { thumbs: "up", note: "good" } })).status).toBe(200)
  expect((await say("/v1/feedback", { request_id: id, rating: "thumbs_down" })).status).toBe(200)
  const last = await say(`/v1/feedback/${id}`, { data: { score: 4 } })
  expect((await last.json()) as JsonObject).toEqual({
    request_id: id,
    data: { thumbs: "down", note: "good", score: 4 },
  })
})

test("the id that the header tells is as good", async () => {
  const id = (await answered()).headers.get("x-requesty-request-id")
  expect((await say(`/feedback/${id}`, { data: { thumbs: "up" } })).status).toBe(200)
  // Whoever sees the log may say something as well.
  expect((await say(`/feedback/${id}`, { data: { reviewed: true } }, adminKey)).status).toBe(200)
})

test("what is deeper than anybody means is refused, and not tried", async () => {
  const { id } = (await (await answered()).json()) as { id: string }
  const nested = (levels: number) => JSON.parse(`{"data":{"x":${"[".repeat(levels)}${"]".repeat(levels)}}}`) as object
  expect((await say(`/feedback/${id}`, nested(20))).status).toBe(200)
  const refused = await say(`/feedback/${id}`, nested(300))
  expect(refused.status).toBe(400)
  expect(await errorOf(refused)).toMatchObject({ param: "data" })
  // Of any body no more is looked at than this.
  expect((await say(`/feedback/${id}`, nested(3000))).status).toBe(400)
})

test("answers of other keys are not there", async () => {
  const { id } = (await (await answered()).json()) as { id: string }
  const { api_key } = await admin.createKey({ name: "other" })
  for (const [path, body] of [
    [`/feedback/${id}`, { data: { thumbs: "up" } }],
    ["/v1/feedback", { request_id: id, rating: "thumbs_up" }],
    ["/feedback/chatcmpl-nothing", { data: { thumbs: "up" } }],
  ] as const)
    expect((await say(path, body, api_key)).status).toBe(404)
  expect((await say(`/feedback/${id}`, { data: { thumbs: "up" } }, "unknown")).status).toBe(403)
})

test.each<[string, object, string]>([
  ["/feedback/x", {}, "data"],
  ["/feedback/x", { data: "up" }, "data"],
  ["/feedback/x", { data: {} }, "data"],
  ["/feedback/x", { thumbs: "up" }, "thumbs"],
  ["/v1/feedback", { rating: "thumbs_up" }, "request_id"],
  ["/v1/feedback", { request_id: "x" }, "rating"],
  ["/v1/feedback", { request_id: "x", rating: "up" }, "rating"],
])("%s with %j is refused with its place", async (path, body, param) => {
  const answer = await say(path, body)
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ param })
})
