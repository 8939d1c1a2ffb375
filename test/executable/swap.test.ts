import { expect, test } from "bun:test"
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startExecutable } from "../kit/executable.ts"

const yaml = `admin_key: swap-admin-0123456789
keys: [{ name: test, key: swap-key-0123456789 }]
`
const auth = { authorization: "Bearer swap-key-0123456789" }

/**
 * A provider whose answer names its version in every word, so that a stream that changed code in the middle would show it. Each version holds
 * 800 KB: one that is not let go would soon be seen in the memory of the process.
 */
const provider = (version: number) => `
import { definePlugin, Type } from "signalbox/plugin"

const version = ${version}
const ballast = Array.from({ length: 100_000 }, (_, index) => index + version + 0.5)

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
          models: Array.from({ length: 25 }, (_, words) => ({ model: "swapped/" + words, upstream: String(words), price: { input: 1, output: 1 } })),
          async *chat({ model, signal }) {
            const words = Number(model)
            yield { type: "start" }
            yield { type: "text-start", index: 0 }
            for (let word = 0; word < words; word++) {
              if (words > 1) await new Promise((resolve) => setTimeout(resolve, 20))
              signal.throwIfAborted()
              yield { type: "text-delta", index: 0, text: "v" + (ballast[0] - 0.5) + " " }
            }
            yield { type: "text-end", index: 0 }
            yield { type: "usage", usage: { input: { fresh: 1, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 }, output: { text: words, reasoning: 0, audio: 0, image: 0 } } }
            yield { type: "finish", reason: "stop", raw: "stop" }
          },
        }),
      },
    ],
  }),
})
`

/** The model is the number of words. */
const ask = async (url: string, words: number): Promise<string> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: auth,
    body: JSON.stringify({ model: `swapped/${words}`, stream: true, messages: [{ role: "user", content: "go" }] }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
  if (!text.includes("[DONE]") || text.includes('"error"')) throw new Error(`cut: ${text.slice(-500)}`)
  return [...text.matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content).join("")
}

const manage = (url: string, path: string, method = "GET") =>
  fetch(`${url}${path}`, { method, headers: { authorization: "Bearer swap-admin-0123456789" } })

interface PluginRow {
  readonly name: string
  readonly version: number
  readonly state: string
}

const liveVersion = async (url: string): Promise<number | undefined> => {
  const { data } = (await (await manage(url, "/admin/plugins")).json()) as { data: PluginRow[] }
  return data.find(({ name, state }) => name === "swapped" && state === "live")?.version
}

/** Writes a version as an editor does. */
const save = (folder: string, version: number) => {
  const draft = join(folder, ".swapped.ts.tmp")
  writeFileSync(draft, provider(version))
  renameSync(draft, join(folder, "swapped.ts"))
}

/** What is asked after a reload has been granted runs on the code that was there before. */
const reloaded = async (url: string, version: number) => {
  expect((await manage(url, "/admin/reload", "POST")).status).toBe(200)
  expect(await ask(url, 1)).toBe(`v${version} `)
}

test("200 streams at once while the plugin is rewritten 100 times: none fails, none changes code in the middle", async () => {
  const running = await startExecutable({ yaml, files: { "plugins/swapped.ts": provider(0) } })
  const folder = join(running.cwd, "plugins")
  const seen = new Set<string>()
  let finished = 0
  let stop = false
  const worker = async (_: unknown, index: number) => {
    // Of different lengths, so that at any moment some begin and some end.
    const length = 5 + (index % 20)
    while (!stop) {
      const words = (await ask(running.url, length)).trim().split(" ")
      expect(words).toEqual(Array(length).fill(words[0]!))
      seen.add(words[0]!)
      finished++
    }
  }
  const load = Promise.all(Array.from({ length: 200 }, worker))
  const rewrites = async () => {
    for (let version = 1; version <= 100; version++) {
      save(folder, version)
      if (version % 5 > 0) await reloaded(running.url, version)
      // The watcher's own way, which takes its quiet time.
      else while ((await ask(running.url, 1)) !== `v${version} `);
    }
    stop = true
  }
  await Promise.all([load, rewrites()])
  expect(finished).toBeGreaterThan(400)
  expect(seen.size).toBeGreaterThan(40)
  expect(await liveVersion(running.url)).toBe(101)
  expect(await running.stop()).toBe(0)
}, 120_000)

/** Megabytes: of the process, and in use on its JavaScript heap. */
const memoryOf = async (url: string): Promise<{ resident: number; heap: number }> => {
  const text = await (await manage(url, "/metrics")).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)![1]) / 2 ** 20
  return { resident: value("process_resident_memory_bytes"), heap: value("signalbox_heap_used_bytes") }
}

test("memory stays flat over 1,000 swaps", async () => {
  const running = await startExecutable({ yaml, files: { "plugins/swapped.ts": provider(0) } })
  const folder = join(running.cwd, "plugins")
  let version = 0
  /** The least that was in use in the course of so many swaps: right after a collection, that is. */
  const least = async (swaps: number) => {
    const samples: Awaited<ReturnType<typeof memoryOf>>[] = []
    for (const last = version + swaps; version < last; ) {
      save(folder, ++version)
      await reloaded(running.url, version)
      samples.push(await memoryOf(running.url))
    }
    return {
      resident: Math.min(...samples.map(({ resident }) => resident)),
      heap: Math.min(...samples.map(({ heap }) => heap)),
    }
  }
  await least(400)
  const early = await least(300)
  const late = await least(300)
  expect(await liveVersion(running.url)).toBe(1001)
  // 300 versions hold 240 MB: what a heap breathes is little beside that.
  expect(late.heap - early.heap).toBeLessThan(40)
  expect(late.resident - early.resident).toBeLessThan(60)
  expect(await running.stop()).toBe(0)
}, 120_000)
