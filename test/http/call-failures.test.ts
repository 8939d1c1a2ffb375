import { afterAll, expect, test } from "bun:test"
import type { Socket } from "node:net"
import { kindsOfCalls, leastBodies, modelsOfCalls } from "../kit/calls.ts"
import { adminKey, startGateway } from "../kit/gateway.ts"
import { startRawUpstream, wholeHead } from "../kit/raw-upstream.ts"
import { errorOf } from "../kit/upstreams.ts"

const page = (socket: Socket) => {
  const body = "<html>502 Bad Gateway</html>"
  socket.end(`${wholeHead(body.length).replace("application/json", "text/html")}${body}`)
}
/** Half of an answer, and then the connection is gone. */
const cut = (socket: Socket) => socket.write(`${wholeHead(1000)}{"data":[`, () => socket.destroy())
const vector = (socket: Socket) => {
  const body = JSON.stringify({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1 } })
  socket.end(wholeHead(body.length) + body)
}

let answer: (socket: Socket) => void = page
// A form does not show its model.
const answers = Object.fromEntries(["", ...kindsOfCalls].map((name) => [name, (socket: Socket) => answer(socket)]))
const upstream = await startRawUpstream(answers)
const gateway = await startGateway({
  providers: [{ id: "up", plugin: "openai-compatible", base_url: upstream.url, api_key: "k", models: modelsOfCalls }],
  retries: { same_upstream: 0 },
  cooldown: { seconds: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

const ask = (kind: string) => {
  const [path, body] = leastBodies[kind]!
  return gateway.post(path, { model: `test/${kind}`, ...body })
}

test.each(kindsOfCalls)("%s: a page with status 200 is no answer", async (kind) => {
  answer = page
  const response = await ask(kind)
  expect(response.status).toBe(424)
  expect((await errorOf(response)).code).toBe("bad_provider_response")
})

test.each(kindsOfCalls)("%s: an answer that breaks off is the upstream's failure", async (kind) => {
  answer = cut
  const response = await ask(kind)
  expect(response.status).toBe(502)
  const { code, message } = await errorOf(response)
  expect(code).toBe("provider_down")
  expect(message).toContain("broke off")
})

test("however often that happens, the plugin stays switched on", async () => {
  answer = cut
  for (let times = 0; times < 12; times++) await ask("embeddings")
  expect(await (await gateway.get("/admin/plugins", adminKey)).text()).not.toContain("openai-compatible.embeddings")
  answer = vector
  expect((await ask("embeddings")).status).toBe(200)
})
