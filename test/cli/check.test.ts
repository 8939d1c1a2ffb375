import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type CliHarness, cliHarness } from "../kit/cli.ts"

let cli: CliHarness
const write = (name: string, text: string) => writeFileSync(join(cli.cwd, name), text)
beforeEach(() => {
  cli = cliHarness({ PORT: "9000" })
})
afterEach(() => cli.remove())

describe("check", () => {
  test("without a file says that the defaults hold", async () => {
    const { code, out } = await cli.run("check")
    expect(code).toBe(0)
    expect(out).toContain("There is no signalbox.yaml here")
  })

  test("of a good file counts what is in it", async () => {
    write("signalbox.yaml", "server: { port: ${PORT} }\nproviders: [ { id: mock } ]\naliases: { a: b/c, d: e/f }\n")
    const { code, out } = await cli.run("check")
    expect([code, out]).toEqual([0, `${cli.cwd}/signalbox.yaml: fine (1 provider, 0 keys, 2 aliases, 0 policies)\n`])
  })

  test("what only the plugins can tell has a place and the name that was meant", async () => {
    mkdirSync(join(cli.cwd, "plugins"))
    write("signalbox.yaml", "providers:\n  - { id: mine, plugin: opneai }\nstrategy: cheapst\n")
    write(
      "plugins/cheap.ts",
      `import { definePlugin, Type } from "signalbox/plugin"
export default definePlugin({ name: "cheap", contract: 1, options: Type.Object({}),
  setup: () => ({ strategies: [{ name: "cheapest", order: (candidates) => candidates }] }) })`,
    )
    const { code, error } = await cli.run("check")
    expect(code).toBe(2)
    expect(error).toContain(
      `signalbox.yaml:2:5: provider "mine": There is no provider plugin "opneai"; did you mean openai?`,
    )
    expect(error).toContain('signalbox.yaml:3:11: strategy: no plugin has a strategy "cheapst"; did you mean cheapest?')
  })

  test("names of models that nobody offers are told, and allowed", async () => {
    const policies =
      "policies: { policy/p: { fallback: [ { model: mock/echo }, { model: no/policy } ] }, policy/good: { fallback: [ { model: mock/echo } ] } }"
    write(
      "signalbox.yaml",
      `providers: [ { id: mock } ]\ndefault_model: mock/ehco\naliases: { a: no/alias, b: mock/echo }\n${policies}\n`,
    )
    const { code, error } = await cli.run("check")
    expect(code).toBe(0)
    const path = `warning: ${cli.cwd}/signalbox.yaml`
    expect(error.trimEnd().split("\n")).toEqual([
      expect.stringContaining(`${path}:2:16: No provider offers the model "mock/ehco". Did you mean "mock/echo"`),
      expect.stringContaining(`${path}:3:15: No provider offers the model "no/alias"`),
      expect.stringContaining(`${path}:4:23: policy/p: No provider offers the model "no/policy"`),
    ])
  })

  test("preferences have a place, and each mistake of them is told", async () => {
    write(
      "signalbox.yaml",
      `providers: [ { id: mock } ]
keys:
  - { name: k, key: some-key-0123456789, provider: { order: x, zdr: "yes" } }
policies:
  policy/a: { fallback: [ { model: mock/echo } ], provider: { onyl: [ x ] } }
`,
    )
    const { code, error } = await cli.run("check")
    expect(code).toBe(2)
    expect(error).toContain('signalbox.yaml:3:5: "keys[0].provider.order" must be a list of strings')
    expect(error).toContain('signalbox.yaml:3:5: "keys[0].provider.zdr" must be')
    expect(error).toMatch(/signalbox\.yaml:5:\d+: .*onyl" is not known; did you mean only\?/)
  })

  test("regions that nothing is in, and names in keys and presets that lead nowhere, are told", async () => {
    write(
      "signalbox.yaml",
      `providers: [ { id: mock, region: cellar } ]
server: { listeners: [ { port: 0, region: mars }, { port: 0, region: Cellar } ], hosts: [ { name: a.x, region: eurpe } ] }
approved_models: { mode: rules, rules: [ { regions: [ eu, moon ] } ] }
keys: [ { name: k, key: some-key-0123456789, default_model: mock/nothing/x@preset/none } ]
presets: { p: { parameters: { model: no/such } } }
`,
    )
    const { code, error } = await cli.run("check")
    expect(code).toBe(0)
    for (const words of ['server.listeners[0].region: no region is known as "mars"', '"eurpe"', '"moon"', '"no/such"'])
      expect(error).toContain(words)
    expect(error).toContain("signalbox.yaml:4:9:")
    for (const fine of ['"Cellar"', '"eu"']) expect(error).not.toContain(fine)
  })

  test("lists of models that let nothing in are told, with what nobody goes by", async () => {
    write(
      "signalbox.yaml",
      `providers:
  - { id: local, plugin: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: [ { id: acme/one-1.5, upstream: uno } ] }
  - { id: open, plugin: openai-compatible, base_url: "http://127.0.0.1:1/v1" }
aliases: { quick: acme/one-1.5 }
keys:
  - { name: k, key: some-key-0123456789, models: [ acme/*, quick, ONE-1-5, "local:uno", "open/*", open/any, acme/tow, "acmee/*" ] }
approved_models: { mode: listed, models: [ "on*", "tow*", "other:*" ] }
`,
    )
    const { code, error } = await cli.run("check")
    expect(code).toBe(0)
    expect(error.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^warning: .*signalbox\.yaml:6:5: keys\[0\]\.models: no known model goes by "acme\/tow"$/),
      expect.stringMatching(/^warning: .*signalbox\.yaml:6:5: keys\[0\]\.models: no known model goes by "acmee\/\*"$/),
      expect.stringMatching(
        /^warning: .*signalbox\.yaml:7:\d+: approved_models\.models: no known model goes by "tow\*"$/,
      ),
      expect.stringMatching(
        /^warning: .*signalbox\.yaml:7:\d+: approved_models\.models: no known model goes by "other:\*"$/,
      ),
    ])
  })

  test("of a bad file tells every mistake and ends with 2", async () => {
    write("other.yaml", "server: { prot: 1 }\nlog: { level: loud }\n")
    for (const words of [
      ["check", "other.yaml"],
      ["check", "--config", "other.yaml"],
    ]) {
      const { code, out, error } = await cli.run(...words)
      expect([code, out]).toEqual([2, ""])
      expect(error.split("\n")).toEqual([
        `${cli.cwd}/other.yaml:1:11: server.prot is no setting; did you mean port?`,
        `${cli.cwd}/other.yaml:2:15: log.level must be one of debug, info, warn, error`,
        "",
      ])
    }
  })

  test("of a missing file ends with 2", async () => {
    const { code, error } = await cli.run("check", "none.yaml")
    expect(code).toBe(2)
    expect(error).toBe(`${cli.cwd}/none.yaml: cannot read the file: it is not there\n`)
  })

  test("tells what only shows when plugins are loaded, with its place", async () => {
    write(
      "signalbox.yaml",
      "providers:\n  - id: mock\n  - { id: mine, plugin: opneai }\nplugins:\n  use: [ { name: mock, options: { x: 1 } } ]\n",
    )
    const { code, out, error } = await cli.run("check")
    expect([code, out]).toEqual([2, ""])
    expect(error).toContain(`${cli.cwd}/signalbox.yaml:3:5: provider "mine": `)
    expect(error).toContain(`${cli.cwd}/signalbox.yaml:5:10: plugin "mock": `)
  })

  test("warns without failing", async () => {
    write("signalbox.yaml", "keys: [ { name: a, key: sk-11aaff2233, expires_at: 2020-01-01T00:00:00Z } ]\n")
    const { code, error } = await cli.run("check")
    expect(code).toBe(0)
    expect(error).toBe(`warning: ${cli.cwd}/signalbox.yaml:1:52: the key a has expired\n`)
  })

  test("--schema prints the schema and nothing else", async () => {
    const { code, out } = await cli.run("check", "--schema")
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ type: "object", additionalProperties: false })
  })

  test("every command that reads the configuration refuses a bad one with 2", async () => {
    write("signalbox.yaml", "prot: 1\n")
    for (const words of [["serve"], ["keys", "list"], ["models"]]) {
      const { code, error } = await cli.run(...words)
      expect(code).toBe(2)
      expect(error).toContain("signalbox.yaml:1:1: prot is no setting")
    }
  })
})

describe("init", () => {
  test("writes a file that passes, and its schema", async () => {
    const { code, out } = await cli.run("init")
    expect(code).toBe(0)
    expect(out).toContain(join(cli.cwd, "signalbox.yaml"))
    expect(JSON.parse(readFileSync(join(cli.cwd, "signalbox.schema.json"), "utf8"))).toHaveProperty("properties.server")
    expect((await cli.run("check")).code).toBe(0)
  })

  test("overwrites only when told to", async () => {
    write("signalbox.yaml", "mine")
    const { code, error } = await cli.run("init")
    expect(code).toBe(1)
    expect(error).toBe(`signalbox init: ${cli.cwd}/signalbox.yaml is there already; --force overwrites it\n`)
    expect(readFileSync(join(cli.cwd, "signalbox.yaml"), "utf8")).toBe("mine")
    expect(existsSync(join(cli.cwd, "signalbox.schema.json"))).toBe(false)
    expect((await cli.run("init", "--force")).code).toBe(0)
    expect((await cli.run("check")).code).toBe(0)
  })

  test("elsewhere says how to start with it", async () => {
    const { out } = await cli.run("init", "conf/my.yaml")
    expect(out).toContain(`signalbox serve --config ${join(cli.cwd, "conf/my.yaml")}`)
  })
})

describe("plugin new", () => {
  test("writes a plugin that passes check as it is", async () => {
    const { code, out } = await cli.run("plugin", "new", "guardrail", "my-words")
    expect(code).toBe(0)
    expect(out).toContain(join(cli.cwd, "plugins/my-words/index.ts"))
    expect(await cli.run("check", "plugins/my-words")).toMatchObject({ code: 0, error: "" })
  })

  test("overwrites nothing", async () => {
    await cli.run("plugin", "new", "sink", "lines", "--dir", "mine")
    const { code, error } = await cli.run("plugin", "new", "sink", "lines", "--dir", "mine")
    expect([code, error]).toEqual([1, `signalbox plugin new: ${join(cli.cwd, "mine/lines")} is there already\n`])
  })

  test.each([
    [
      "guardial",
      "x",
      "KIND must be one of provider, guardrail, cache, strategy, transform, sink, search, notifier, detector; did you mean guardrail?",
    ],
    ["sink", "My Sink", "NAME must be lower-case words with dashes between them, like my-sink"],
    ["sink", "../x", "NAME must be lower-case words"],
  ])("refuses %s %s", async (kind, name, message) => {
    const { code, error } = await cli.run("plugin", "new", kind, name)
    expect(code).toBe(2)
    expect(error).toContain(message)
  })

  test("a missing plugin is told", async () => {
    const { code, error } = await cli.run("check", "plugins/none.ts")
    expect(code).toBe(1)
    expect(error).toContain("plugins/none.ts is not there")
  })
})
