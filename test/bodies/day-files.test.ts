import { afterAll, beforeEach, expect, test } from "bun:test"
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DayFiles } from "../../src/bodies/day-files.ts"
import type { BodySettings, KeptBody } from "../../src/bodies/types.ts"
import { NOW, newFolder, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const dayMs = 86_400_000
const settings: BodySettings = { retentionDays: 30, quotaBytes: 1e9, bodyBytes: 1e6 }
const sealed: BodySettings = { ...settings, encryptionKey: "a passphrase of the operator" }

let folder = ""
let starts = 0
beforeEach(() => {
  folder = join(newFolder(), "bodies")
})

const open = () => new DayFiles(folder, `start${++starts}`, Buffer.from("a seed of this test"))

const body = (change: Partial<KeptBody> = {}): KeptBody => ({
  id: "gen-1",
  keyId: "key-1",
  at: NOW,
  api: "chat-completions",
  streamed: false,
  request: '{"messages":[{"role":"user","content":"the quick brown fox"}]}',
  changed: false,
  answer: '{"choices":[]}',
  requestCut: 0,
  answerCut: 0,
  ...change,
})
const files = (day: string) => readdirSync(join(folder, day)).map((name) => join(folder, day, name))
const everything = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))

test("what was kept is found by its id, also by the next start and over midnight", () => {
  const first = open()
  const late = NOW + dayMs / 2 - 1
  first.keep(body(), settings)
  first.keep(body({ id: "gen-2", at: late, answer: "two" }), settings)
  first.keep(body({ id: "gen-3", at: late + 5, answer: "three" }), settings)
  const next = open()
  next.keep(body({ id: "gen-4", at: late + 10 }), settings)
  for (const opened of [first, next]) {
    expect(opened.find("gen-1", NOW, settings)).toEqual({ body: body() })
    expect(opened.find("gen-2", late + 1, settings).body?.answer).toBe("two")
    expect(opened.find("gen-3", late - 1, settings).body?.answer).toBe("three")
    expect(opened.find("gen-5", NOW, settings)).toEqual({})
  }
  expect(readdirSync(folder).sort()).toEqual(["2026-03-04", "2026-03-05"])
})

test("half a frame at the end is nothing, and what was before it is found", () => {
  const first = open()
  first.keep(body(), settings)
  first.keep(body({ id: "gen-2" }), settings)
  first.close()
  const [file] = files("2026-03-04")
  const whole = readFileSync(file!)
  for (const cut of [1, 10, 60, 100]) {
    writeFileSync(file!, whole.subarray(0, whole.length - cut))
    expect(open().find("gen-1", NOW, settings).body?.id).toBe("gen-1")
    expect(open().find("gen-2", NOW, settings)).toEqual({})
  }
})

test("a frame that was damaged is told; noise stops nothing", () => {
  const first = open()
  first.keep(body(), settings)
  first.close()
  const [file] = files("2026-03-04")
  const bytes = readFileSync(file!)
  bytes[bytes.length - 5]! ^= 1
  writeFileSync(file!, bytes)
  appendFileSync(join(folder, "2026-03-04", "000000000000000-noise-1.bodies"), "noise")
  expect(open().find("gen-1", NOW, settings)).toEqual({ problem: "damaged" })
  expect(open().sweep(NOW, settings)).toBeGreaterThan(0)
})

test("with a key no text is on the disk, and only that key reads it", () => {
  const first = open()
  first.keep(body(), sealed)
  first.close()
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
  const isReadable = () => everything().some((bytes) => bytes.includes(zstd))
  expect(isReadable()).toBe(false)
  expect(open().find("gen-1", NOW, sealed)).toEqual({ body: body() })
  const wrong = { ...settings, encryptionKey: "another passphrase altogether" }
  expect(open().find("gen-1", NOW, wrong)).toEqual({ problem: "sealed" })
  expect(open().find("gen-1", NOW, settings)).toEqual({ problem: "sealed" })
  const plain = open()
  plain.keep(body({ id: "gen-3" }), settings)
  expect(isReadable()).toBe(true)
  // Nothing is lost by asking with the wrong one, or by keeping more with another.
  const second = open()
  second.keep(body({ id: "gen-2", at: NOW + 10 }), wrong)
  expect(second.find("gen-2", NOW + 10, wrong).body?.id).toBe("gen-2")
  expect(second.find("gen-1", NOW, sealed)).toEqual({ body: body() })
})

test("the key may change while a file is open", () => {
  const opened = open()
  opened.keep(body(), settings)
  opened.keep(body({ id: "gen-2" }), sealed)
  opened.keep(body({ id: "gen-3" }), settings)
  expect(opened.find("gen-1", NOW, settings).body?.id).toBe("gen-1")
  expect(opened.find("gen-2", NOW, settings).problem).toBe("sealed")
  expect(opened.find("gen-2", NOW, sealed).body?.id).toBe("gen-2")
  expect(opened.find("gen-3", NOW, settings).body?.id).toBe("gen-3")
})

test("days that are over go as a whole", () => {
  const opened = open()
  for (let day = 0; day < 5; day += 1) opened.keep(body({ id: `gen-${day}`, at: NOW + day * dayMs }), settings)
  opened.sweep(NOW + 4 * dayMs, { ...settings, retentionDays: 2 })
  expect(readdirSync(folder).sort()).toEqual(["2026-03-06", "2026-03-07", "2026-03-08"])
  expect(opened.find("gen-1", NOW + dayMs, settings)).toEqual({})
  expect(opened.find("gen-2", NOW + 2 * dayMs, settings).body?.id).toBe("gen-2")
})

test("the quota takes the oldest first, and writing goes on", () => {
  const noise = (seed: number) =>
    Array.from({ length: 200 }, (_, index) => Bun.hash(`${seed}.${index}`).toString(36)).join("")
  const opened = open()
  for (let day = 0; day < 4; day += 1)
    opened.keep(body({ id: `gen-${day}`, at: NOW + day * dayMs, answer: noise(day) }), settings)
  const all = opened.bytes()
  const left = opened.sweep(NOW + 3 * dayMs, { ...settings, quotaBytes: all / 2 })
  expect(left).toBeLessThanOrEqual(all / 2)
  expect(readdirSync(folder).sort()).toEqual(["2026-03-06", "2026-03-07"])
  expect(opened.sweep(NOW + 3 * dayMs, { ...settings, quotaBytes: 0 })).toBe(0)
  opened.keep(body({ id: "gen-9", at: NOW + 3 * dayMs }), settings)
  expect(opened.find("gen-9", NOW + 3 * dayMs, settings).body?.id).toBe("gen-9")
})

test("a folder that somebody removed is made again with the next file", () => {
  const opened = open()
  opened.keep(body(), settings)
  opened.close()
  rmSync(folder, { recursive: true })
  expect(opened.find("gen-1", NOW, settings)).toEqual({})
  opened.keep(body({ id: "gen-2" }), settings)
  expect(opened.find("gen-2", NOW, settings).body?.id).toBe("gen-2")
})

test("a disk that takes nothing is left as it was, however often it is tried", () => {
  const script = join(newFolder(), "full-disk.ts")
  writeFileSync(
    script,
    `import { DayFiles } from ${JSON.stringify(join(import.meta.dir, "../../src/bodies/day-files.ts"))}
const files = new DayFiles(${JSON.stringify(folder)}, "full", Buffer.from("a seed"))
let refused = 0
for (let count = 0; count < 5; count += 1)
  try {
    files.keep(${JSON.stringify(body())}, ${JSON.stringify(settings)})
  } catch {
    refused += 1
  }
process.exit(refused)`,
  )
  const command = `trap '' XFSZ; ulimit -f 0; exec "$0" "$1"`
  const { exitCode } = Bun.spawnSync(["sh", "-c", command, process.execPath, script], { stderr: "ignore" })
  expect(exitCode).toBe(5)
  expect(everything()).toEqual([])
})
