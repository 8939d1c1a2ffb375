import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { acquireLock, findHolder, foreignStaleMs, heldMessage, type Lock, lockFileName } from "../../src/cli/lock.ts"
import { identify, isRunning } from "../../src/cli/process-identity.ts"

let folder = ""
let held: Lock[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-lock-"))
  held = []
})
afterEach(() => {
  for (const lock of held) lock.release()
  rmSync(folder, { recursive: true, force: true })
})

const take = (options: Partial<Parameters<typeof acquireLock>[1]> = {}): Lock => {
  const result = acquireLock(folder, { role: "gateway", ...options })
  if (!result.ok) throw new Error("refused")
  held.push(result.lock)
  return result.lock
}
const dead = { pid: 999_999_999, started: "1", scope: identify(process.pid).scope }

describe("the lock of a data directory", () => {
  test("makes the directory and tells who holds it", () => {
    folder = join(folder, "a/b")
    take().announce("http://127.0.0.1:1")
    expect(findHolder(folder)).toMatchObject({ pid: process.pid, role: "gateway", url: "http://127.0.0.1:1" })
  })

  test("is refused while its holder runs, with the process id", () => {
    take()
    const second = acquireLock(folder, { role: "gateway" })
    expect(second).toMatchObject({ ok: false, foreign: false, holder: { pid: process.pid } })
    if (!second.ok) expect(heldMessage(folder, second.holder, false)).toContain(`process id ${process.pid}`)
  })

  test("is free again after its release, which leaves nothing behind", () => {
    take().release()
    expect(readdirSync(folder)).toEqual([])
    expect(findHolder(folder)).toBeUndefined()
    take()
  })

  test("of a dead process is taken over", () => {
    take({ identity: dead })
    expect(findHolder(folder)).toBeUndefined()
    take()
    expect(findHolder(folder)?.pid).toBe(process.pid)
    expect(readdirSync(folder)).toEqual([lockFileName])
  })

  test("of an earlier process with the same number is taken over", () => {
    take({ identity: { ...identify(process.pid), started: "1" } })
    take()
    expect(findHolder(folder)?.started).toBe(identify(process.pid).started)
  })

  test("of a dead holder that is released late does not take the new holder's away", () => {
    const old = take({ identity: dead })
    take()
    old.release()
    expect(findHolder(folder)?.pid).toBe(process.pid)
  })

  test("of another machine counts while it is touched", () => {
    take({ identity: { pid: 1, started: "1", scope: "elsewhere" } })
    const path = join(folder, lockFileName)
    const touched = new Date(1_000_000)
    utimesSync(path, touched, touched)
    const now = (ms: number) => () => touched.getTime() + ms
    const early = acquireLock(folder, { role: "gateway", now: now(foreignStaleMs) })
    expect(early).toMatchObject({ ok: false, foreign: true })
    expect(findHolder(folder, { now: now(foreignStaleMs) })?.scope).toBe("elsewhere")
    take({ now: now(foreignStaleMs + 1) })
    expect(JSON.parse(readFileSync(path, "utf8")).pid).toBe(process.pid)
  })

  test("of several processes that start at once over a dead one exactly one gets it", async () => {
    take({ identity: dead })
    const program = `
      import { acquireLock } from ${JSON.stringify(join(import.meta.dir, "../../src/cli/lock.ts"))}
      const result = acquireLock(process.argv[1], { role: "gateway" })
      console.log(result.ok ? "mine" : "refused")
      await Bun.stdin.text()
      if (result.ok) result.lock.release()
    `
    const children = Array.from({ length: 6 }, () =>
      Bun.spawn([process.execPath, "-e", program, folder], { stdin: "pipe", stdout: "pipe" }),
    )
    const firstLine = async (stream: ReadableStream<Uint8Array>) => {
      const reader = stream.getReader()
      const { value } = await reader.read()
      return new TextDecoder().decode(value).trim()
    }
    const answers = await Promise.all(children.map((child) => firstLine(child.stdout)))
    expect(answers.filter((answer) => answer === "mine").length).toBe(1)
    for (const child of children) child.stdin.end()
    await Promise.all(children.map((child) => child.exited))
    expect(existsSync(join(folder, lockFileName))).toBe(false)
  })

  test("that cannot be read is told, not overwritten", () => {
    writeFileSync(join(folder, lockFileName), "not JSON")
    expect(() => acquireLock(folder, { role: "gateway" })).toThrow(lockFileName)
  })
})

test("a process is told from a later one with its number", () => {
  const own = identify(process.pid)
  expect(isRunning(own)).toBe(true)
  expect(isRunning({ ...own, started: "1" })).toBe(false)
  expect(isRunning({ ...own, scope: "elsewhere" })).toBe("unknown")
  expect(isRunning(dead)).toBe(false)
})
