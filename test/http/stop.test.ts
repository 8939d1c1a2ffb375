import { expect, test } from "bun:test"
import { events, startGateway } from "../kit/gateway.ts"
import { chunked, startRawUpstream, streamHead } from "../kit/raw-upstream.ts"

const event = `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { content: "hi" }, finish_reason: null }] })}\n\n`

test("an answer that is not over at the deadline ends with a reason, and so does one that has not begun", async () => {
  let begun = () => {}
  const arrived = new Promise<void>((resolve) => {
    begun = resolve
  })
  const upstream = await startRawUpstream({
    hangs: (socket) => {
      socket.write(streamHead)
      socket.write(chunked(event))
    },
    silent: () => begun(),
  })
  const gateway = await startGateway({
    providers: [
      { id: "up", plugin: "openai-compatible", base_url: upstream.url },
      { id: "other", plugin: "openai-compatible", base_url: upstream.url },
    ],
  })
  const ask = (model: string, stream: boolean) =>
    gateway.chat({ model, stream, models: ["other/silent"], messages: [{ role: "user", content: "hi" }] })
  const started = await ask("up/hangs", true)
  const silent = ask("up/silent", false)
  await arrived
  const stopped = gateway.gateway.stop(0)
  const read = await events(started)
  expect(read.length).toBe(2)
  expect(read.at(-1)).toContain("server_stopping")
  const refused = await silent
  expect(refused.status).toBe(503)
  expect(await refused.text()).toContain("server_stopping")
  await stopped
  await gateway.stop()
  await upstream.stop()
})
