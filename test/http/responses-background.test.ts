import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import OpenAI from "openai"
import { startFakeResponses } from "../kit/fake-responses.ts"
import { events, inferenceKey, startGateway, type TestGateway } from "../kit/gateway.ts"

/** Answers that nobody waits for. */
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-background-"))
  folders.push(folder)
  return folder
}
const model = "openai/gpt-5.5"

const start = async (more: Readonly<Record<string, unknown>> = {}) => {
  const upstream = startFakeResponses()
  const gateway = await startGateway({
    providers: [
      {
        id: "openai",
        base_url: upstream.url,
        api_key: "k",
        models: [{ id: model, price: { input: 10_000, output: 10_000 } }],
      },
    ],
    retries: { same_upstream: 0 },
    ...more,
  })
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: inferenceKey, maxRetries: 0 })
  const stop = async () => {
    await upstream.stop()
    await gateway.stop()
  }
  return { upstream, gateway, client, stop }
}

type Status = OpenAI.Responses.ResponseStatus

/** Asks until the response is what it becomes in the end. */
const ended = async (client: OpenAI, id: string): Promise<OpenAI.Responses.Response> => {
  const unfinished: (Status | undefined)[] = ["queued", "in_progress"]
  for (;;) {
    const response = await client.responses.retrieve(id)
    if (!unfinished.includes(response.status)) return response
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => "no failure",
    (error: unknown) => error,
  )
const spentOf = async (gateway: TestGateway) =>
  ((await (await gateway.get("/api/v1/key")).json()) as { data: { usage: number } }).data.usage

test("it is queued, made, found, billed, and gone on with", async () => {
  const { client, gateway, stop } = await start()
  const queued = await client.responses.create({ model, input: "later", background: true })
  expect(queued).toMatchObject({ status: "queued", background: true, store: true, output: [] })
  const done = await ended(client, queued.id)
  expect(done).toMatchObject({ id: queued.id, status: "completed", background: true, store: true })
  expect(done.output_text).toBe("1 items: later")
  expect(await spentOf(gateway)).toBeCloseTo(0.15)
  const next = await client.responses.create({ model, previous_response_id: queued.id, input: "more" })
  expect(next.output_text).toBe("3 items: later|more")
  const record = await gateway.get(`/api/v1/generation?id=${queued.id}`)
  expect(((await record.json()) as { data: { status: number } }).data.status).toBe(200)
  await stop()
})

test("cancelling stops the upstream; cancelling again changes nothing", async () => {
  for (const stream of [false, true]) {
    const { client, upstream, stop } = await start()
    const id = stream
      ? (
          (await (
            await client.responses.create({ model, input: "hang", background: true, stream })
          )
            .toReadableStream()
            .getReader()
            .read()
            .then(({ value }) => JSON.parse(new TextDecoder().decode(value as Uint8Array)))) as {
            response: { id: string }
          }
        ).response.id
      : (await client.responses.create({ model, input: "hang", background: true })).id
    await upstream.hung
    expect((await client.responses.retrieve(id)).status).toBe("in_progress")
    expect(await failureOf(client.responses.create({ model, input: "?", previous_response_id: id }))).toMatchObject({
      status: 400,
      param: "previous_response_id",
    })
    expect((await client.responses.cancel(id)).status).toBe("cancelled")
    await upstream.gone
    expect((await client.responses.cancel(id)).status).toBe("cancelled")
    expect((await client.responses.retrieve(id)).status).toBe("cancelled")
    await stop()
  }
})

test("one that is not in the background cannot be cancelled", async () => {
  const { client, stop } = await start()
  const { id } = await client.responses.create({ model, input: "now" })
  expect(await failureOf(client.responses.cancel(id))).toMatchObject({ status: 400 })
  await stop()
})

test("a deleted one is stopped and leaves nothing", async () => {
  const { client, upstream, stop } = await start()
  const { id } = await client.responses.create({ model, input: "hang", background: true })
  await upstream.hung
  await client.responses.delete(id)
  await upstream.gone
  expect(await failureOf(client.responses.retrieve(id))).toMatchObject({ status: 404 })
  await stop()
})

test("a failure of the upstream is the response's", async () => {
  const { client, stop } = await start()
  const { id } = await client.responses.create({ model, input: "fail", background: true })
  const failed = await ended(client, id)
  expect(failed.status).toBe("failed")
  expect(failed.error?.code).toBe("server_error")
  await stop()
})

test("what is wrong with the request is refused at once", async () => {
  const { client, gateway, stop } = await start()
  expect(await failureOf(client.responses.create({ model: "no/such", input: "x", background: true }))).toMatchObject({
    status: 404,
  })
  expect(
    await failureOf(client.responses.create({ model, input: [{ type: "message" }] as never, background: true })),
  ).toMatchObject({ status: 400, param: "input[0].role" })
  expect(await failureOf(client.responses.create({ model, input: "x", background: true, store: false }))).toMatchObject(
    { status: 400, param: "background" },
  )
  expect(await spentOf(gateway)).toBe(0)
  await stop()
})

test("a key may have so many under way, and no more", async () => {
  const { client, upstream, stop } = await start()
  const running = await Promise.all(
    Array.from({ length: 32 }, () => client.responses.create({ model, input: "hang", background: true })),
  )
  expect(await failureOf(client.responses.create({ model, input: "x", background: true }))).toMatchObject({
    status: 429,
    code: "too_many_running",
  })
  await upstream.hung
  await Promise.all(running.map(({ id }) => client.responses.cancel(id)))
  expect((await client.responses.create({ model, input: "x", background: true })).status).toBe("queued")
  await stop()
})

test("its events can be left and read again, from any of them on", async () => {
  const { client, gateway, stop } = await start()
  const whole = await gateway.post("/v1/responses", { model, input: "stream this", background: true, stream: true })
  const reader = whole.body!.getReader()
  const first = new TextDecoder().decode((await reader.read()).value)
  const id = /"id":"(resp_\w+)"/.exec(first)![1]!
  // The client leaves with the first bytes.
  await reader.cancel()
  expect((await ended(client, id)).output_text).toBe("1 items: stream this")
  const again = (await events(await gateway.get(`/v1/responses/${id}?stream=true`))).map((data) => JSON.parse(data))
  expect(again[0].type).toBe("response.created")
  expect(again[0].response).toMatchObject({ id, background: true, store: true })
  expect(again.at(-1).type).toBe("response.completed")
  const rest = []
  for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 4 })) rest.push(event)
  expect(rest).toEqual(again.slice(5))
  const odd = await gateway.get(`/v1/responses/${id}?stream=true&starting_after=x`)
  expect(odd.status).toBe(400)
  const plain = await client.responses.create({ model, input: "no events" })
  expect(await failureOf(client.responses.retrieve(plain.id, { stream: true }))).toMatchObject({
    status: 400,
    param: "stream",
  })
  await stop()
})

test("one that is not over when the gateway stops has failed, with the reason", async () => {
  const dataDir = newFolder()
  const { client, gateway, upstream } = await start({ data_dir: dataDir })
  const { id } = await client.responses.create({ model, input: "hang", background: true })
  await upstream.hung
  await gateway.gateway.stop(0)
  const again = await start({ data_dir: dataDir })
  const failed = await again.client.responses.retrieve(id)
  expect(failed.status).toBe("failed")
  expect(failed.error?.message).toContain("shutting down")
  await Promise.all([upstream.stop(), gateway.stop(), again.stop()])
})
