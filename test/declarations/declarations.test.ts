import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openDeclarations } from "../../src/declarations/declarations.ts"
import type { Declared } from "../../src/declarations/declared.ts"
import { openStore, type Store } from "../../src/store/open-store.ts"
import { declarations as table } from "../../src/store/schema.ts"

let dir: string
let store: Store
let now = 1000
const lines: string[] = []
const say = (message: string) => void lines.push(message)
const log = { debug: say, info: say, warn: say, error: say } as never

const openHere = async () =>
  openStore({
    dataDir: dir,
    flushMs: 1,
    queueRows: 100,
    durability: "relaxed",
    log,
    clock: { now: () => now },
    newId: () => Math.floor(now++).toString(36),
  })

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "signalbox-declarations-"))
  lines.length = 0
  store = await openHere()
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

const changes: Declared[] = []
const open = () =>
  openDeclarations({ store, clock: { now: () => now++ }, log, onChange: (declared) => changes.push(declared) })

const kept = async () =>
  (await store.read.select().from(table)).map(({ kind, version }) => `${kind} ${version}`).toSorted()

const chain = (model: string) => ({ fallback: [{ model }] })

describe("declarations", () => {
  test("hold at once, and after a restart", async () => {
    const first = await open()
    const made = await first.put({ kind: "policy", name: "policy/p", body: chain("a/b"), by: "key" })
    expect(made).toMatchObject({ version: 1, createdBy: "key" })
    expect(first.current.policies["policy/p"]).toMatchObject({ kind: "fallback", others: true })
    expect(changes.at(-1)).toBe(first.current)
    await first.put({ kind: "alias", name: "fast", body: "a/b" })
    await first.put({ kind: "approval", name: "organisation", body: { mode: "all" } })
    await store.close()
    store = await openHere()
    const second = await open()
    expect(second.current.policies["policy/p"]!.steps[0]!.model).toBe("a/b")
    expect(second.current.aliases).toEqual({ fast: "a/b" })
    expect(second.current.approvals).toEqual({ organisation: { mode: "all" } })
  })

  test("presets keep their versions until they are deleted; then they begin anew", async () => {
    const declarations = await open()
    const put = (temperature: number) =>
      declarations.put({ kind: "preset", name: "calm", body: { parameters: { temperature } } })
    await put(0)
    await put(1)
    expect(declarations.current.presets.calm!.map(({ version, parameters }) => [version, parameters])).toEqual([
      [1, { temperature: 0 }],
      [2, { temperature: 1 }],
    ])
    expect(declarations.list("preset").map(({ version }) => version)).toEqual([2])
    expect(await declarations.remove({ kind: "preset", name: "calm" })).toBe(true)
    expect(await declarations.remove({ kind: "preset", name: "calm" })).toBe(false)
    expect(declarations.current.presets.calm).toBeUndefined()
    expect(declarations.list("preset")).toEqual([])
    await put(2)
    expect(declarations.versions("preset", "calm").map(({ version }) => version)).toEqual([4])
    expect(declarations.current.presets.calm!.map(({ version }) => version)).toEqual([4])
  })

  test("changes are checked one after the other", async () => {
    const declarations = await open()
    const seen: string[][] = []
    const put = (name: string) =>
      declarations.put({
        kind: "alias",
        name,
        body: "a/b",
        check: ({ aliases }) => void seen.push(Object.keys(aliases)),
      })
    await Promise.all([put("one"), put("two"), put("three")])
    expect(seen).toEqual([[], ["one"], ["one", "two"]])
  })

  test("what a check refuses changes nothing", async () => {
    const declarations = await open()
    const check = () => {
      throw new Error("no")
    }
    await expect(declarations.put({ kind: "alias", name: "x", body: "a/b", check })).rejects.toThrow("no")
    expect(declarations.current.aliases).toEqual({})
    await declarations.put({ kind: "alias", name: "x", body: "a/b" })
    expect(declarations.current.aliases).toEqual({ x: "a/b" })
  })

  test("what another gateway changed at the same time is a conflict, and is seen", async () => {
    const one = await open()
    const other = await open()
    await one.put({ kind: "alias", name: "x", body: "a/b" })
    const refused = await other
      .put({ kind: "alias", name: "x", body: "c/d" })
      .catch((error: { code: string }) => error.code)
    expect(refused).toBe("conflict")
    expect(other.current.aliases).toEqual({ x: "a/b" })
    await other.put({ kind: "alias", name: "x", body: "c/d" })
    expect(other.current.aliases).toEqual({ x: "c/d" })
  })

  test("what was replaced is not kept, except for versions of presets", async () => {
    const declarations = await open()
    const approve = (mode: string) => declarations.put({ kind: "approval", name: "organisation", body: { mode } })
    const preset = (temperature: number) =>
      declarations.put({ kind: "preset", name: "calm", body: { parameters: { temperature } } })
    for (const mode of ["all", "listed", "rules"]) await approve(mode)
    for (const temperature of [0, 1]) await preset(temperature)
    expect(await kept()).toEqual(["approval 3", "preset 1", "preset 2"])
    expect(declarations.versions("approval", "organisation").map(({ version }) => version)).toEqual([3])
    await declarations.remove({ kind: "preset", name: "calm" })
    expect(await kept()).toEqual(["approval 3", "preset 3"])
    const again = await open()
    expect(again.current.approvals).toEqual({ organisation: { mode: "rules" } })
    expect(again.current.presets).toEqual({})
  })

  test("a gateway that was far behind does not write under what it has not seen", async () => {
    const [one, other] = [await open(), await open()]
    for (const model of ["a/1", "a/2", "a/3"]) await one.put({ kind: "alias", name: "x", body: model })
    const refused = await other
      .put({ kind: "alias", name: "x", body: "c/d" })
      .catch((error: { code: string }) => error.code)
    expect(refused).toBe("conflict")
    expect(other.current.aliases).toEqual({ x: "a/3" })
    expect((await open()).current.aliases).toEqual({ x: "a/3" })
  })

  test("what another gateway declared is taken over by a look, once", async () => {
    const [one, other] = [await open(), await open()]
    await one.put({ kind: "alias", name: "x", body: "a/b" })
    await one.put({ kind: "preset", name: "calm", body: { system: "Be calm." } })
    expect(other.current.aliases).toEqual({})
    expect(await other.refresh()).toBe(true)
    expect(other.current.aliases).toEqual({ x: "a/b" })
    expect(Object.keys(other.current.presets)).toEqual(["calm"])
    expect(changes.at(-1)).toBe(other.current)
    expect(await other.refresh()).toBe(false)
    await one.remove({ kind: "alias", name: "x" })
    expect(await other.refresh()).toBe(true)
    expect(other.current.aliases).toEqual({})
  })

  test("what cannot be read is looked at once, and can be replaced", async () => {
    await store.writer.commit([
      {
        sql: "insert into declarations (kind, name, version, body, created_at) values ('alias', 'x', 4, '{', 0)",
        args: [],
      },
    ])
    const declarations = await open()
    expect(await declarations.refresh()).toBe(false)
    expect(await declarations.put({ kind: "alias", name: "x", body: "a/b" })).toMatchObject({ version: 5 })
    expect(declarations.current.aliases).toEqual({ x: "a/b" })
  })

  test("what cannot be read is left out and told", async () => {
    const put = (name: string, body: string) => ({
      sql: "insert into declarations (kind, name, version, body, created_at) values ('alias', ?, 1, ?, 0)",
      args: [name, body],
    })
    await store.writer.commit([put("broken", "{"), put("wrong", "7"), put("right", '"a/b"')])
    const declarations = await open()
    expect(declarations.current.aliases).toEqual({ right: "a/b" })
    expect(lines.filter((line) => line.includes("cannot be read"))).toHaveLength(2)
  })

  test.each([
    ["preset", "[]"],
    ["preset", '{"parameters": 7}'],
    ["policy", "7"],
    ["policy", '{"fallback": 7}'],
    ["policy", '{"fallback": []}'],
    ["policy", "{}"],
  ])("a %s that reads %s is left out and told", async (kind, body) => {
    await store.writer.commit([
      {
        sql: "insert into declarations (kind, name, version, body, created_at) values (?, 'wrong', 1, ?, 0)",
        args: [kind, body],
      },
    ])
    const { current } = await open()
    expect([current.policies, current.presets]).toEqual([{}, {}])
    expect(lines.filter((line) => line.includes("cannot be read"))).toHaveLength(1)
  })

  test("nothing holds that could not be written", async () => {
    const declarations = await open()
    const failing = await openDeclarations({
      store: { read: store.read, writer: { ...store.writer, commit: () => Promise.reject(new Error("disk full")) } },
      clock: { now: () => now },
      log,
      onChange: () => {
        throw new Error("nothing changed")
      },
    })
    await expect(failing.put({ kind: "alias", name: "x", body: "a/b" })).rejects.toThrow("disk full")
    expect(failing.current).toEqual(declarations.current)
  })
})
