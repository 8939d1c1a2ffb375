import { afterAll, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { OpenRouter } from "@openrouter/sdk"
import { adminKey, inferenceKey, type TestGateway } from "../kit/gateway.ts"
import { ask, startRig } from "../kit/upstreams.ts"

const marked = "canary-3c0f9b"
const keys = [
  { name: "kept", key: inferenceKey },
  { name: "other", key: "other-inference-key-0123456789" },
]
const rigs = await Promise.all([
  startRig(["text"], { keys, bodies: { store: true, body_bytes: 900 } }),
  startRig(["text"], { keys, bodies: { store: true, encryption_key: "a passphrase of the operator" } }),
  startRig(["text"], { keys }),
  startRig(["error-500"], { keys, bodies: { store: true }, retries: { same_upstream: 0 } }),
])
afterAll(() => Promise.all(rigs.map((rig) => rig.stop())))
const [open, sealed, off, failing] = rigs.map(({ gateway }) => gateway) as [
  TestGateway,
  TestGateway,
  TestGateway,
  TestGateway,
]

const call = async (gateway: TestGateway, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const response = await gateway.chat(body, headers)
  return { id: response.headers.get("x-generation-id") ?? "", text: await response.text() }
}
const content = (gateway: TestGateway, id: string, key = inferenceKey) =>
  gateway.get(`/api/v1/generation/content?id=${id}`, key)
/** Whether a text is in any file of the data folder, as it is or compressed. */
const isOnDisk = (gateway: TestGateway, text: string): boolean =>
  readdirSync(gateway.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    .some((bytes) => bytes.includes(text) || framesOf(bytes).some((frame) => frame.includes(text)))

/** What is compressed by zstd in a file, wherever it begins. */
function framesOf(bytes: Buffer): readonly string[] {
  const found: string[] = []
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1))
    for (let end = at; ; ) {
      const next = bytes.indexOf("BODY", end + 1)
      end = next < 0 ? bytes.length : next
      try {
        found.push(Buffer.from(Bun.zstdDecompressSync(new Uint8Array(bytes.subarray(at, end)))).toString())
      } catch {
        // Not where a frame ends.
      }
      if (next < 0) break
    }
  return found
}

test("@openrouter/sdk reads what was said, whole and streamed, right after the end", async () => {
  for (const gateway of [open, sealed])
    for (const stream of [false, true]) {
      const { id, text } = await call(gateway, ask(`Say ${marked}`, { stream }))
      const client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: inferenceKey })
      const { data } = await client.generations.listGenerationContent({ id })
      expect(data.input).toEqual({ messages: [{ role: "user", content: `Say ${marked}` }] })
      expect(data.output.completion?.length).toBeGreaterThan(0)
      if (!stream) expect(text).toContain(JSON.stringify(data.output.completion).slice(1, -1))
      expect(data.error).toBeNull()
    }
})

test("the key that asked reads it, and whoever may read all; nobody else", async () => {
  const { id } = await call(open, ask("Hello"))
  expect((await content(open, id)).status).toBe(200)
  expect((await content(open, id, adminKey)).status).toBe(200)
  expect((await content(open, id, "other-inference-key-0123456789")).status).toBe(404)
  expect((await content(open, id, "nobody")).status).toBe(401)
  expect((await open.get("/api/v1/generation/content", inferenceKey)).status).toBe(400)
  const { data } = (await (await open.get(`/admin/log/${id}`, adminKey)).json()) as { data: { bodies: unknown } }
  expect(data.bodies).toMatchObject({ changed: false, request_cut: 0, answer_cut: 0 })
})

test("a request may ask not to be kept", async () => {
  for (const [body, headers] of [
    [ask(`Say ${marked}-1`), { "x-signalbox-no-store": "true" }],
    [ask(`Say ${marked}-2`, { provider: { zdr: true } }), {}],
  ] as const) {
    const { id } = await call(open, body, headers)
    expect((await content(open, id)).status).toBe(404)
  }
  expect(isOnDisk(open, `${marked}-1`) || isOnDisk(open, `${marked}-2`)).toBe(false)
})

test("what is over the limit is cut, and says so", async () => {
  const { id } = await call(open, ask("long ".repeat(300)))
  const { data } = (await (await content(open, id)).json()) as { data: { cut: { input: number }; input: object } }
  expect(data.cut.input).toBeGreaterThan(500)
  expect(data.input).toHaveProperty("prompt")
})

test("a request that failed upstream is kept with its failure", async () => {
  const { id } = await call(failing, ask("Hello"))
  const client = new OpenRouter({ serverURL: `${failing.url}/api/v1`, apiKey: inferenceKey })
  const { data } = await client.generations.listGenerationContent({ id })
  expect(data.output).toEqual({ completion: null, reasoning: null })
  expect(data.error?.message?.length).toBeGreaterThan(0)
})

test("texts are where they are meant to be, and nowhere else", async () => {
  await call(open, ask(`Say ${marked}`))
  const { id } = await call(sealed, ask(`Say ${marked}`))
  await content(sealed, id)
  await call(off, ask(`Say ${marked}`))
  await call(off, ask(`Say ${marked}`, { stream: true }))
  await call(off, "{")
  await off.get("/admin/log", adminKey)
  // So that the test can fail: where they are kept in the open, they are found.
  expect(isOnDisk(open, marked)).toBe(true)
  expect(isOnDisk(sealed, marked)).toBe(false)
  expect(isOnDisk(off, marked)).toBe(false)
})
