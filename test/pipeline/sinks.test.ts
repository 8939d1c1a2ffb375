import { afterEach, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, type Rig, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Event {
  readonly type: string
  readonly ok?: boolean
  readonly plugin?: string
  readonly generation?: { readonly id: string; readonly costNano: number; readonly errorCode?: string }
}

/** A sink that writes what it hears into a file beside it. */
const sink = (name: string, before = "") =>
  pluginText(
    name,
    `{ sinks: [{ name: "${name}", write: async (events) => { ${before}; appendFileSync(import.meta.dir + "/${name}.log", events.map((event) => JSON.stringify(event) + "\\n").join("")) } }] }`,
    'import { appendFileSync } from "node:fs"\nlet calls = 0',
  )

async function rigWith(
  files: Readonly<Record<string, string>>,
  scenarios: readonly string[],
): Promise<{ rig: Rig; heard: (name: string) => readonly Event[]; stop: () => Promise<void> }> {
  const folder = pluginFolder(files)
  const rig = await startRig(scenarios, {
    plugins: { dir: folder.dir, hook_seconds: 0.5 },
    retries: { same_upstream: 0 },
  })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= rig.stop())
  open.push(folder.remove, stop)
  const heard = (name: string) => {
    const path = join(folder.dir, `${name}.log`)
    if (!existsSync(path)) return []
    return readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Event)
  }
  return { rig, heard, stop }
}
const generations = (heard: readonly Event[]) => heard.flatMap(({ generation }) => generation ?? [])

test("every sink hears of every generation once: whole, streamed, failed, refused, on both faces", async () => {
  const { rig, heard, stop } = await rigWith({ "one.ts": sink("one"), "two.ts": sink("two") }, ["text"])
  const answers: Response[] = []
  for (const path of ["/v1/chat/completions", "/api/v1/chat/completions"])
    for (const body of [ask("hi"), ask("hi", { stream: true }), ask("!error-400"), { ...ask("hi"), model: "no/such" }])
      answers.push(await rig.gateway.post(path, body))
  for (const answer of answers) await answer.text()
  const ids = answers.map((answer) => answer.headers.get("x-generation-id")!).sort()
  await stop()
  for (const name of ["one", "two"])
    expect(
      generations(heard(name))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids)
  const codes = generations(heard("one")).flatMap(({ errorCode }) => errorCode ?? [])
  expect(codes.sort()).toEqual([
    "model_not_found",
    "model_not_found",
    "upstream_invalid_request",
    "upstream_invalid_request",
  ])
})

test("a hundred at once, each heard of once", async () => {
  const { rig, heard, stop } = await rigWith({ "one.ts": sink("one") }, ["text"])
  await Promise.all(Array.from({ length: 100 }, async () => (await rig.gateway.chat(ask("hi"))).text()))
  await stop()
  const ids = generations(heard("one")).map(({ id }) => id)
  expect(ids).toHaveLength(100)
  expect(new Set(ids).size).toBe(100)
})

for (const [way, text] of Object.entries({
  throws: sink("bad", 'throw new Error("disk full")'),
  hangs: sink("bad", "await new Promise(() => {})"),
})) {
  test(`one that ${way} costs requests nothing, and the other sink nothing`, async () => {
    const { rig, heard, stop } = await rigWith({ "bad.ts": text, "good.ts": sink("good") }, ["text"])
    for (let round = 0; round < 5; round++) {
      const response = await rig.gateway.chat(ask("hi"))
      expect(response.status).toBe(200)
      expect((await rig.gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)).status).toBe(
        200,
      )
    }
    await stop()
    expect(generations(heard("good"))).toHaveLength(5)
    expect(heard("bad")).toEqual([])
    // And the others hear that it failed.
    expect(heard("good").some(({ type, plugin }) => type === "plugin-failed" && plugin === "bad")).toBe(true)
  })
}

test("a batch that fails once is tried again, and nothing is lost or doubled", async () => {
  const { rig, heard, stop } = await rigWith({ "one.ts": sink("one", 'if (calls++ === 0) throw new Error("once");') }, [
    "text",
  ])
  for (let round = 0; round < 3; round++) await (await rig.gateway.chat(ask("hi"))).text()
  await stop()
  const ids = generations(heard("one")).map(({ id }) => id)
  expect(ids).toHaveLength(3)
  expect(new Set(ids).size).toBe(3)
})

test("a reload is told", async () => {
  const { rig, heard, stop } = await rigWith({ "one.ts": sink("one") }, ["text"])
  await rig.gateway.gateway.reload("test")
  await stop()
  expect(heard("one")).toContainEqual(expect.objectContaining({ type: "config-reloaded", ok: true }))
})
