import { expect, test } from "bun:test"
import type { Embed } from "../../../src/host/context.ts"
import { cacheOf, entry, query } from "./kit.ts"

/** Directions in a plane, so that nearness is what the test says it is: `30` is thirty degrees from `0`. */
const degrees: Embed = async (_model, texts) =>
  texts.map((text) => {
    const angle = (Number.parseFloat(text) * Math.PI) / 180
    return Float32Array.of(Math.cos(angle), Math.sin(angle))
  })

const counted = (embed: Embed) => {
  const calls: string[][] = []
  const counting: Embed = (model, texts, call) => {
    calls.push([...texts])
    return embed(model, texts, call)
  }
  return { calls, counting }
}

test("without a model it does nothing", async () => {
  expect((await cacheOf("semantic-cache")).cache).toBeUndefined()
})

test("the nearest question answers where it is near enough", async () => {
  const { cache } = await cacheOf("semantic-cache", { model: "m", threshold: 0.9 }, { embed: degrees })
  await cache.store(query("a", { text: "0" }), entry("zero"))
  await cache.store(query("b", { text: "40" }), entry("forty"))
  const said = async (text: string) => JSON.stringify((await cache.lookup(query(text, { text }))) ?? null)
  // cos 25° = 0.906, cos 26° = 0.899
  expect(await said("-25")).toContain("zero")
  expect(await said("-26")).toBe("null")
  expect(await said("30")).toContain("forty")
  expect(await said("90")).toBe("null")
})

test("a question is embedded once, for its lookup and its answer", async () => {
  const { calls, counting } = counted(degrees)
  const { cache } = await cacheOf("semantic-cache", { model: "m" }, { embed: counting })
  const asked = query("a", { text: "0" })
  expect(await cache.lookup(asked)).toBeUndefined()
  await cache.store(asked, entry("zero"))
  expect(calls).toEqual([["0"]])
})

test("neither another partition, nor long questions, nor calls of tools, nor replies", async () => {
  const { calls, counting } = counted(degrees)
  const options = { model: "m", max_characters: 5 }
  const { cache } = await cacheOf("semantic-cache", options, { embed: counting })
  await cache.store(query("a", { text: "0" }), entry("zero"))
  const elsewhere = query("b", { question: () => ({ partition: "q", text: "0" }) })
  expect(await cache.lookup(elsewhere)).toBeUndefined()
  calls.length = 0
  const long = query("c", { text: "0.0000" })
  await cache.store(long, entry("x"))
  expect(await cache.lookup(long)).toBeUndefined()
  const tool = entry("x", {
    parts: [
      { type: "start" },
      { type: "tool-call-start", id: "c1", name: "remove", kind: "function", index: 0 },
      { type: "tool-call-delta", arguments: "{}", index: 0 },
      { type: "tool-call-end", index: 0 },
      { type: "finish", reason: "tool-calls", raw: null },
    ],
  })
  await cache.store(query("d", { text: "50" }), tool)
  const { parts: _, ...plain } = entry("x") as { parts: unknown } & ReturnType<typeof entry>
  await cache.store(query("e", { text: "60" }), { ...plain, reply: { vectors: [] } } as ReturnType<typeof entry>)
  await cache.store(query("f", { question: () => undefined }), entry("x"))
  expect(calls).toEqual([])
  expect(await cache.stats?.()).toMatchObject({ entries: 1 })
})

test("an embedder that fails, hangs, or gives nothing is a miss", async () => {
  const broken: readonly Embed[] = [
    async () => Promise.reject(new Error("down")),
    () => new Promise(() => {}),
    async () => [],
  ]
  for (const embed of broken) {
    const { cache } = await cacheOf("semantic-cache", { model: "m", timeout_ms: 1 }, { embed })
    await cache.store(query("a", { text: "0" }), entry("zero"))
    expect(await cache.lookup(query("a", { text: "0" }))).toBeUndefined()
    expect(await cache.stats?.()).toMatchObject({ entries: 0 })
  }
})

test("its own time limit counts where it is the shorter one", async () => {
  const { cache, time } = await cacheOf("semantic-cache", { model: "m", ttl_seconds: 10 }, { embed: degrees })
  await cache.store(query("a", { text: "0" }), entry("zero", { storedAt: time.now() }))
  time.advance(9_999)
  expect(await cache.lookup(query("x", { text: "0" }))).toBeDefined()
  time.advance(1)
  expect(await cache.lookup(query("x", { text: "0" }))).toBeUndefined()
})

test("no more entries than it may have", async () => {
  const { cache } = await cacheOf("semantic-cache", { model: "m", max_entries: 3 }, { embed: degrees })
  for (let at = 0; at < 10; at++) await cache.store(query(`q${at}`, { text: String(at * 30) }), entry("x"))
  expect(await cache.stats?.()).toMatchObject({ entries: 3 })
})
