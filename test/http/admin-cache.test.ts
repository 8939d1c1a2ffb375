import { afterEach, beforeEach, expect, test } from "bun:test"
import { adminKey, inferenceKey } from "../kit/gateway.ts"
import { pluginText } from "../kit/plugin-folder.ts"
import { askScripted, type ScriptedRig, startScripted } from "../kit/scripted-provider.ts"
import { errorOf } from "../kit/upstreams.ts"

const otherKey = "another-inference-key-0123456789"
const keys = [
  { name: "test", key: inferenceKey },
  { name: "other", key: otherKey },
]
let rig: ScriptedRig
beforeEach(async () => {
  rig = await startScripted({ cache: { enabled: true }, keys })
})
afterEach(() => rig.stop())

const admin = (path: string, method = "GET", key = adminKey) =>
  fetch(`${rig.gateway.url}${path}`, { method, headers: { authorization: `Bearer ${key}` } })
const figures = async () =>
  (await (await admin("/admin/cache")).json()) as { data: { name: string; entries: number }[]; enabled: boolean }
const entries = async () => (await figures()).data.find(({ name }) => name === "response-cache")?.entries

/** Nobody waits for the writing of what is remembered. */
const untilEntries = async (count: number) => {
  while ((await entries()) !== count) await new Promise((resolve) => setImmediate(resolve))
}

const ask = async (key: string, model: string) => {
  const response = await rig.gateway.chat(askScripted("hi", { model }), { authorization: `Bearer ${key}` })
  await response.text()
  return response.headers.get("x-requesty-cache")
}
const all = [
  [inferenceKey, "scripted/model"],
  [inferenceKey, "scripted/other"],
  [otherKey, "scripted/model"],
  [otherKey, "scripted/other"],
] as const
const askAll = async () => {
  const found = []
  for (const [key, model] of all) found.push(await ask(key, model))
  return found
}

test("figures, and what a purge takes: all, one key's, one model's, or one key's of one model", async () => {
  for (const [query, left] of [
    ["", ["MISS", "MISS", "MISS", "MISS"]],
    ["?key_id=other", ["HIT", "HIT", "MISS", "MISS"]],
    ["?model=scripted/model", ["MISS", "HIT", "MISS", "HIT"]],
    ["?key_id=other&model=scripted/model", ["HIT", "HIT", "MISS", "HIT"]],
    ["?key_id=nobody", ["HIT", "HIT", "HIT", "HIT"]],
  ] as const) {
    await askAll()
    await untilEntries(4)
    const purged = await admin(`/admin/cache${query}`, "DELETE")
    expect(purged.status).toBe(200)
    const gone = left.filter((state) => state === "MISS").length
    expect(await purged.json()).toEqual({ purged: { "response-cache": gone } })
    expect(await askAll()).toEqual([...left])
  }
  expect(await figures()).toMatchObject({ enabled: true, ttl_seconds: 300, share: "key", coalesce: false })
})

test("a mistake purges nothing", async () => {
  await askAll()
  for (const query of ["?model=", "?key_id=%20", "?modell=a/b"]) {
    const response = await admin(`/admin/cache${query}`, "DELETE")
    expect([query, response.status]).toEqual([query, 400])
    expect((await errorOf(response)).param).toBe(query.slice(1).split("=")[0]!)
  }
  for (const method of ["GET", "DELETE"]) expect((await admin("/admin/cache", method, inferenceKey)).status).toBe(403)
  expect(await askAll()).toEqual(["HIT", "HIT", "HIT", "HIT"])
})

test("a purge that a cache cannot do is told", async () => {
  const stubborn = "{ caches: [{ name: 'stubborn', lookup: async () => undefined, store: async () => {} }] }"
  rig.folder.write("stubborn.ts", pluginText("stubborn", stubborn))
  await rig.gateway.gateway.reload("test")
  const response = await admin("/admin/cache", "DELETE")
  expect(response.status).toBe(502)
  expect((await errorOf(response)).message).toContain("stubborn")
  expect((await figures()).data.map(({ name }) => name).toSorted()).toEqual(["response-cache", "stubborn"])
})

test("with a key goes what was remembered for it", async () => {
  const made = await fetch(`${rig.gateway.url}/admin/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}` },
    body: JSON.stringify({ name: "brief" }),
  })
  const { key, data } = (await made.json()) as { key: string; data: { id: string } }
  await ask(key, "scripted/model")
  await ask(inferenceKey, "scripted/model")
  await untilEntries(2)
  expect((await admin(`/admin/keys/${data.id}`, "DELETE")).status).toBe(200)
  await untilEntries(1)
  // One of the file that the file does not have any more.
  await ask(otherKey, "scripted/model")
  await rig.gateway.configure({ providers: [{ id: "mock" }], plugins: { dir: rig.folder.dir }, keys: [keys[0]] })
  await untilEntries(1)
})
