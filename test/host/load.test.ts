import { expect, test } from "bun:test"
import { definePlugin, Type } from "../../src/contract/index.ts"
import { pluginsSection, stateOf, testHost, transformed, transformPlugin } from "./kit.ts"

test("a file, and folders with index or package.json and their own node_modules, are plugins", async () => {
  await using kit = await testHost()
  await kit.write({
    "a.ts": transformPlugin("a", "request.model + '+a'"),
    "b/index.js": transformPlugin("b", "request.model + word", 'import { word } from "./word.js"'),
    "b/word.js": "export const word = '+b'",
    "c/package.json": '{ "name": "c", "main": "source/main.ts" }',
    "c/source/main.ts": transformPlugin("c", "request.model + dep.word", 'import dep from "some-dependency"'),
    "c/node_modules/some-dependency/package.json": '{ "name": "some-dependency", "main": "main.js" }',
    "c/node_modules/some-dependency/main.js": "module.exports = { word: '+c' }",
  })
  expect(await kit.host.start(kit.config())).toEqual({ ok: true, problems: [] })
  expect(await transformed(kit.host)).toBe("asked+a+b+c")
  expect(kit.host.states().map(({ name, state, version }) => [name, state, version])).toEqual([
    ["a", "live", 1],
    ["b", "live", 1],
    ["c", "live", 1],
  ])
})

test("dotfiles, tests, shared code, lists and node_modules are not plugins", async () => {
  await using kit = await testHost()
  const broken = "throw new Error('must not be loaded')"
  await kit.write({
    ".hidden.ts": broken,
    "a.test.ts": broken,
    "_shared.ts": broken,
    "index.ts": broken,
    "node_modules/x/index.js": broken,
    "README.md": "text",
    "empty/notes.txt": "text",
  })
  expect(await kit.host.start(kit.config())).toEqual({ ok: true, problems: [] })
  expect(kit.host.states()).toEqual([])
})

const faults: readonly (readonly [string, string, RegExp])[] = [
  ["a syntax error", "export default {", /Expected|Unexpected|end of file/],
  ["a throw at load", "throw new Error('boom at load')", /boom at load/],
  ["a missing export of the contract", 'import { nope } from "signalbox/plugin"; export default nope', /nope/],
  ["nothing exported", "export const x = 1", /exports no plugin/],
  ["a bad name", "export default { name: 'Bad_Name', contract: 1, options: {}, setup() {} }", /kebab-case/],
  ["another contract", "export default { name: 'x', contract: 2, options: {}, setup() {} }", /contract 2/],
  ["no setup", "export default { name: 'x', contract: 1, options: { type: 'object' } }", /setup/],
  ["a setup that throws", transformPlugin("x", "''").replace("setup: () =>", "setup: () => boom,b: () =>"), /boom/],
  ["a wrong capability", transformPlugin("x", "''").replace("apply:", "aply:"), /transforms\[0\].apply/],
  ["an unknown kind", transformPlugin("x", "''").replace("transforms:", "tranforms:"), /"tranforms"/],
]

for (const [what, text, message] of faults) {
  test(`${what} leaves the gateway and the other plugins alone, and is told`, async () => {
    await using kit = await testHost()
    await kit.write({ "x.ts": text, "fine.ts": transformPlugin("fine", "'fine'") })
    const result = await kit.host.start(kit.config())
    expect(result.ok).toBe(false)
    expect(result.problems[0]).toMatchObject({ plugin: "x", message: expect.stringMatching(message) })
    expect(await transformed(kit.host)).toBe("fine")
    expect(stateOf(kit.host, "x")).toMatchObject({
      state: "failed",
      lastError: { message: expect.stringMatching(message) },
    })

    await kit.write({ "x.ts": transformPlugin("x", "'mended'") })
    expect((await kit.host.reloadPlugin(["x.ts"])).ok).toBe(true)
    expect(stateOf(kit.host, "x")).toMatchObject({ state: "live" })
    expect(stateOf(kit.host, "x")?.lastError).toBeUndefined()
    expect(await transformed(kit.host)).toBe("mended")
  })
}

test("a load that never ends is given up, and the next version of the file is read all the same", async () => {
  await using kit = await testHost()
  await kit.write({ "x.ts": "await new Promise(() => {}); export default 1" })
  const starting = kit.host.start(kit.config())
  await kit.time.untilPending()
  kit.time.advance(30_000)
  expect((await starting).problems[0]?.message).toBe("did not load within 30 s")
  for (const answer of ["'one'", "'two'"]) {
    await kit.write({ "x.ts": transformPlugin("x", answer) })
    expect(await kit.host.reloadPlugin(["x.ts"])).toEqual({ ok: true, problems: [] })
    expect(`'${await transformed(kit.host)}'`).toBe(answer)
  }
})

test("a setup that hangs is given up, its signal aborted, what it opened closed", async () => {
  const seen: string[] = []
  const hanging = definePlugin({
    name: "hanging",
    contract: 1,
    options: Type.Object({}),
    setup: (_, context) => {
      context.signal.addEventListener("abort", () => seen.push("aborted"))
      context.onDispose(() => {
        seen.push("first opened")
      })
      context.onDispose(() => {
        seen.push("last opened")
      })
      return new Promise(() => {})
    },
  })
  await using kit = await testHost([hanging])
  const starting = kit.host.start(pluginsSection({ hookMs: 5000 }))
  await kit.time.untilPending()
  kit.time.advance(5000)
  const result = await starting
  expect(result.problems[0]?.message).toBe('setup of the plugin "hanging" did not answer within 5 s')
  expect(seen).toEqual(["aborted", "last opened", "first opened"])
  expect(kit.time.pending).toBe(0)
})

test("a file that does not compile says where, every mistake of it", async () => {
  await using kit = await testHost()
  await kit.write({ "a.ts": "export default {\n  name: 'a'\n  contract: 1\n  options: 2\n}\n" })
  await kit.host.start(kit.config())
  expect(kit.host.states()[0]!.lastError?.message).toMatch(/\b3:\d+: .+/)
})
