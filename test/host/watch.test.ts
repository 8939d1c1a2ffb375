import { afterEach, expect, test } from "bun:test"
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FolderWatch, watchFolder } from "../../src/host/watch.ts"
import { recordingLog } from "./kit.ts"

const opened: FolderWatch[] = []
afterEach(() => {
  for (const watch of opened.splice(0)) watch.close()
})

/** Watches with real file events; `next` waits for the next report. */
async function watching(folder: string) {
  const reports: string[][] = []
  let wake = () => {}
  const watch = await watchFolder({
    folder,
    log: recordingLog(),
    timers: {
      set: (task, milliseconds) => setTimeout(task, milliseconds),
      clear: (handle) => clearTimeout(handle as Timer),
    },
    debounceMs: 5,
    onChange: (names) => {
      reports.push([...names])
      wake()
    },
  })
  opened.push(watch)
  await watch.look()
  const next = async (): Promise<string[]> => {
    while (reports.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return reports.shift()!
  }
  return { watch, next, reports }
}
const folderOf = () => mkdtemp(join(tmpdir(), "signalbox-watch-"))

test("new, changed, atomically replaced and removed entries are told by name", async () => {
  const folder = await folderOf()
  await writeFile(join(folder, "a.ts"), "1")
  await mkdir(join(folder, "b"))
  await writeFile(join(folder, "b", "index.ts"), "1")
  const { next } = await watching(folder)
  await writeFile(join(folder, "a.ts"), "22")
  expect(await next()).toEqual(["a.ts"])
  await writeFile(join(folder, "b", ".index.ts.swp"), "333")
  await rename(join(folder, "b", ".index.ts.swp"), join(folder, "b", "index.ts"))
  expect(await next()).toEqual(["b"])
  await mkdir(join(folder, "c"))
  await writeFile(join(folder, "c", "index.ts"), "1")
  expect(await next()).toEqual(["c"])
  await rm(join(folder, "a.ts"))
  expect(await next()).toEqual(["a.ts"])
  await rm(folder, { recursive: true })
})

test("a folder that is created later is found", async () => {
  const parent = await folderOf()
  const folder = join(parent, "later", "plugins")
  const { next } = await watching(folder)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, "a.ts"), "1")
  expect(await next()).toEqual(["a.ts"])
  await writeFile(join(folder, "a.ts"), "22")
  expect(await next()).toEqual(["a.ts"])
  await rm(parent, { recursive: true })
})

test("what is no plugin is not told", async () => {
  const folder = await folderOf()
  const { watch, reports } = await watching(folder)
  await writeFile(join(folder, "README.md"), "1")
  await writeFile(join(folder, "a.test.ts"), "1")
  await writeFile(join(folder, ".a.ts.swp"), "1")
  await watch.look()
  expect(reports).toEqual([])
  await writeFile(join(folder, "_shared.ts"), "1")
  await watch.look()
  expect(reports).toEqual([["_shared.ts"]])
  await rm(folder, { recursive: true })
})
