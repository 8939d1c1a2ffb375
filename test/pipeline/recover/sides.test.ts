import { afterEach, expect, test } from "bun:test"
import { clients, hear } from "../../kit/clients/all.ts"
import { continuingProvider, modelOf, startContinuing, wholeText } from "../../kit/continuing.ts"
import { inferenceKey, startGateway } from "../../kit/gateway.ts"
import { pluginFolder, pluginText } from "../../kit/plugin-folder.ts"
import { chat, closeAll, type Opened, offer, question, recordOf, recoveryRig, tried } from "../../kit/recovery.ts"

const opened: Opened = []
afterEach(() => closeAll(opened))

test("a provider of its own parts breaks off, and a wire goes on", async () => {
  const parts = `{ name: "flaky", providers: [{ id: "flaky", name: "Flaky", standalone: true, create: () => ({ async *chat() {
    yield { type: "start" }
    yield { type: "text-start", index: 0 }
    yield { type: "text-delta", index: 0, text: ${JSON.stringify(wholeText.slice(0, 40))} }
    throw new Error("out of memory")
  } }) }] }`
  const folder = pluginFolder({
    "flaky.ts": pluginText("flaky", parts.replace('{ name: "flaky", providers', "{ providers")),
  })
  opened.push(folder.remove)
  const upstream = await startContinuing()
  opened.push(() => upstream.stop())
  const gateway = await startGateway({
    providers: [
      { id: "flaky", models: [{ id: "test/model", upstream: "x", price: { input: 1, output: 2 } }] },
      continuingProvider("p1", "messages", upstream.url, [
        { id: "test/model", upstream: modelOf("messages", "whole") },
      ]),
    ],
    plugins: { dir: folder.dir },
    strategy: "configured",
    routing: { stream_recovery: "continue" },
  })
  opened.push(() => gateway.stop())
  for (const client of clients) {
    const { said } = await hear(gateway, client, question)
    expect(said).toMatchObject({ text: wholeText, error: undefined })
  }
})

test("a client that leaves while another one goes on ends that one too", async () => {
  const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-5"), offer("messages", "stall-4")], {
    timeouts: { idle: 30 },
  })
  const controller = new AbortController()
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
    body: JSON.stringify(chat.body(question)),
    signal: controller.signal,
  })
  const reader = response.body!.getReader()
  let read = ""
  while (upstream.requests.length < 2 || read.length === 0)
    read += new TextDecoder().decode((await reader.read()).value)
  controller.abort()
  expect(await upstream.requests[1]!.closed).toBe("aborted")
  const record = await recordOf(gateway, response.headers)
  expect(record).toMatchObject({ cancelled: true, status: 499 })
  expect(tried(record)).toEqual(["p0 failed", "p1 cancelled continuation"])
})
