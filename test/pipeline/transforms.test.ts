import { afterEach, expect, test } from "bun:test"
import { inferenceKey } from "../kit/gateway.ts"
import { pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function rigWith(
  files: Readonly<Record<string, string>>,
  config: object = {},
  scenarios = ["text"],
): Promise<Rig> {
  const folder = pluginFolder(files)
  const rig = await startRig(scenarios, { plugins: { dir: folder.dir }, ...config })
  open.push(folder.remove, () => rig.stop())
  return rig
}
const transform = (name: string, apply: string) =>
  pluginText(name, `{ transforms: [{ name: "${name}", apply: ${apply} }] }`)
const system = (text: string) =>
  `(request) => ({ ...request, messages: [{ role: "system", content: [{ type: "text", text: "${text}" }] }, ...request.messages] })`

const faces = ["/v1/chat/completions", "/api/v1/chat/completions"]

for (const path of faces) {
  for (const stream of [false, true]) {
    test(`run one after the other, in the order of plugins.use (${path}, ${stream ? "streamed" : "whole"})`, async () => {
      const files = { "a.ts": transform("one", system("first")), "b.ts": transform("two", system("second")) }
      const folder = pluginFolder(files)
      const rig = await startRig(["text"], { plugins: { dir: folder.dir, use: [{ name: "two" }, { name: "one" }] } })
      open.push(folder.remove, () => rig.stop())
      const response = await rig.gateway.post(path, ask("hi", { stream }))
      expect(await response.text()).toContain("Hello")
      const sent = JSON.parse((await rig.fakes[0]!.request(0)).body) as { messages: { content: string }[] }
      expect(sent.messages.map(({ content }) => content)).toEqual(["first", "second", "hi"])
    })

    test(`another model is routed, answered and billed as that model (${path}, ${stream ? "streamed" : "whole"})`, async () => {
      const rig = await rigWith({
        "switch.ts": transform("switch", '(request) => ({ ...request, model: "other/model" })'),
      })
      const folder = pluginFolder({
        "switch.ts": transform("switch", '(request) => ({ ...request, model: "other/model" })'),
      })
      open.push(folder.remove)
      const { ok, problems } = await rig.gateway.configure({
        providers: [
          {
            id: "p0",
            plugin: "openai-compatible",
            base_url: rig.fakes[0]!.url,
            api_key: "k",
            models: [{ id: "test/model", upstream: "error-500" }],
          },
          {
            id: "p1",
            plugin: "openai-compatible",
            base_url: rig.fakes[0]!.url,
            api_key: "k",
            models: [{ id: "other/model", upstream: "text" }],
          },
        ],
        plugins: { dir: folder.dir },
      })
      expect(problems).toEqual([])
      expect(ok).toBe(true)
      const response = await rig.gateway.post(path, ask("hi", { stream }))
      expect(await response.text()).toContain('"model":"other/model"')
      const record = await generationOf(rig.gateway, response)
      expect(record).toMatchObject({ model: "other/model", requested_model: "test/model" })
      expect(record.attempts.map(({ provider }) => provider)).toEqual(["p1"])
    })
  }
}

test("a model that nobody offers is not found, under its new name", async () => {
  const rig = await rigWith({ "switch.ts": transform("switch", '(request) => ({ ...request, model: "no/such" })') })
  const error = await errorOf(await rig.gateway.chat(ask("hi")))
  expect(error).toMatchObject({ code: "model_not_found", message: expect.stringContaining("no/such") })
})

test("one that changes nothing leaves the native lane open", async () => {
  const rig = await rigWith({ "nothing.ts": transform("nothing", "(request) => request") })
  const record = await generationOf(rig.gateway, await rig.gateway.chat(ask("hi")))
  expect(record.attempts[0]!.lane).toBe("native")
})

for (const [way, apply] of Object.entries({
  throws: '() => { throw new Error("no") }',
  rejects: 'async () => { throw new Error("no") }',
  hangs: "() => new Promise(() => {})",
})) {
  test(`one that ${way} fails the request, and nothing is called`, async () => {
    const folder = pluginFolder({ "broken.ts": transform("broken", apply) })
    const rig = await startRig(["text"], { plugins: { dir: folder.dir, hook_seconds: 0.5 } })
    open.push(folder.remove, () => rig.stop())
    expect((await errorOf(await rig.gateway.chat(ask("hi")))).code).toBe("plugin_failed")
    expect(rig.fakes[0]!.count).toBe(0)
  })
}

test("a limit that a transform raises is held for: the budget is not overrun", async () => {
  const raise = transform("raise", "(request) => ({ ...request, maxOutputTokens: 1000000 })")
  const rig = await rigWith(
    { "raise.ts": raise },
    { keys: [{ name: "test", key: inferenceKey, limit: 0.0002, limit_reset: "monthly" }] },
  )
  const response = await rig.gateway.chat(ask("hi", { max_tokens: 16 }))
  expect(response.status).toBe(200)
  const sent = JSON.parse((await rig.fakes[0]!.request(0)).body) as { max_tokens: number }
  expect(sent.max_tokens).toBeLessThan(100)
})
