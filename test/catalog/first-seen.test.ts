import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildCatalog } from "../../src/catalog/build.ts"
import { openFirstSeen } from "../../src/catalog/first-seen.ts"
import { noteModels } from "../../src/gateway/note-models.ts"
import { openStore, type Store } from "../../src/store/open-store.ts"
import { CountedFacts, configOf, definitionsOf } from "./kit.ts"

const minute = 60_000
const hour = 60 * minute
let dir: string
let store: Store
let now = 0
const clock = { now: () => now }
const log = { debug() {}, info() {}, warn() {}, error() {} } as never

const openHere = () =>
  openStore({ dataDir: dir, flushMs: 1, queueRows: 100, durability: "relaxed", log, clock, newId: () => "id" })
const open = () => openFirstSeen({ store, clock, log })

beforeEach(async () => {
  now = 10 * hour
  dir = mkdtempSync(join(tmpdir(), "signalbox-first-seen-"))
  store = await openHere()
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

test("what the very first list has is no news; what is declared later is", async () => {
  const seen = await open()
  seen.note(["a/one"])
  now += minute
  seen.note(["a/one", "a/two"])
  expect([seen.of("a/one"), seen.of("a/two"), seen.of("a/three")]).toEqual([0, now, undefined])
})

test("what the first public lists know is no news, though they come a moment later", async () => {
  const seen = await open()
  seen.note(["a/one"], ["k/one"])
  now += 5 * minute
  seen.note(["a/one"], ["k/one", "k/two"])
  now += hour
  seen.note(["a/one"], ["k/one", "k/two", "k/three"])
  expect(["k/one", "k/two", "k/three"].map(seen.of)).toEqual([0, 0, now])
})

test("a restart begins nothing anew", async () => {
  const first = await open()
  first.note(["a/one"])
  now += 2 * hour
  first.note(["a/one"], ["k/one"])
  const noted = now
  await store.close()
  store = await openHere()
  now += hour
  const second = await open()
  second.note(["a/one", "a/two"], ["k/one", "k/two"])
  expect(["a/one", "k/one", "a/two", "k/two"].map(second.of)).toEqual([0, noted, now, now])
})

test("a catalogue is noted when it changes; one that waits for what is publicly known, when that is there", async () => {
  const catalogOf = (providers: readonly object[]) => {
    const known = new CountedFacts({ open: [{ upstream: "o/known", canonical: "o/known" }] })
    const kinds = definitionsOf({ closed: {}, open: {} })
    return buildCatalog(configOf({ providers }), kinds, {}, known).catalog
  }
  const closed = { id: "closed", models: [{ id: "c/one" }] }
  const seen = await open()
  noteModels(seen, catalogOf([closed]), { isThere: false })
  expect(seen.of("c/one")).toBe(0)
  now += 2 * hour
  const both = catalogOf([{ ...closed, models: [{ id: "c/one" }, { id: "c/two" }] }, { id: "open" }])
  noteModels(seen, both, { isThere: false })
  expect(seen.of("c/two")).toBeUndefined()
  noteModels(seen, both, { isThere: true })
  expect(["c/one", "c/two", "o/known"].map(seen.of)).toEqual([0, now, now])
})
