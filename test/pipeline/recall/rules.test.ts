import { afterEach, describe, expect, test } from "bun:test"
import { cpSync } from "node:fs"
import type { ChatPart } from "../../../src/contract/index.ts"
import { startFakeOpenAi } from "../../kit/fake-openai.ts"
import { inferenceKey } from "../../kit/gateway.ts"
import { guardrailText } from "../../kit/plugin-folder.ts"
import { askScripted, type ScriptedRig, saying, startScripted, usage } from "../../kit/scripted-provider.ts"
import { generationOf } from "../../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const otherKey = "another-inference-key-0123456789"
const keys = [
  { name: "test", key: inferenceKey },
  { name: "other", key: otherKey },
]

async function start(config: object = {}): Promise<ScriptedRig> {
  const rig = await startScripted({ cache: { enabled: true }, keys, ...config })
  open.push(() => rig.stop())
  return rig
}

const status = async (rig: ScriptedRig, body: object = askScripted("hi"), headers: Record<string, string> = {}) => {
  const response = await rig.gateway.chat(body, headers)
  const text = await response.text()
  return { cache: response.headers.get("x-requesty-cache"), status: response.status, text, response }
}

describe("only what is whole is stored", () => {
  const finished = (reason: Extract<ChatPart, { type: "finish" }>["reason"]): readonly ChatPart[] => [
    { type: "start" },
    { type: "text-start", index: 0 },
    { type: "text-delta", text: "hello", index: 0 },
    { type: "text-end", index: 0 },
    { type: "finish", reason, raw: null },
    { type: "usage", usage: usage(1) },
  ]
  for (const [reason, stored] of [
    ["stop", true],
    ["length", true],
    ["content-filter", false],
    ["error", false],
    ["other", false],
  ] as const)
    test(`finish ${reason}: ${stored ? "stored" : "not"}`, async () => {
      const rig = await start()
      rig.answerBy(async function* () {
        yield* finished(reason)
      })
      await status(rig)
      expect((await status(rig)).cache).toBe(stored ? "HIT" : "MISS")
    })

  test("an answer without a finish is not", async () => {
    const rig = await start()
    rig.answerBy(async function* () {
      yield* finished("stop").filter(({ type }) => type !== "finish")
    })
    await status(rig)
    expect((await status(rig)).cache).toBe("MISS")
  })

  test("one that a budget cut short is not", async () => {
    const rig = await start({ keys: [{ name: "test", key: inferenceKey, limit: 0.0001 }] })
    const body = askScripted("hi", { max_tokens: 1000 })
    const first = await status(rig, body)
    expect(first.response.headers.get("x-signalbox-losses")).toContain("max_tokens")
    expect((await status(rig, body)).cache).toBe("MISS")
  })

  test("one that a guardrail blocked is not, and one that it masked is stored masked", async () => {
    const rig = await start()
    rig.folder.write("block.ts", guardrailText("block", "/secret/g", 'action: "block", stages: ["output"],'))
    rig.folder.write("mask.ts", guardrailText("mask", "/ada@example\\.com/g", 'action: "mask", stages: ["output"],'))
    await rig.gateway.gateway.reload("test")
    rig.answerBy(() => saying("the secret is out"))
    expect((await status(rig, askScripted("a"))).status).toBeGreaterThanOrEqual(400)
    expect((await status(rig, askScripted("a"))).cache).not.toBe("HIT")
    rig.answerBy(() => saying("write to ada@example.com now"))
    await status(rig, askScripted("b"))
    const hit = await status(rig, askScripted("b"))
    expect(hit.cache).toBe("HIT")
    expect(hit.text).toContain("<MASK>")
  })
})

test("guardrails look at remembered answers as well", async () => {
  const rig = await start()
  rig.answerBy(() => saying("the secret is out"))
  await status(rig)
  rig.folder.write("late.ts", guardrailText("late", "/secret/g", 'action: "mask", stages: ["output"],'))
  await rig.gateway.gateway.reload("test")
  const hit = await status(rig)
  expect(hit.cache).toBe("HIT")
  expect(hit.text).toContain("the <LATE> is out")
})

describe("who may be given an answer", () => {
  const other = { authorization: `Bearer ${otherKey}` }

  test("the key whose request made it; everybody, where the file says so", async () => {
    for (const share of ["key", "organisation"]) {
      const rig = await start({ cache: { enabled: true, share } })
      await status(rig)
      expect((await status(rig, undefined, other)).cache).toBe(share === "key" ? "MISS" : "HIT")
    }
  })

  test("not a key that may not use the model", async () => {
    const limited = [keys[0], { name: "other", key: otherKey, models: ["mock/*"] }]
    const rig = await start({ cache: { enabled: true, share: "organisation" }, keys: limited })
    await status(rig)
    expect((await status(rig, undefined, other)).status).toBe(403)
  })

  test("a key without money, because it costs nothing", async () => {
    const poor = [keys[0], { name: "other", key: otherKey, limit: 0 }]
    const rig = await start({ cache: { enabled: true, share: "organisation" }, keys: poor })
    expect((await status(rig, askScripted("new"), other)).status).toBe(412)
    await status(rig)
    expect((await status(rig, undefined, other)).cache).toBe("HIT")
  })
})

test("an alias that leads elsewhere since gives no answer of where it led before", async () => {
  const aliases = (model: string) => ({ aliases: { fast: model } })
  const rig = await start(aliases("scripted/model"))
  await status(rig, askScripted("hi", { model: "fast" }))
  expect((await status(rig, askScripted("hi", { model: "fast" }))).cache).toBe("HIT")
  const config = { providers: [{ id: "mock" }], plugins: { dir: rig.folder.dir }, cache: { enabled: true }, keys }
  await rig.gateway.configure({ ...config, ...aliases("scripted/other") })
  expect((await status(rig, askScripted("hi", { model: "fast" }))).cache).toBe("MISS")
})

test("an alias that asks for more since gives no answer that was made without", async () => {
  const aliases = (model: string) => ({ aliases: { fast: model } })
  const rig = await start(aliases("scripted/model"))
  const body = askScripted("hi", { model: "fast" })
  await status(rig, body)
  const config = { providers: [{ id: "mock" }], plugins: { dir: rig.folder.dir }, cache: { enabled: true }, keys }
  await rig.gateway.configure({ ...config, ...aliases("scripted/model:flex") })
  expect((await status(rig, body)).cache).toBe("MISS")
  expect((await status(rig, body)).cache).toBe("HIT")
  await rig.gateway.configure({ ...config, ...aliases("scripted/model:high") })
  expect((await status(rig, body)).cache).toBe("MISS")
})

test("a provider that is another server since gives no answer of the old one; another credential changes nothing", async () => {
  const [one, other] = [await startFakeOpenAi(), await startFakeOpenAi()]
  open.push(
    () => one.stop(),
    () => other.stop(),
  )
  const at = (baseUrl: string, apiKey = "sk-a-credential") => ({
    cache: { enabled: true },
    keys,
    providers: [
      {
        id: "up",
        plugin: "openai-compatible",
        base_url: baseUrl,
        api_key: apiKey,
        models: [{ id: "up/model", price: { input: 1, output: 2 } }],
      },
    ],
  })
  const rig = await start(at(one.url))
  const body = askScripted("hi", { model: "up/model" })
  expect((await status(rig, body)).cache).toBe("MISS")
  const config = (given: ReturnType<typeof at>) => rig.gateway.configure({ ...given, plugins: { dir: rig.folder.dir } })
  await config(at(one.url, "sk-another-credential"))
  expect((await status(rig, body)).cache).toBe("HIT")
  await config(at(other.url))
  expect((await status(rig, body)).cache).toBe("MISS")
})

test("answers survive a restart", async () => {
  const rig = await start()
  const first = await status(rig)
  // Stopping writes what waits to be written.
  const copy = `${rig.folder.dir}-data`
  await rig.gateway.gateway.stop(1000)
  cpSync(`${rig.gateway.dir}/data`, copy, { recursive: true })
  const again = await startScripted({ cache: { enabled: true }, keys, data_dir: copy })
  open.push(() => again.stop())
  const hit = await status(again)
  expect(hit.cache).toBe("HIT")
  expect(again.calls()).toBe(0)
  expect(await generationOf(again.gateway, hit.response)).toMatchObject({
    cache: { source_id: first.response.headers.get("x-generation-id") },
  })
})

test("what was lost on the way is told again, and refuses who wants no losses", async () => {
  const rig = await start({
    providers: [{ id: "mock" }],
    cache: { enabled: true },
  })
  rig.answerBy(({ lose }) => {
    lose({ path: "seed", action: "dropped", code: "parameter_unsupported", reason: "it has none" })
    return saying("hello")
  })
  const body = askScripted("hi", { seed: 1 })
  const first = await status(rig, body)
  const hit = await status(rig, body)
  expect(hit.cache).toBe("HIT")
  expect(hit.response.headers.get("x-signalbox-losses")).toBe(first.response.headers.get("x-signalbox-losses"))
  expect((await status(rig, body, { "x-signalbox-strict": "true" })).cache).not.toBe("HIT")
})

describe("embeddings and rankings", () => {
  const embeddings = { model: "mock/embed", input: ["alpha beta", "gamma"] }
  const rerank = { model: "mock/rerank", query: "alpha", documents: ["alpha beta", "gamma"] }
  for (const [path, body] of [
    ["embeddings", embeddings],
    ["rerank", rerank],
  ] as const)
    for (const prefix of ["/v1", "/api/v1"])
      test(`${prefix}/${path}`, async () => {
        const rig = await start()
        const first = await rig.gateway.post(`${prefix}/${path}`, body)
        const said = (await first.json()) as Record<string, unknown>
        const hit = await rig.gateway.post(`${prefix}/${path}`, body)
        expect(hit.headers.get("x-requesty-cache")).toBe("HIT")
        const again = (await hit.json()) as Record<string, unknown>
        expect([again.data, again.results]).toEqual([said.data, said.results] as never)
        expect(await generationOf(rig.gateway, first)).toMatchObject({ cache: null })
        const record = await generationOf(rig.gateway, hit)
        expect(record).toMatchObject({ total_cost: 0, tokens_prompt: 0, cache: { name: "response-cache" } })
        expect((record as unknown as { cache: { saved: number } }).cache.saved).toBeGreaterThan(0)
        const other = await rig.gateway.post(`${prefix}/${path}`, { ...body, user: "somebody" })
        expect([path, other.headers.get("x-requesty-cache")]).toEqual([path, "MISS"])
      })

  test("vectors come in the form that is asked for", async () => {
    const rig = await start()
    const ask = async (encoding_format: string) =>
      (await (await rig.gateway.post("/v1/embeddings", { ...embeddings, encoding_format })).json()) as {
        data: [{ embedding: unknown }]
      }
    for (const round of [1, 2]) {
      expect([round, typeof (await ask("base64")).data[0].embedding]).toEqual([round, "string"])
      expect([round, Array.isArray((await ask("float")).data[0].embedding)]).toEqual([round, true])
    }
  })
})
