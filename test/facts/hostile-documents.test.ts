import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { gzipSync } from "node:zlib"
import { usualLimits } from "../../src/facts/refresh/limits.ts"
import { manyRows, modelsDevDocument, row } from "../kit/models-dev.ts"
import { type RefreshRig, refreshRig } from "../kit/refresh.ts"

const good = JSON.stringify(modelsDevDocument({ openai: manyRows(100), anthropic: { claude: row() } }))

/** What the server answers next. */
let answer: () => Response | Promise<Response>
let server: ReturnType<typeof Bun.serve>
beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: () => answer() })
})
afterAll(() => server.stop(true))

const limits = {
  ...usualLimits,
  fetch: { bytes: 400_000, milliseconds: 10_000 },
  read: { ...usualLimits.read, bytes: 400_000 },
}

const json = (text: string, headers: Readonly<Record<string, string>> = {}) =>
  new Response(text, { headers: { "content-type": "application/json", ...headers } })

/** A rig that has a good copy, and what becomes of it when this comes next. */
const afterGood = async (
  next: () => Response | Promise<Response>,
  options: { readonly force?: boolean; readonly milliseconds?: number } = {},
): Promise<RefreshRig & { readonly error: string | undefined }> => {
  const { milliseconds = limits.fetch.milliseconds } = options
  const rig = refreshRig({
    url: `http://127.0.0.1:${server.port}/api.json`,
    limits: { ...limits, fetch: { ...limits.fetch, milliseconds } },
  })
  answer = () => json(good)
  expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "fetched", models: 101 }])
  answer = next
  const [result] = await rig.refresher.refresh(options.force ? { force: true } : {})
  return Object.assign(rig, { error: result?.error })
}

const endless = (chunk: string) => () =>
  new Response(
    new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(chunk))
      },
    }),
  )

/** A chunk, and then nothing for ever. */
const stalled = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"openai":')),
      pull: () => new Promise(() => {}),
    }),
  )

const hostile: readonly (readonly [string, () => Response | Promise<Response>, RegExp])[] = [
  ["a page with status 200", () => new Response("<!doctype html><h1>Sorry</h1>"), /no JSON.*<!doctype html>/],
  ["nothing", () => json(""), /empty/],
  ["half a document", () => json(good.slice(0, good.length / 2)), /no JSON, or not all of it/],
  ["two documents", () => json(good + good), /no JSON/],
  ["bytes that are no text", () => new Response(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])), /./],
  ["a list", () => json("[]"), /no object/],
  ["an error as a document", () => json('{"error":{"message":"down"}}'), /no models/],
  ["null", () => json("null"), /no object/],
  ["a document of wrong types", () => json('{"openai":{"models":{"a":1,"b":[],"c":{"limit":7}}}}'), /no models/],
  ["deep nesting", () => json("[".repeat(100_000)), /nested/],
  ["deep nesting in its place", () => json(`{"openai":{"models":{"a":${"[".repeat(60)}${"]".repeat(60)}}}}`), /nested/],
  ["more than is allowed", () => json(`{"a":"${"x".repeat(500_000)}"}`), /larger than/],
  ["what never ends", endless('{"openai":{"models":{}},'), /larger than/],
  ["spaces without end", endless(" ".repeat(1000)), /larger than/],
  [
    "a small text that unpacks to a large one",
    () => new Response(gzipSync(`{"a":"${"x".repeat(50_000_000)}"}`), { headers: { "content-encoding": "gzip" } }),
    /unpacks to more/,
  ],
  ["what says that it is packed", () => json(good, { "content-encoding": "gzip" }), /./],
  ["what is packed otherwise", () => json(good, { "content-encoding": "br" }), /packed as br/],
  ["an error", () => new Response(good, { status: 500 }), /status 500/],
  ["a refusal", () => new Response(good, { status: 403 }), /status 403.*credential/],
  ["a redirect", () => Response.redirect(`http://127.0.0.1:${server.port}/elsewhere`), /redirect/],
  ["a 204", () => new Response(null, { status: 204 }), /status 204/],
  ["304 to a question without a tag", () => new Response(null, { status: 304 }), /./],
  [
    "far fewer models",
    () => json(JSON.stringify(modelsDevDocument({ openai: manyRows(40) }))),
    /has 40 models.*had 101.*--force/,
  ],
]

describe("a document that is hostile or broken never takes the place of a good one", () => {
  test.each(hostile)("%s", async (_, next, words) => {
    const rig = await afterGood(next)
    expect(rig.error).toMatch(words)
    expect(rig.replaced()).toBe(1)
    expect(rig.sources.get("models.dev")?.of("openai", "model-7")?.name).toBe("Model 7")
    expect(rig.documents.rows.get("models.dev")?.fetchedAt).toBe(rig.now)
    expect(rig.refresher.state()[0]).toMatchObject({ models: 101, failures: 1, error: rig.error })
  })

  test("a gigabyte by its own word is not even begun", async () => {
    let read = false
    const body = new ReadableStream(
      {
        pull() {
          read = true
        },
      },
      { highWaterMark: 0 },
    )
    const rig = refreshRig({
      fetch: (async () =>
        new Response(body, { headers: { "content-length": "1073741824" } })) as unknown as typeof fetch,
    })
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "failed", error: "it is larger than 34 MB" }])
    expect(read).toBe(false)
  })

  test("one that does not come in time", async () => {
    const rig = await afterGood(stalled, { milliseconds: 100 })
    expect(rig.error).toBe("it did not come within 0.1 seconds")
    expect(rig.sources.get("models.dev")?.list("openai")).toHaveLength(100)
  })

  test("one that takes too long to read ends with its thread", async () => {
    const rig = refreshRig({
      url: `http://127.0.0.1:${server.port}/api.json`,
      limits: { read: { ...usualLimits.read, milliseconds: 0 } },
    })
    answer = () => json(good)
    expect(await rig.refresher.refresh({})).toMatchObject([{ outcome: "failed", error: "it took too long to read" }])
  })

  test("so many brackets that their values would fill the memory", async () => {
    const rig = refreshRig({
      url: `http://127.0.0.1:${server.port}/api.json`,
      limits: { read: { ...usualLimits.read, structure: { depth: 40, containers: 1000, members: 5000 } } },
    })
    answer = () => json(`[${"{},".repeat(1200)}{}]`)
    expect(await rig.refresher.refresh({})).toMatchObject([{ error: "it has more than 1000 objects and lists" }])
    answer = () => json(`[${"1,".repeat(6000)}1]`)
    expect(await rig.refresher.refresh({})).toMatchObject([{ error: "it has more than 5000 members" }])
  })

  test("brackets and quotes in texts are no structure", async () => {
    const rig = await afterGood(() =>
      json(JSON.stringify(modelsDevDocument({ openai: { ...manyRows(60), a: row({ name: '[[{{"\\"[' }) } }))),
    )
    expect(rig.error).toBeUndefined()
    expect(rig.sources.get("models.dev")?.of("openai", "a")?.name).toBe('[[{{"\\"[')
  })

  test("the event loop does not wait for a large one", async () => {
    const large = JSON.stringify(modelsDevDocument({ openai: manyRows(20_000) }))
    const rig = refreshRig({ url: `http://127.0.0.1:${server.port}/api.json` })
    answer = () => json(large)
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await rig.refresher.refresh({})
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(5)
    expect(rig.sources.get("models.dev")?.list("openai")).toHaveLength(20_000)
  })
})

describe("what is taken", () => {
  test("fewer models, when that is forced", async () => {
    const rig = await afterGood(() => json(JSON.stringify(modelsDevDocument({ openai: manyRows(40) }))), {
      force: true,
    })
    expect(rig.error).toBeUndefined()
    expect(rig.sources.get("models.dev")?.list("openai")).toHaveLength(40)
  })

  test("packed by gzip", async () => {
    const next = JSON.stringify(modelsDevDocument({ openai: manyRows(80) }))
    const rig = await afterGood(() => new Response(gzipSync(next), { headers: { "content-encoding": "gzip" } }))
    expect(rig.error).toBeUndefined()
    expect(rig.sources.get("models.dev")?.list("openai")).toHaveLength(80)
  })

  test("only what is configured is kept in memory; what is asked for later comes from the store", async () => {
    const rig = await afterGood(() => json(good))
    const before = rig.replaced()
    const source = rig.sources.get("models.dev")!
    expect(source.list("anthropic")).toEqual([])
    while (rig.replaced() === before) await new Promise((resolve) => setImmediate(resolve))
    expect(rig.sources.get("models.dev")?.of("anthropic", "claude")).toMatchObject({ name: "A Model" })
    expect(rig.sources.get("models.dev")?.list("openai")).toHaveLength(100)
  })
})
