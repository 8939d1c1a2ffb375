import { afterEach, describe, expect, test } from "bun:test"
import { events, inferenceKey } from "../kit/gateway.ts"
import { pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const otherKey = "another-inference-key-0123456789"
const memory = pluginText(
  "memory",
  `{
    caches: [{
      name: "memory",
      lookup: async ({ fingerprint }) => kept.get(fingerprint),
      store: async ({ fingerprint }, entry) => { kept.set(fingerprint, entry) },
    }],
  }`,
  "const kept = new Map()",
)

async function rigWith(scenarios: readonly string[], text = memory, config: object = {}): Promise<Rig> {
  const folder = pluginFolder({ "memory.ts": text })
  const keys = [
    { name: "test", key: inferenceKey },
    { name: "other", key: otherKey },
  ]
  const plugins = { dir: folder.dir, hook_seconds: 0.5, use: [{ name: "response-cache", enabled: false }] }
  const rig = await startRig(scenarios, { plugins, keys, cache: { enabled: true }, ...config })
  open.push(folder.remove, () => rig.stop())
  return rig
}
const text = async (response: Response, stream: boolean): Promise<string> => {
  if (!stream)
    return ((await response.json()) as { choices: [{ message: { content: string } }] }).choices[0].message.content
  let said = ""
  for (const event of await events(response))
    if (event !== "[DONE]") said += JSON.parse(event).choices[0]?.delta.content ?? ""
  return said
}

for (const path of ["/v1/chat/completions", "/api/v1/chat/completions"]) {
  for (const [first, second] of [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const) {
    test(`${path}: a hit, ${first ? "streamed" : "whole"} before, ${second ? "streamed" : "whole"} now, costs nothing`, async () => {
      const rig = await rigWith(["text"])
      const miss = await rig.gateway.post(path, ask("hi", { stream: first }))
      expect(miss.headers.get("x-requesty-cache")).toBe("MISS")
      const said = await text(miss, first)
      const hit = await rig.gateway.post(
        path,
        ask("hi", { stream: second, ...(second ? { stream_options: { include_usage: true } } : {}) }),
      )
      // What a client asks of the stream's form is not what it asks of the model.
      expect(hit.headers.get("x-requesty-cache")).toBe("HIT")
      const copy = hit.clone()
      expect(await text(hit, second)).toBe(said)
      expect(rig.fakes[0]!.count).toBe(1)
      const usage = second
        ? JSON.parse((await events(copy)).at(-2)!).usage
        : ((await copy.json()) as { usage: object }).usage
      expect(usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 })
      const record = await generationOf(rig.gateway, hit)
      expect(record).toMatchObject({ total_cost: 0, tokens_prompt: 0, tokens_completion: 0, usage_estimated: false })
      expect(record.attempts[0]).toMatchObject({ provider: "cache", outcome: "ok" })
    })
  }
}

test("per key: nobody gets an answer that was made for somebody else", async () => {
  const rig = await rigWith(["text"])
  await (await rig.gateway.chat(ask("hi"))).text()
  const other = await rig.gateway.chat(ask("hi"), { authorization: `Bearer ${otherKey}` })
  expect(other.headers.get("x-requesty-cache")).toBe("MISS")
  expect(rig.fakes[0]!.count).toBe(2)
})

test("another question is another answer", async () => {
  const rig = await rigWith(["text"])
  for (const more of [{}, { temperature: 0.5 }, { max_tokens: 50 }, { seed: 1 }])
    await (await rig.gateway.chat(ask("hi", more))).text()
  await (await rig.gateway.chat(ask("ho"))).text()
  expect(rig.fakes[0]!.count).toBe(5)
})

describe("failures are never stored", () => {
  for (const [scenario, stream] of [
    ["error-500", false],
    ["error-400", false],
    ["cut-4", true],
    ["error-mid-stream-4", true],
  ] as const) {
    test(scenario, async () => {
      const rig = await rigWith([scenario], memory, { retries: { same_upstream: 0 } })
      await (await rig.gateway.chat(ask("hi", { stream }))).text()
      const again = await rig.gateway.chat(ask("hi", { stream }))
      await again.text()
      expect(again.headers.get("x-requesty-cache")).not.toBe("HIT")
      expect(rig.fakes[0]!.count).toBe(2)
    })
  }

  test("a client that leaves in the middle", async () => {
    const rig = await rigWith(["stall-4"])
    const controller = new AbortController()
    const response = await fetch(`${rig.gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
      body: JSON.stringify(ask("hi", { stream: true })),
      signal: controller.signal,
    })
    await response.body!.getReader().read()
    controller.abort()
    await (await rig.fakes[0]!.request(0)).closed
    const again = new AbortController()
    const second = await fetch(`${rig.gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
      body: JSON.stringify(ask("hi", { stream: true })),
      signal: again.signal,
    })
    expect(second.headers.get("x-requesty-cache")).toBe("MISS")
    again.abort()
  })
})

describe("a cache that fails is a miss", () => {
  const cache = (lookup: string, store = "async () => {}") =>
    pluginText("memory", `{ caches: [{ name: "memory", lookup: ${lookup}, store: ${store} }] }`)
  const ways = {
    "throws in lookup": cache('async () => { throw new Error("down") }'),
    "hangs in lookup": cache("() => new Promise(() => {})"),
    "throws in store": cache("async () => undefined", '() => { throw new Error("full") }'),
    "rejects in store": cache("async () => undefined", 'async () => { throw new Error("full") }'),
  }
  for (const [way, plugin] of Object.entries(ways)) {
    for (const stream of [false, true]) {
      test(`${way} (${stream ? "streamed" : "whole"})`, async () => {
        const rig = await rigWith(["text"], plugin)
        const response = await rig.gateway.chat(ask("hi", { stream }))
        expect(response.status).toBe(200)
        expect(await text(response, stream)).toContain("Hello")
      })
    }
  }
})

test("a request fee of the model is not charged for a remembered answer", async () => {
  const rig = await rigWith(["text"])
  const folder = pluginFolder({ "memory.ts": memory })
  open.push(folder.remove)
  await rig.gateway.configure({
    providers: [
      {
        id: "p0",
        plugin: "openai-compatible",
        base_url: rig.fakes[0]!.url,
        api_key: "k",
        models: [{ id: "test/model", upstream: "text", price: { input: 1, output: 2, request: 0.5 } }],
      },
    ],
    plugins: { dir: folder.dir, use: [{ name: "response-cache", enabled: false }] },
    cache: { enabled: true },
  })
  const miss = await rig.gateway.chat(ask("hi"))
  expect((await generationOf(rig.gateway, miss)).total_cost).toBeGreaterThan(0.5)
  const hit = await rig.gateway.chat(ask("hi"))
  expect(hit.headers.get("x-requesty-cache")).toBe("HIT")
  expect((await generationOf(rig.gateway, hit)).total_cost).toBe(0)
})
