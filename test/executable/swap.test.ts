import { expect, test } from "bun:test"
import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startExecutable } from "../kit/executable.ts"

const yaml = `admin_key: swap-admin-0123456789
keys: [{ name: test, key: swap-key-0123456789 }]
`
const auth = { authorization: "Bearer swap-key-0123456789" }

/** A provider whose answer names its version in every word, so that a stream that changed code in the middle would show it. */
const provider = (version: number, pauseMs: number, words: number) => `
import { definePlugin, Type } from "signalbox/plugin"

const version = ${version}

export default definePlugin({
  name: "swapped",
  contract: 1,
  options: Type.Object({}),
  setup: () => ({
    providers: [
      {
        id: "swapped",
        name: "Swapped",
        create: () => ({
          models: [{ model: "swapped/model", upstream: "model", price: { input: 1, output: 1 } }],
          async *chat({ signal }) {
            yield { type: "start" }
            yield { type: "text-start", index: 0 }
            for (let word = 0; word < ${words}; word++) {
              await new Promise((resolve) => setTimeout(resolve, ${pauseMs}))
              signal.throwIfAborted()
              yield { type: "text-delta", index: 0, text: "v" + version + " " }
            }
            yield { type: "text-end", index: 0 }
            yield { type: "usage", usage: { input: { fresh: 1, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 }, output: { text: ${words}, reasoning: 0, audio: 0, image: 0 } } }
            yield { type: "finish", reason: "stop", raw: "stop" }
          },
        }),
      },
    ],
  }),
})
`

const ask = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: auth,
    body: JSON.stringify({ model: "swapped/model", stream: true, messages: [{ role: "user", content: "go" }] }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
  if (!text.includes("[DONE]") || text.includes('"error"')) throw new Error(`cut: ${text.slice(-500)}`)
  return [...text.matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content).join("")
}

interface PluginRow {
  readonly name: string
  readonly version: number
  readonly state: string
}

const pluginRow = async (url: string): Promise<PluginRow | undefined> => {
  const response = await fetch(`${url}/admin/plugins`, { headers: { authorization: "Bearer swap-admin-0123456789" } })
  return ((await response.json()) as { data: PluginRow[] }).data.find(
    ({ name, state }) => name === "swapped" && state === "live",
  )
}

/** Writes the next version as an editor does, and waits until an answer comes from it. */
const swapTo = async (folder: string, version: number, pauseMs: number, words: number) => {
  const draft = join(folder, ".swapped.ts.tmp")
  writeFileSync(draft, provider(version, pauseMs, words))
  renameSync(draft, join(folder, "swapped.ts"))
}

test("200 streams at once while the plugin is rewritten 100 times: none fails, none changes code in the middle", async () => {
  const running = await startExecutable({ yaml, files: { "plugins/swapped.ts": provider(0, 20, 15) } })
  const folder = join(running.cwd, "plugins")
  const seen = new Set<string>()
  let finished = 0
  let stop = false
  const worker = async () => {
    while (!stop) {
      const words = new Set((await ask(running.url)).trim().split(" "))
      expect(words.size).toBe(1)
      seen.add([...words][0]!)
      finished++
    }
  }
  const load = Promise.all(Array.from({ length: 200 }, worker))
  for (let version = 1; version <= 100; version++) {
    await swapTo(folder, version, 20, 15)
    const wanted = `v${version}`
    // After a swap new requests run on the new code.
    while (!(await ask(running.url)).startsWith(wanted));
  }
  stop = true
  await load
  expect(finished).toBeGreaterThan(200)
  expect(seen.size).toBeGreaterThan(20)
  expect((await pluginRow(running.url))?.version).toBeGreaterThanOrEqual(100)
  expect(await running.stop()).toBe(0)
}, 180_000)

const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024

test("memory stays flat over 1,000 swaps", async () => {
  const running = await startExecutable({ yaml, files: { "plugins/swapped.ts": provider(0, 0, 1) } })
  const folder = join(running.cwd, "plugins")
  const reload = async () => {
    const response = await fetch(`${running.url}/admin/reload`, {
      method: "POST",
      headers: { authorization: "Bearer swap-admin-0123456789" },
    })
    expect(response.status).toBe(200)
  }
  const round = async (version: number) => {
    await swapTo(folder, version, 0, 1)
    while (!(await ask(running.url)).startsWith(`v${version} `)) await reload()
  }
  for (let version = 1; version <= 300; version++) await round(version)
  const early = residentMegabytes(running.pid)
  for (let version = 301; version <= 1000; version++) await round(version)
  const late = residentMegabytes(running.pid)
  // The first hundreds fill the heap up to its size; after that seven hundred more must not matter.
  expect(late - early).toBeLessThan(40)
  expect(await running.stop()).toBe(0)
}, 300_000)
