import { describe, expect, test } from "bun:test"
import { definePlugin, Type } from "../../src/contract/index.ts"
import { readOptions } from "../../src/host/options.ts"
import { pluginsSection, stateOf, testHost } from "./kit.ts"

const plugin = definePlugin({
  name: "picky",
  contract: 1,
  options: Type.Object({
    level: Type.Optional(Type.Union([Type.Literal("low"), Type.Literal("high")])),
    limit: Type.Integer({ default: 7, minimum: 1 }),
    nested: Type.Object({ flag: Type.Boolean() }, { default: { flag: false } }),
    list: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
    free: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    open: Type.Optional(Type.Object({}, { additionalProperties: true })),
  }),
  validate: ({ limit, level }) => {
    if (level === "low" && limit > 10) throw new Error("limit must be at most 10 with level low")
  },
  setup: () => ({}),
})

describe("options of a plugin", () => {
  test("get their defaults", () => {
    expect(readOptions(plugin, undefined)).toEqual({ limit: 7, nested: { flag: false } })
  })
  test("may be open where the author says so", () => {
    const given = { free: { a: 1 }, open: { b: 2 } }
    expect(readOptions(plugin, given)).toMatchObject(given)
  })
  test.each([
    [{ limt: 1 }, 'unknown key "limt"'],
    [{ nested: { flag: true, other: 1 } }, 'unknown key "nested.other"'],
    [{ list: [{ name: "a", nam: "b" }] }, 'unknown key "list.0.nam"'],
    [{ list: [{}] }, '"list.0.name" is missing'],
    [{ limit: "many" }, '"limit": expected integer'],
    [{ limit: 11, level: "low" }, "limit must be at most 10 with level low"],
  ])("%j is refused: %s", (given, words) => {
    expect(() => readOptions(plugin, given)).toThrow(words)
    expect(() => readOptions(plugin, given)).toThrow('options of plugin "picky"')
  })
  test("are not changed in the configuration", () => {
    const given = {}
    readOptions(plugin, given)
    expect(given).toEqual({})
  })
})

test("a configuration with wrong options changes nothing; with right ones only that plugin is set up anew", async () => {
  const setups: string[] = []
  const make = (name: string) =>
    definePlugin({
      name,
      contract: 1,
      options: Type.Object({ word: Type.String({ default: "none" }) }),
      setup: ({ word }) => {
        setups.push(`${name} ${word}`)
        return { sinks: [{ name, write: async () => {} }] }
      },
    })
  await using kit = await testHost([make("one"), make("two")])
  await kit.host.start(pluginsSection())
  const before = kit.host.roster()
  const wrong = {
    use: [
      { name: "one", options: { wrod: "x" } },
      { name: "two", options: { word: "y" } },
    ],
  }
  const refused = await kit.host.reload(pluginsSection(wrong))
  expect(refused).toEqual({
    ok: false,
    problems: [{ plugin: "one", message: 'options of plugin "one": unknown key "wrod"', named: true }],
  })
  expect(kit.host.roster()).toBe(before)
  expect(stateOf(kit.host, "one")).toMatchObject({ state: "live" })

  setups.length = 0
  expect((await kit.host.reload(pluginsSection({ use: [{ name: "two", options: { word: "z" } }] }))).ok).toBe(true)
  expect(setups).toEqual(["two z"])
  // plugins.use gives the order.
  expect(kit.host.roster().sinks.map((sink) => sink.name)).toEqual(["two", "one"])

  expect((await kit.host.reload(pluginsSection({ use: [{ name: "two", enabled: false }] }))).ok).toBe(true)
  expect(kit.host.roster().sinks.map((sink) => sink.name)).toEqual(["one"])
  expect(stateOf(kit.host, "two")).toMatchObject({ state: "off" })
})

test("a name in plugins.use that no plugin has is told", async () => {
  await using kit = await testHost()
  const result = await kit.host.start(pluginsSection({ use: [{ name: "gone" }] }))
  expect(result.problems).toEqual([
    { plugin: "gone", message: 'plugins.use names "gone", but there is no such plugin', named: true },
  ])
  expect(stateOf(kit.host, "gone")).toMatchObject({ state: "failed" })
})
