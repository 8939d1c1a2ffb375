import { expect, test } from "bun:test"
import { definePlugin, type ProviderDefinition, Type } from "../../src/contract/index.ts"
import { stateOf, testHost, transformed, transformPlugin } from "./kit.ts"

const builtIn = definePlugin({
  name: "word",
  contract: 1,
  options: Type.Object({}),
  setup: () => ({ transforms: [{ name: "word", apply: (request) => ({ ...request, model: "built-in" }) }] }),
})

test("a plugin of the folder replaces the built-in of its name; without it the built-in is back", async () => {
  await using kit = await testHost([builtIn])
  await kit.host.start(kit.config())
  expect(await transformed(kit.host)).toBe("built-in")

  await kit.write({ "my-word.ts": transformPlugin("word", "'folder'") })
  await kit.host.reloadPlugin(["my-word.ts"])
  expect(await transformed(kit.host)).toBe("folder")
  expect(kit.host.states().map((state) => state.source)).toEqual([`${kit.folder}/my-word.ts`])

  await kit.write({ "my-word.ts": undefined })
  await kit.host.reloadPlugin(["my-word.ts"])
  expect(await transformed(kit.host)).toBe("built-in")
  expect(kit.host.states().map((state) => state.source)).toEqual(["built-in"])
})

test("the folder of the standard set itself replaces nothing; what is dropped beside it is read", async () => {
  await using kit = await testHost([builtIn])
  await kit.write({
    "index.ts": 'import word from "./word/index.ts"\nexport default [word]\n',
    "word/index.ts": transformPlugin("word", "'source'"),
    "other.ts": transformPlugin("other", "'other'"),
  })
  await kit.host.start(kit.config())
  expect(kit.host.states().map(({ name, source }) => [name, source])).toEqual([
    ["word", "built-in"],
    ["other", `${kit.folder}/other.ts`],
  ])
})

test("a replacement that cannot be set up leaves the built-in in place", async () => {
  await using kit = await testHost([builtIn])
  await kit.write({
    "word.ts": transformPlugin("word", "''").replace("setup:", "validate() { throw new Error('no') }, setup:"),
  })
  expect((await kit.host.start(kit.config())).ok).toBe(false)
  expect(await transformed(kit.host)).toBe("built-in")
  expect(kit.host.states().map(({ source, state }) => [source, state])).toEqual([
    ["built-in", "live"],
    [`${kit.folder}/word.ts`, "failed"],
  ])
})

test("an edit sees changed nested imports; a broken edit keeps the old code and says so", async () => {
  await using kit = await testHost()
  const index = transformPlugin("x", "deep", 'import { deep } from "./lib/deep.ts"')
  await kit.write({ "x/index.ts": index, "x/lib/deep.ts": "export const deep = 'first'" })
  await kit.host.start(kit.config())
  await kit.write({ "x/lib/deep.ts": "export const deep = 'second'" })
  await kit.host.reloadPlugin(["x"])
  expect(await transformed(kit.host)).toBe("second")

  await kit.write({ "x/lib/deep.ts": "export const deep = = 'third'" })
  expect((await kit.host.reloadPlugin(["x"])).ok).toBe(false)
  expect(await transformed(kit.host)).toBe("second")
  expect(stateOf(kit.host, "x")).toMatchObject({ state: "live", lastError: { hook: "load" } })

  await kit.write({ "x/lib/deep.ts": "import { other } from './other.ts'; export const deep = other" })
  expect((await kit.host.reloadPlugin(["x"])).ok).toBe(false)
  await kit.write({ "x/lib/other.ts": "export const other = 'fourth'" })
  expect((await kit.host.reloadPlugin(["x"])).ok).toBe(true)
  expect(await transformed(kit.host)).toBe("fourth")
})

test("a reload of the configuration does not wait for the watcher to find an edit", async () => {
  // The watcher is on, but its quiet time never ends: the time is manual.
  await using kit = await testHost([], { watch: true })
  await kit.write({ "a.ts": transformPlugin("a", "'old'") })
  await kit.host.start(kit.config())
  await kit.write({ "a.ts": transformPlugin("a", "'newer'"), "b.ts": transformPlugin("b", "request.model") })
  expect((await kit.host.reload(kit.config())).ok).toBe(true)
  expect(await transformed(kit.host)).toBe("newer")
  expect(stateOf(kit.host, "b")?.state).toBe("live")
})

test("code shared by plugins of the folder is read again by all of them", async () => {
  await using kit = await testHost()
  const using = (name: string) =>
    transformPlugin(name, "request.model + shared", 'import { shared } from "./_shared.ts"')
  await kit.write({ "a.ts": using("a"), "b.ts": using("b"), "_shared.ts": "export const shared = '+1'" })
  await kit.host.start(kit.config())
  await kit.write({ "_shared.ts": "export const shared = '+2'" })
  await kit.host.reloadPlugin(["_shared.ts"])
  expect(await transformed(kit.host)).toBe("asked+2+2")
})

test("the second plugin of one name is refused, and takes over when the first is gone", async () => {
  await using kit = await testHost()
  await kit.write({ "b.ts": transformPlugin("same", "'b'") })
  await kit.host.start(kit.config())
  await kit.write({ "a.ts": transformPlugin("same", "'a'") })
  const result = await kit.host.reloadPlugin(["a.ts"])
  expect(result.problems[0]?.message).toBe('the plugin "same" is already defined by b.ts; rename one of them')
  expect(await transformed(kit.host)).toBe("b")

  await kit.write({ "b.ts": undefined })
  await kit.host.reloadPlugin(["b.ts"])
  expect(await transformed(kit.host)).toBe("a")
  expect(kit.host.states().map(({ state, lastError }) => [state, lastError])).toEqual([["live", undefined]])
})

const providerPlugin = (name: string, id: string, mark: string) => `
import { Type } from "signalbox/plugin"
export const plugin = { name: "${name}", contract: 1, options: Type.Object({}), setup: () => ({
  providers: [{ id: "${id}", name: "${mark}", create: () => ({ async *chat() {} }) }] }) }
`
const vendors = definePlugin({
  name: "vendors",
  contract: 1,
  options: Type.Object({}),
  setup: () => ({
    providers: ["one", "two"].map(
      (id): ProviderDefinition => ({ id, name: "built-in", create: () => ({ async *chat() {} }) }),
    ),
  }),
})

test("a provider id of the folder wins over a built-in's; of two in the folder the newcomer is refused", async () => {
  await using kit = await testHost([vendors])
  await kit.write({ "mine.ts": providerPlugin("mine", "one", "mine") })
  expect((await kit.host.start(kit.config())).ok).toBe(true)
  const names = () =>
    [...kit.host.roster().providers].map(([id, { definition, standalone }]) => [id, definition.name, standalone])
  expect(names()).toEqual([
    ["one", "mine", true],
    ["two", "built-in", false],
  ])
  await kit.write({ "also.ts": providerPlugin("also", "one", "also") })
  const result = await kit.host.reloadPlugin(["also.ts"])
  expect(result.problems).toEqual([
    { plugin: "also", message: 'the provider "one" is already defined by the plugin "mine"', named: false },
  ])
  expect(names()[0]).toEqual(["one", "mine", true])
  expect(stateOf(kit.host, "also")).toMatchObject({ state: "failed" })
})

test("a replaced built-in's providers stay where the configuration asks for them", async () => {
  await using kit = await testHost([vendors])
  await kit.write({ "vendors.ts": providerPlugin("vendors", "one", "mine") })
  await kit.host.start(kit.config())
  expect(kit.host.roster().providers.get("one")).toMatchObject({ standalone: false, plugin: "vendors" })
})
