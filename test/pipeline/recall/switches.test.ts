import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import { adminKey, inferenceKey } from "../../kit/gateway.ts"
import { askScripted, saying, startScripted } from "../../kit/scripted-provider.ts"
import { errorOf, generationOf } from "../../kit/upstreams.ts"

const cachingKey = "a-key-that-remembers-0123456789"
const forgettingKey = "a-key-that-forgets-0123456789"
const discreetKey = "a-key-that-keeps-nothing-0123456789"
const keys = [
  { name: "test", key: inferenceKey },
  { name: "remembers", key: cachingKey, cache: true },
  { name: "forgets", key: forgettingKey, cache: false },
  { name: "discreet", key: discreetKey, cache: true, provider: { zdr: true } },
]
const preset = (fields: object) => ({ parameters: { model: "scripted/model", ...fields } })
const presets = {
  on: preset({ cache_enabled: true, cache_ttl_seconds: 77 }),
  off: preset({ cache_enabled: false }),
}
const zdr = { provider: { zdr: true } }
const rig = await startScripted({ keys, presets })
afterAll(() => rig.stop())
beforeEach(async () => {
  await rig.gateway.configure({ ...base(), keys, presets })
})

const base = (more: object = {}) => ({
  providers: [{ id: "mock" }],
  plugins: { dir: rig.folder.dir },
  retries: { same_upstream: 0 },
  ...more,
})

let asked = 0
type Headers = Readonly<Record<string, string>>
const as = (key: string): Headers => ({ authorization: `Bearer ${key}` })

/** Asks something new twice: was the second answer remembered? */
async function remembers(headers: Headers = {}, body: object = {}): Promise<boolean> {
  const content = `question ${++asked}`
  const first = await rig.gateway.post("/api/v1/chat/completions", askScripted(content, body as never), headers)
  await first.text()
  const second = await rig.gateway.post("/api/v1/chat/completions", askScripted(content, body as never), headers)
  await second.text()
  expect([first.status, second.status]).toEqual([200, 200])
  expect(first.headers.get("x-requesty-cache")).toBe("MISS")
  return second.headers.get("x-requesty-cache") === "HIT"
}

describe("who decides whether an answer is remembered", () => {
  const on = { "x-openrouter-cache": "true" }
  const off = { "x-openrouter-cache": "false" }
  const cases: readonly (readonly [string, Headers, object, boolean])[] = [
    ["nobody: no", {}, {}, false],
    ["the header", on, {}, true],
    ["the header in capitals", { "x-openrouter-cache": "True" }, {}, true],
    ["a header with another word", { "x-openrouter-cache": "1" }, {}, false],
    ["our header", { "x-signalbox-cache": "on" }, {}, true],
    ["the key", as(cachingKey), {}, true],
    ["the header before the key: no", { ...as(cachingKey), ...off }, {}, false],
    ["our header before the key: no", { ...as(cachingKey), "x-signalbox-cache": "off" }, {}, false],
    ["the header before the key: yes", { ...as(forgettingKey), ...on }, {}, true],
    ["one header that says no before another that says yes", { ...on, "x-signalbox-cache": "off" }, {}, false],
    ["the preset: yes", {}, { model: "@preset/on" }, true],
    ["the header before the preset's yes", off, { model: "@preset/on" }, false],
    ["the preset's no before the header", on, { model: "@preset/off" }, false],
    ["the preset's no before the key", as(cachingKey), { preset: "off" }, false],
    ["the preset's yes before the key's no", as(forgettingKey), { model: "@preset/on" }, true],
    ["zero data retention before everything", on, zdr, false],
    ["zero data retention of the key", { ...as(discreetKey), ...on }, {}, false],
  ]
  for (const [who, headers, body, expected] of cases)
    test(who, async () => {
      await rig.gateway.configure({
        ...base({ keys, presets }),
        providers: [{ id: "mock" }, { id: "scripted", zdr: true }],
      })
      expect(await remembers(headers, body)).toBe(expected)
    })

  test("the file", async () => {
    await rig.gateway.configure({ ...base(), keys, presets, cache: { enabled: true } })
    expect(await remembers()).toBe(true)
    expect(await remembers(as(forgettingKey))).toBe(false)
    expect(await remembers({ "x-openrouter-cache": "false" })).toBe(false)
  })

  test("zero data retention of the file", async () => {
    const providers = [{ id: "mock" }, { id: "scripted", zdr: true }]
    await rig.gateway.configure({ ...base(), keys, providers, cache: { enabled: true }, routing: zdr })
    expect(await remembers()).toBe(false)
  })
})

describe("how long", () => {
  const ttlOf = async (headers: Headers, body: object = {}) => {
    const content = `question ${++asked}`
    const sent = { "x-openrouter-cache": "true", ...headers }
    const response = await rig.gateway.post("/api/v1/chat/completions", askScripted(content, body as never), sent)
    await response.text()
    return response.headers.get("x-openrouter-cache-ttl")
  }
  const ttl = (seconds: string) => ({ "x-openrouter-cache-ttl": seconds })

  test("the header, within bounds, as parseInt reads it; else the preset, else the file", async () => {
    expect(await ttlOf({})).toBe("300")
    expect(await ttlOf(ttl("60"))).toBe("60")
    expect(await ttlOf(ttl("60.9s"))).toBe("60")
    expect(await ttlOf(ttl("0"))).toBe("1")
    expect(await ttlOf(ttl("-5"))).toBe("1")
    expect(await ttlOf(ttl("999999"))).toBe("86400")
    expect(await ttlOf(ttl("soon"))).toBe("300")
    expect(await ttlOf({}, { model: "@preset/on" })).toBe("77")
    expect(await ttlOf(ttl("5"), { model: "@preset/on" })).toBe("5")
    await rig.gateway.configure({ ...base(), keys, presets, cache: { ttl_seconds: 11 } })
    expect(await ttlOf({})).toBe("11")
  })
})

describe("what the headers of an answer say", () => {
  test("a miss, then a hit with its age, what is left, and where it is from; only on OpenRouter's side", async () => {
    const on = { "x-openrouter-cache": "true" }
    const miss = await rig.gateway.post("/api/v1/chat/completions", askScripted("headers"), on)
    await miss.text()
    const hit = await rig.gateway.post("/api/v1/chat/completions", askScripted("headers"), on)
    expect(miss.headers.get("x-openrouter-cache-status")).toBe("MISS")
    expect(miss.headers.get("x-openrouter-cache-source-id")).toBeNull()
    expect(hit.headers.get("x-openrouter-cache-status")).toBe("HIT")
    expect(hit.headers.get("x-openrouter-cache-source-id")).toBe(miss.headers.get("x-generation-id"))
    expect(hit.headers.get("x-generation-id")).not.toBe(miss.headers.get("x-generation-id"))
    expect(hit.headers.get("x-openrouter-cache-age")).toMatch(/^\d+$/)
    expect(Number(hit.headers.get("x-openrouter-cache-ttl"))).toBeGreaterThan(290)
    const body = (await hit.json()) as { id: string; provider: string; usage: object }
    expect(body.id).toBe(hit.headers.get("x-generation-id")!)
    expect(body.provider).toBe("Scripted")
    const other = await rig.gateway.chat(askScripted("headers"), on)
    expect([...other.headers.keys()].filter((name) => name.startsWith("x-openrouter"))).toEqual([])
    expect(other.headers.get("x-requesty-cache")).toBe("HIT")
    const plain = await rig.gateway.post("/api/v1/chat/completions", askScripted("headers"))
    expect([...plain.headers.keys()].filter((name) => name.startsWith("x-openrouter-cache"))).toEqual([])
  })

  test("the record tells what was saved, and the metrics sum it up", async () => {
    const on = { "x-signalbox-cache": "on" }
    const first = await rig.gateway.chat(askScripted("saved"), on)
    await first.text()
    const second = await rig.gateway.chat(askScripted("saved"), on)
    await second.text()
    const paid = await generationOf(rig.gateway, first)
    expect(paid.total_cost).toBeGreaterThan(0)
    expect(await generationOf(rig.gateway, second)).toMatchObject({
      total_cost: 0,
      provider_name: "cache",
      model: "scripted/model",
      price_source: "config",
      cache: { name: "response-cache", saved: paid.total_cost, source_id: first.headers.get("x-generation-id") },
    })
    const metrics = await (await rig.gateway.get("/metrics", adminKey)).text()
    expect(metrics).toMatch(/signalbox_cache_requests_total\{cache="response-cache"\} [1-9]/)
    expect(metrics).toMatch(/signalbox_cache_requests_total\{cache=""\} [1-9]/)
    expect(metrics).toMatch(/signalbox_cache_saved_usd_total\{cache="response-cache"\} [0-9.e-]+/)
  })
})

test("refresh, or OpenRouter's clear, asks anew and replaces what was there", async () => {
  for (const [at, headers] of [
    { "x-signalbox-cache": "refresh" },
    { "x-openrouter-cache": "true", "x-openrouter-cache-clear": "true" },
  ].entries()) {
    const on = { "x-signalbox-cache": "on" }
    const content = `refresh ${at}`
    const ask = async (more: Headers, answer: string) => {
      rig.answerBy(() => saying(answer))
      return (await rig.gateway.chat(askScripted(content), more)).text()
    }
    expect(await ask(on, "first")).toContain("first")
    expect(await ask(on, "second")).toContain("first")
    expect(await ask(headers as Headers, "third")).toContain("third")
    expect(await ask(on, "fourth")).toContain("third")
  }
})

test("a word that our header does not know is refused, with the words that it knows", async () => {
  const response = await rig.gateway.chat(askScripted("hi"), { "x-signalbox-cache": "yes" })
  expect(response.status).toBe(400)
  const error = await errorOf(response)
  expect(error.param).toBe("headers.x-signalbox-cache")
  expect(error.message).toContain("on, off, refresh, coalesce")
})

test("a request that wants nothing of memory keeps the native lane, whatever caches are there", async () => {
  const { startRig, ask } = await import("../../kit/upstreams.ts")
  const plain = await startRig(["text"])
  try {
    const lane = async (headers: Headers) => {
      const response = await plain.gateway.chat(ask("hi"), headers)
      await response.text()
      return (await generationOf(plain.gateway, response)).attempts[0]?.lane
    }
    expect(await lane({})).toBe("native")
    expect(await lane({ "x-signalbox-cache": "off" })).toBe("native")
    expect(await lane({ "x-signalbox-cache": "on" })).toBe("translated")
  } finally {
    await plain.stop()
  }
})
