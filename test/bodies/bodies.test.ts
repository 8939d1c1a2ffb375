import { afterAll, expect, test } from "bun:test"
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type GivenBody, openBodies } from "../../src/bodies/bodies.ts"
import { fixedClock, NOW, newFolder, recordingLog, removeFolders } from "../store/support.ts"

afterAll(removeFolders)

const settings = { retentionDays: 30, quotaBytes: 1e9, bodyBytes: 100 }
const given = (change: Partial<GivenBody> = {}): GivenBody => ({
  id: "gen-1",
  keyId: "key-1",
  at: NOW,
  api: "chat-completions",
  streamed: false,
  request: "prompt",
  changed: false,
  answer: "answer",
  ...change,
})
const start = (folder: string, waitingCharacters = 10_000) => {
  const log = recordingLog()
  const later: { readonly milliseconds: number; readonly run: () => void }[] = []
  const bodies = openBodies({
    folder,
    name: "test",
    settings: () => settings,
    log,
    clock: fixedClock(),
    after: (milliseconds, run) => {
      later.push({ milliseconds, run })
      return () => later.splice(0)
    },
    randomBytes: (count) => new Uint8Array(count),
    waitingCharacters,
  })
  return { log, bodies, later }
}

test("nothing is made for whoever keeps none", async () => {
  const folder = join(newFolder(), "bodies")
  const { bodies } = start(folder)
  expect(await bodies.find("gen-1", NOW)).toEqual({})
  await bodies.sweep()
  await bodies.close()
  expect(existsSync(folder)).toBe(false)
})

test("what is over its time goes soon after the start, and then every hour", async () => {
  const folder = join(newFolder(), "bodies")
  const dayMs = 86_400_000
  const first = start(folder)
  first.bodies.keep(given({ id: "gen-old", at: NOW - 40 * dayMs }))
  first.bodies.keep(given())
  await first.bodies.close()
  expect(readdirSync(folder)).toHaveLength(2)
  const { bodies, later } = start(folder)
  expect(later.map(({ milliseconds }) => milliseconds)).toEqual([60_000])
  later[0]!.run()
  expect(later.map(({ milliseconds }) => milliseconds)).toEqual([60_000, 3_600_000])
  // Questions are answered in turn.
  expect((await bodies.find("gen-1", NOW)).body?.id).toBe("gen-1")
  expect(readdirSync(folder)).toHaveLength(1)
  await bodies.close()
  expect(later).toEqual([])
})

test("texts are cut to what may be kept, and say by how much", async () => {
  const { bodies } = start(join(newFolder(), "bodies"))
  bodies.keep(given({ request: "x".repeat(130), answer: "y".repeat(100), answerLeft: 7 }))
  const { body } = await bodies.find("gen-1", NOW)
  expect(body).toMatchObject({ request: "x".repeat(100), requestCut: 30, answer: "y".repeat(100), answerCut: 7 })
  expect(bodies.state()).toMatchObject({ kept: 1, dropped: 0, waitingBytes: 0 })
  await bodies.close()
})

test("what comes faster than it can be written is dropped, counted and told once", async () => {
  const { bodies, log } = start(join(newFolder(), "bodies"), 250)
  for (let number = 0; number < 10; number += 1)
    bodies.keep(given({ id: `gen-${number}`, request: "x".repeat(50), answer: "y".repeat(50) }))
  expect(bodies.state().dropped).toBe(8)
  expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1)
  expect((await bodies.find("gen-1", NOW)).body?.id).toBe("gen-1")
  expect(await bodies.find("gen-5", NOW)).toEqual({})
  bodies.keep(given({ id: "gen-later" }))
  expect((await bodies.find("gen-later", NOW)).body?.id).toBe("gen-later")
  await bodies.close()
})

test("a disk that takes nothing costs the texts, and nobody's request", async () => {
  const folder = join(newFolder(), "bodies")
  writeFileSync(folder, "a file where the folder should be")
  const { bodies, log } = start(folder)
  bodies.keep(given())
  await bodies.flush()
  expect(bodies.state()).toMatchObject({ kept: 0, dropped: 1 })
  expect(log.lines[0]?.message).toBe("prompts and answers are not kept")
  expect(bodies.state().problem).toContain("EEXIST")
  expect(await bodies.find("gen-1", NOW)).toEqual({ problem: "unreadable" })
  // As soon as there is a folder, they are kept again.
  rmSync(folder)
  bodies.keep(given())
  await bodies.flush()
  expect(bodies.state()).toMatchObject({ kept: 1, dropped: 1 })
  expect(bodies.state().problem).toBeUndefined()
  await bodies.close()
})
