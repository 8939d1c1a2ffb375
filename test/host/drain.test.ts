import { expect, test } from "bun:test"
import { definePlugin, Type } from "../../src/contract/index.ts"
import { pluginsSection, stateOf, testHost, transformPlugin, untilDisposed } from "./kit.ts"

/** A plugin that notes how it ends; each set-up with another word is a new instance. */
function tracked() {
  const seen: string[] = []
  let created = 0
  const plugin = definePlugin({
    name: "tracked",
    contract: 1,
    options: Type.Object({ word: Type.String({ default: "first" }) }),
    setup: ({ word }, context) => {
      context.shared("counter", () => {
        created += 1
        return { [Symbol.dispose]: () => seen.push("shared closed") }
      })
      context.signal.addEventListener("abort", () => seen.push(`${word} aborted`))
      context.onDispose(async () => {
        seen.push(`${word} opened first`)
      })
      context.onDispose(() => {
        seen.push(`${word} throws`)
        throw new Error("while closing")
      })
      context.onDispose(() => {
        seen.push(`${word} opened last`)
      })
      return { sinks: [{ name: "tracked", write: async () => {} }] }
    },
  })
  return { plugin, seen, sharedCreated: () => created }
}
const using = (word: string) => ({ use: [{ name: "tracked", options: { word } }], drainMs: 60_000 })

test("a replaced instance lives while a request holds it, and then closes last in first out", async () => {
  const { plugin, seen, sharedCreated } = tracked()
  await using kit = await testHost([plugin])
  await kit.host.start(pluginsSection(using("first")))
  const release = kit.host.roster().acquire()
  const other = kit.host.roster().acquire()
  await kit.host.reload(pluginsSection(using("second")))
  release()
  release()
  expect(seen).toEqual([])
  expect(kit.host.states().map(({ state, holders, version }) => [state, holders, version])).toEqual([
    ["live", 0, 1],
    ["draining", 1, 1],
  ])
  other()
  await untilDisposed(kit.host)
  expect(seen).toEqual(["first aborted", "first opened last", "first throws", "first opened first"])
  expect(kit.host.states()).toHaveLength(1)
  expect(stateOf(kit.host, "tracked")).toMatchObject({ failures: 1, lastError: { hook: "dispose" } })

  await kit.host.close()
  expect(seen.slice(4)).toEqual([
    "second aborted",
    "second opened last",
    "second throws",
    "second opened first",
    "shared closed",
  ])
  expect(sharedCreated()).toBe(1)
})

test("an instance in several held rosters goes with the last of them", async () => {
  const { plugin, seen } = tracked()
  await using kit = await testHost([plugin])
  await kit.host.start(kit.config(using("first")))
  const first = kit.host.roster().acquire()
  await kit.write({ "x.ts": transformPlugin("x", "'x'") })
  await kit.host.reloadPlugin(["x.ts"])
  const second = kit.host.roster().acquire()
  await kit.host.reload(kit.config(using("second")))
  first()
  expect(seen).toEqual([])
  second()
  expect(seen[0]).toBe("first aborted")
})

test("draining ends at its deadline", async () => {
  const { plugin, seen } = tracked()
  await using kit = await testHost([plugin])
  await kit.host.start(pluginsSection(using("first")))
  const release = kit.host.roster().acquire()
  await kit.host.reload(pluginsSection(using("second")))
  kit.time.advance(59_999)
  expect(seen).toEqual([])
  kit.time.advance(1)
  expect(seen[0]).toBe("first aborted")
  release()
})

test("a failed setup closes what it opened, and the old instance stays", async () => {
  await using kit = await testHost()
  const text = (fail: boolean) => `
    import { Type } from "signalbox/plugin"
    export default { name: "x", contract: 1, options: Type.Object({}), setup(_, context) {
      const log = context.shared("log", () => [])
      context.onDispose(() => { log.push("closed") })
      ${fail ? 'throw new Error("setup broke")' : ""}
      return { transforms: [{ name: "x", apply: (request) => ({ ...request, model: log.join() }) }] }
    } }`
  await kit.write({ "x.ts": text(false) })
  await kit.host.start(kit.config())
  await kit.write({ "x.ts": text(true) })
  expect((await kit.host.reloadPlugin(["x"])).problems[0]?.message).toBe("setup broke")
  const [transform] = kit.host.roster().transforms
  expect(await transform?.apply({ model: "", messages: [], sampling: {}, stream: false }, {} as never)).toMatchObject({
    model: "closed",
  })
  expect(stateOf(kit.host, "x")).toMatchObject({
    state: "live",
    version: 1,
    lastError: { message: "setup broke", hook: "setup" },
  })
})

test("a swap that the gateway refuses keeps the old roster and closes the new instances", async () => {
  const { plugin, seen } = tracked()
  let refuse = false
  await using kit = await testHost([plugin], {
    onSwap: () => {
      if (refuse) throw new Error("no catalogue")
    },
  })
  await kit.host.start(pluginsSection(using("first")))
  const before = kit.host.roster()
  refuse = true
  expect(await kit.host.reload(pluginsSection(using("second")))).toMatchObject({
    ok: false,
    problems: [{ message: "no catalogue" }],
  })
  expect(kit.host.roster()).toBe(before)
  expect(seen[0]).toBe("second aborted")
  expect(seen.some((line) => line.startsWith("first"))).toBe(false)
})

test("a thousand swaps leave no instance, no module and no timer behind", async () => {
  const counts = globalThis as { made?: number; gone?: number }
  counts.made = 0
  counts.gone = 0
  await using kit = await testHost()
  const text = (round: number) => `
    import { Type } from "signalbox/plugin"
    import { half } from "./half.ts"
    export default { name: "x", contract: 1, options: Type.Object({}), setup(_, context) {
      globalThis.made++
      context.onDispose(() => { globalThis.gone++ })
      return { transforms: [{ name: "x", apply: (request) => ({ ...request, model: "${round}" + half }) }] }
    } }`
  await kit.write({ "x/index.ts": text(0), "x/half.ts": "export const half = 0" })
  await kit.host.start(kit.config())
  const cached = Object.keys(require.cache).length
  for (let round = 1; round <= 1000; round++) {
    await kit.write({ "x/index.ts": text(round) })
    const release = kit.host.roster().acquire()
    await kit.host.reloadPlugin(["x"])
    release()
  }
  await untilDisposed(kit.host)
  const [transform] = kit.host.roster().transforms
  expect(await transform?.apply({ model: "", messages: [], sampling: {}, stream: false }, {} as never)).toMatchObject({
    model: "10000",
  })
  expect([counts.made, counts.gone]).toEqual([1001, 1000])
  expect(Object.keys(require.cache).length).toBe(cached)
  expect(kit.time.pending).toBe(0)
  expect(kit.host.states()).toHaveLength(1)
}, 60_000)
