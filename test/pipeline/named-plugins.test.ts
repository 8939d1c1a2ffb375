import { afterEach, expect, test } from "bun:test"
import { rmSync } from "node:fs"
import { adminKey, startGateway, type TestGateway } from "../kit/gateway.ts"
import { guardrailText, pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, errorOf, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function rigWith(files: Readonly<Record<string, string>>, use: readonly object[]) {
  const folder = pluginFolder(files)
  const rig = await startRig(["text"], { plugins: { dir: folder.dir, use } })
  open.push(folder.remove, () => rig.stop())
  return { rig, folder }
}
const degraded = async (gateway: TestGateway): Promise<string> =>
  JSON.stringify(((await (await gateway.get("/health")).json()) as { degraded: unknown }).degraded)

const providerAt = (url: string) => ({
  id: "p0",
  plugin: "openai-compatible",
  base_url: url,
  api_key: "k",
  models: [{ id: "test/model", upstream: "text" }],
})
const broken = "export default {"
const good = guardrailText("pii", "/secret/g", "")

test("a named plugin that never ran may be a guardrail: nothing goes through, loudly", async () => {
  const { rig } = await rigWith({ "pii.ts": broken }, [{ name: "pii" }])
  const { gateway, fakes } = rig
  for (const stream of [false, true]) {
    const response = await gateway.chat(ask("hi", { stream }))
    const { code, message } = await errorOf(response)
    expect(code).toBe("plugin_failed")
    expect(message).toContain('"pii"')
  }
  expect(fakes[0]!.count).toBe(0)
  expect(await degraded(gateway)).toContain("pii")
  const state = await (await gateway.get("/admin/state", adminKey)).text()
  expect(state).toContain('plugin \\"pii\\"')
  const loud = gateway
    .logged()
    .split("\n")
    .filter((line) => line.includes("REQUESTS ARE REFUSED"))
  expect(loud).toHaveLength(1)
  expect(loud[0]).toContain('"error"')
})

test("a name that no plugin has", async () => {
  const { rig } = await rigWith({}, [{ name: "gone" }])
  expect((await errorOf(await rig.gateway.chat(ask("hi")))).code).toBe("plugin_failed")
  expect(await degraded(rig.gateway)).toContain("gone")
})

test("wrong options of a guardrail", async () => {
  const strict = good.replace("{ additionalProperties: true }", "{ additionalProperties: false }")
  const { rig } = await rigWith({ "pii.ts": strict }, [{ name: "pii", options: { wrong: 1 } }])
  expect((await errorOf(await rig.gateway.chat(ask("hi")))).code).toBe("plugin_failed")
})

test("one that is switched off, or that nobody names, refuses nothing", async () => {
  const { rig } = await rigWith({ "pii.ts": broken, "other.ts": broken }, [{ name: "pii", enabled: false }])
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
})

test("mended, requests go through, guarded", async () => {
  const { rig, folder } = await rigWith({ "pii.ts": broken }, [{ name: "pii" }])
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(502)
  folder.write("pii.ts", good)
  // The watch sees the file by itself; each request waits for nothing but its answer.
  while ((await rig.gateway.chat(ask("hi"))).status !== 200) await new Promise((resolve) => setImmediate(resolve))
  expect((await rig.gateway.chat(ask("a secret"))).status).toBe(403)
  expect(await degraded(rig.gateway)).toBe("[]")
})

test("a reload to such a configuration is refused, and the old one goes on", async () => {
  // It failed before, unnamed, and nobody minded.
  const { rig, folder } = await rigWith({ "later.ts": broken }, [])
  const { ok, problems } = await rig.gateway.configure({
    providers: [providerAt(rig.fakes[0]!.url)],
    plugins: { dir: folder.dir, use: [{ name: "later" }] },
  })
  expect(ok).toBe(false)
  expect(problems.join()).toContain("later")
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
})

test("a named plugin that was no guardrail may go; a guardrail may not", async () => {
  const sink = pluginText("sink", `{ sinks: [{ name: "sink", write: async () => {} }] }`)
  const { rig, folder } = await rigWith({ "pii.ts": good, "sink.ts": sink }, [{ name: "pii" }, { name: "sink" }])
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
  rmSync(`${folder.dir}/sink.ts`)
  while (!(await degraded(rig.gateway)).includes("sink")) await new Promise((resolve) => setImmediate(resolve))
  expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
  rmSync(`${folder.dir}/pii.ts`)
  while (!(await degraded(rig.gateway)).includes("pii")) await new Promise((resolve) => setImmediate(resolve))
  expect((await errorOf(await rig.gateway.chat(ask("hi")))).code).toBe("plugin_failed")
})

test("a plugin that providers: names is a provider; its failure is that provider's alone", async () => {
  const folder = pluginFolder({ "special.ts": broken })
  const rig = await startRig(["text"], {})
  open.push(folder.remove, () => rig.stop())
  const gateway = await startGateway({
    providers: [providerAt(rig.fakes[0]!.url), { id: "mine", plugin: "special" }],
    plugins: { dir: folder.dir, use: [{ name: "special" }] },
  })
  open.push(() => gateway.stop())
  expect((await gateway.chat(ask("hi"))).status).toBe(200)
  expect(await degraded(gateway)).toContain("special")
})
