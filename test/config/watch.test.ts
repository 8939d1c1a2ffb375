import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FileWatch, watchFiles } from "../../src/config/watch.ts"

let folder = ""
let watch: FileWatch | undefined
let changes = 0
let waiting: (() => void)[] = []

/** Resolves when the watch has told one change more than before. */
const nextChange = () => new Promise<void>((resolve) => waiting.push(resolve))

const start = async (...files: string[]) => {
  watch = await watchFiles({
    files: files.map((file) => join(folder, file)),
    debounceMs: 5,
    onChange() {
      changes++
      for (const resolve of waiting.splice(0)) resolve()
    },
    onError(thrown) {
      throw thrown
    },
  })
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-watch-"))
  changes = 0
  waiting = []
})
afterEach(() => {
  watch?.close()
  rmSync(folder, { recursive: true, force: true })
})

test("a file that is written to", async () => {
  write("a.yaml", "1")
  await start("a.yaml")
  const told = nextChange()
  write("a.yaml", "2")
  await told
})

test("a file that an editor replaces by renaming, twice", async () => {
  write("a.yaml", "1")
  await start("a.yaml")
  for (const text of ["2", "3"]) {
    const told = nextChange()
    write("draft", text)
    renameSync(join(folder, "draft"), join(folder, "a.yaml"))
    await told
  }
})

test("a file that comes later, in a folder that comes later", async () => {
  await start("etc/conf/a.yaml")
  const told = nextChange()
  mkdirSync(join(folder, "etc/conf"), { recursive: true })
  write("etc/conf/a.yaml", "1")
  await told
})

test("a file that goes and comes back with another content", async () => {
  write("a.yaml", "1")
  await start("a.yaml")
  const gone = nextChange()
  rmSync(join(folder, "a.yaml"))
  await gone
  const back = nextChange()
  write("a.yaml", "2")
  await back
})

test("a config map, which Kubernetes changes by swapping a link to a folder, twice", async () => {
  for (const [version, text] of Object.entries({ one: "1", two: "2", three: "3" })) {
    mkdirSync(join(folder, version))
    write(`${version}/a.yaml`, text)
  }
  const swap = (version: string) => {
    symlinkSync(version, join(folder, "..data_tmp"))
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"))
  }
  swap("one")
  symlinkSync("..data/a.yaml", join(folder, "a.yaml"))
  await start("a.yaml")
  for (const version of ["two", "three"]) {
    const told = nextChange()
    swap(version)
    await told
  }
})

test("a link to a file elsewhere", async () => {
  mkdirSync(join(folder, "far"))
  write("far/b.yaml", "1")
  symlinkSync(join(folder, "far/b.yaml"), join(folder, "a.yaml"))
  await start("a.yaml")
  const told = nextChange()
  write("far/b.yaml", "2")
  await told
})

test("a touch and a neighbour tell nothing; what is told is the content", async () => {
  write("a.yaml", "1")
  await start("a.yaml")
  utimesSync(join(folder, "a.yaml"), new Date(0), new Date(0))
  write("neighbour", "1")
  const told = nextChange()
  write("a.yaml", "2")
  await told
  expect(changes).toBe(1)
})

test("files that are added later, such as a secret that the new content names", async () => {
  write("a.yaml", "1")
  write("secret", "1")
  await start("a.yaml")
  await watch?.update([join(folder, "a.yaml"), join(folder, "secret")])
  const told = nextChange()
  write("secret", "2")
  await told
})

test("several writes in a row are one change", async () => {
  write("a.yaml", "0")
  await start("a.yaml")
  const told = nextChange()
  for (let number = 1; number <= 50; number++) write("a.yaml", String(number))
  await told
  expect(changes).toBe(1)
})
