import { afterAll, expect, test } from "bun:test"
import { chmodSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { createAside } from "../../src/store/aside.ts"
import { type Batch, type Statement, StoreFailure } from "../../src/store/executor.ts"
import { openSpill } from "../../src/store/spill.ts"
import type { StoreExecutor } from "../../src/store/store-executor.ts"
import { usageMeasures } from "../../src/store/usage/usage-types.ts"
import { createWriter } from "../../src/store/writer.ts"
import type { Writer, WriterOptions, WriterState } from "../../src/store/writer-types.ts"
import { fixedClock, generation, NOW, newFolder, newId, recordingLog, removeFolders } from "./support.ts"

afterAll(removeFolders)

/** Keeps batches by id like the database does, and fails when it is told to. */
const fakeExecutor = () => {
  const applied = new Map<string, Batch>()
  const committed: (readonly Statement[])[] = []
  const fake = {
    applied,
    committed,
    failure: undefined as StoreFailure | undefined,
    /** Answers are lost after the work was done, as when the thread dies in between. */
    loseAnswers: false,
    gate: undefined as Promise<void> | undefined,
    calls: 0,
    rows: () => [...applied.values()].flatMap(({ entries }) => entries.map((entry) => entry.generation.id)),
    executor: {
      apply: async (batch) => {
        fake.calls += 1
        await fake.gate
        if (fake.failure) throw fake.failure
        if (batch.entries.some((entry) => entry.generation.model === "poison")) {
          throw new StoreFailure("SQLITE_CONSTRAINT_NOTNULL", "not writable")
        }
        applied.set(batch.id, batch)
        if (fake.loseAnswers) throw new StoreFailure("WORKER_GONE", "the thread ended")
      },
      commit: async (statements) => {
        if (fake.failure) throw fake.failure
        committed.push(statements)
        return statements.map(() => 1)
      },
      query: async () => [],
      compact: async () => true,
      usage: async () => ({ stretches: [], values: [] }),
      close: async () => undefined,
    } satisfies StoreExecutor,
  }
  return fake
}

/** Requests and cost by series, of what is not in the database yet. */
const pending = (writer: Writer): readonly (readonly [number, number])[] => {
  const [requests, cost] = [usageMeasures.indexOf("requests"), usageMeasures.indexOf("costNano")]
  return writer.pending().map(([, , sums]) => [sums[requests]!, sums[cost]!])
}

const setUp = async (options: Partial<WriterOptions> = {}, folder = newFolder()) => {
  const fake = fakeExecutor()
  const log = recordingLog()
  const spill = await openSpill({ folder, log, name: newId(), clock: fixedClock() })
  const name = newId()
  let batches = 0
  const healed: (() => void)[] = []
  const onState = (state: WriterState): void => {
    if (state.status === "ok" && state.spilled === 0) for (const wake of healed.splice(0)) wake()
  }
  const writer = createWriter({
    executor: fake.executor,
    aside: createAside(spill, log),
    flushMs: 1,
    queueRows: 1_000,
    log,
    clock: fixedClock(),
    newBatchId: () => `${name}.${++batches}`,
    retryMs: 1,
    onState,
    ...options,
  })
  const isHealed = () => new Promise<void>((resolve) => healed.push(resolve))
  return { fake, writer, log, folder, isHealed }
}

const broken = new StoreFailure("SQLITE_FULL", "database or disk is full")
const rows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => generation({ id: `g${from + index}` }))

test("rows are written in batches after the flush time, without anybody asking", async () => {
  const { fake, writer } = await setUp()
  for (const row of rows(3)) writer.append(row, NOW)
  expect(fake.calls).toBe(0)
  expect(writer.state()).toEqual({ status: "ok", queued: 3, spilled: 0, dropped: 0 })
  await writer.flush()
  expect(fake.rows()).toEqual(["g0", "g1", "g2"])
  expect(fake.calls).toBe(1)
  await writer.close()
})

test("two hundred rows do not wait for the flush time", async () => {
  const { fake, writer } = await setUp({ flushMs: 1_000_000 })
  for (const row of rows(199)) writer.append(row, NOW)
  expect(fake.calls).toBe(0)
  writer.append(generation(), NOW)
  expect(fake.calls).toBe(1)
  await writer.close()
})

test("a failing database: rows go to the disk, the state says why, and all arrive once when it is back", async () => {
  const { fake, writer, folder, isHealed, log } = await setUp()
  fake.failure = broken
  for (const row of rows(5)) writer.append(row, NOW)
  await writer.flush()
  for (const row of rows(5, 5)) writer.append(row, NOW)
  await writer.flush()
  expect(writer.state()).toEqual({ status: "degraded", reason: broken.message, queued: 0, spilled: 10, dropped: 0 })
  expect(readdirSync(folder).length).toBeGreaterThan(0)
  expect(log.lines.filter(({ level }) => level === "error")).toHaveLength(1)
  expect(pending(writer)).toEqual([[10, 10_000]])
  const healed = isHealed()
  fake.failure = undefined
  await healed
  expect(fake.rows().sort()).toEqual(
    rows(10)
      .map(({ id }) => id)
      .sort(),
  )
  expect(writer.state()).toEqual({ status: "ok", queued: 0, spilled: 0, dropped: 0 })
  expect(writer.pending()).toEqual([])
  expect(readdirSync(folder)).toEqual([])
  await writer.close()
})

test("a batch whose answer got lost keeps its id, so that it is counted once", async () => {
  const { fake, writer, isHealed } = await setUp()
  fake.loseAnswers = true
  for (const row of rows(4)) writer.append(row, NOW)
  await writer.flush()
  expect(fake.applied.size).toBe(1)
  expect(writer.state().spilled).toBe(4)
  const healed = isHealed()
  fake.loseAnswers = false
  await healed
  expect(fake.applied.size).toBe(1)
  await writer.close()
})

test("rows that were put aside by a process that died are written by the next one", async () => {
  const dead = await setUp({ retryMs: 1_000_000 })
  dead.fake.failure = broken
  for (const row of rows(6)) dead.writer.append(row, NOW)
  await dead.writer.flush()
  const next = await setUp({}, dead.folder)
  expect(pending(next.writer)).toEqual([[6, 6_000]])
  expect(await next.writer.recover()).toBe(true)
  expect(next.fake.rows()).toHaveLength(6)
  expect(readdirSync(dead.folder)).toEqual([])
  expect(next.writer.pending()).toEqual([])
  await next.writer.close()
})

test("a replay that breaks off goes on where it stopped", async () => {
  const { fake, writer } = await setUp({ retryMs: 1_000_000 })
  fake.failure = broken
  for (let round = 0; round < 3; round += 1) {
    for (const row of rows(2, round * 2)) writer.append(row, NOW)
    await writer.flush()
  }
  const apply = fake.executor.apply
  let left = 2
  fake.failure = undefined
  fake.executor.apply = async (batch) => {
    if (left-- === 0) throw broken
    await apply(batch)
  }
  expect(await writer.recover()).toBe(false)
  expect(writer.state()).toMatchObject({ status: "degraded", spilled: 2 })
  expect(pending(writer)).toEqual([[2, 2_000]])
  expect(await writer.recover()).toBe(true)
  expect(fake.calls).toBe(4)
  expect(fake.rows().sort()).toEqual(rows(6).map(({ id }) => id))
  await writer.close()
})

test("neither database nor disk: rows wait in memory up to the bound, then are dropped and counted", async () => {
  const { fake, writer, folder, isHealed, log } = await setUp({ queueRows: 10 })
  fake.failure = broken
  // A file where the folder was: nothing can be created in it, not even by root.
  chmodSync(folder, 0o700)
  await Bun.$`rmdir ${folder} && touch ${folder}`.quiet()
  for (const row of rows(8)) writer.append(row, NOW)
  await writer.flush()
  expect(writer.state()).toMatchObject({ status: "degraded", queued: 8, spilled: 0, dropped: 0 })
  expect(writer.state().reason).toContain("spill folder")
  expect(await writer.appendAndWait(generation({ id: "g8" }), NOW)).toBe(false)
  for (const row of rows(15, 9)) writer.append(row, NOW)
  await writer.flush()
  expect(writer.state()).toMatchObject({ queued: 20, dropped: 4 })
  expect(log.lines.some(({ message }) => message.includes("rows are lost"))).toBe(true)
  const healed = isHealed()
  fake.failure = undefined
  await healed
  expect(fake.rows()).toHaveLength(20)
  expect(new Set(fake.rows()).size).toBe(20)
  await Bun.$`rm ${folder}`.quiet()
  await writer.close()
})

test("rows that only memory had go to the disk as soon as it takes them again", async () => {
  const { fake, writer, folder } = await setUp({ retryMs: 1_000_000 })
  fake.failure = broken
  await Bun.$`rmdir ${folder} && touch ${folder}`.quiet()
  for (const row of rows(3)) writer.append(row, NOW)
  await writer.flush()
  expect(writer.state()).toMatchObject({ queued: 3, spilled: 0 })
  await Bun.$`rm ${folder} && mkdir ${folder}`.quiet()
  expect(await writer.appendAndWait(generation({ id: "g3" }), NOW)).toBe(true)
  await writer.flush()
  expect(writer.state()).toMatchObject({ queued: 0, spilled: 4 })
  await writer.close()
})

test("one row that can never be written does not hold up or take along the others", async () => {
  const { fake, writer, log } = await setUp()
  writer.append(generation({ id: "g0" }), NOW)
  writer.append(generation({ id: "bad", model: "poison", requestId: "req-bad" }), NOW)
  writer.append(generation({ id: "g2" }), NOW)
  await writer.flush()
  expect(fake.rows()).toEqual(["g0", "g2"])
  expect(writer.state()).toEqual({ status: "ok", queued: 0, spilled: 0, dropped: 1 })
  expect(log.lines.map(({ fields }) => fields?.requestId)).toEqual(["req-bad"])
  await writer.close()
})

test("a database that is slower than the requests makes room through the disk", async () => {
  const { fake, writer } = await setUp({ queueRows: 300, retryMs: 1_000_000 })
  let open = (): void => undefined
  fake.gate = new Promise((resolve) => {
    open = resolve
  })
  for (const row of rows(200)) writer.append(row, NOW)
  expect(fake.calls).toBe(1)
  for (const row of rows(301, 200)) writer.append(row, NOW)
  await writer.flush()
  expect(writer.state()).toMatchObject({ status: "degraded", spilled: 501, queued: 0, dropped: 0 })
  open()
  fake.gate = undefined
  expect(await writer.recover()).toBe(true)
  expect(new Set(fake.rows()).size).toBe(501)
  expect(fake.rows()).toHaveLength(501)
  await writer.close()
})

test("a database that does not answer is given up after its deadline", async () => {
  const { fake, writer } = await setUp({ applyMs: 1, retryMs: 1_000_000 })
  fake.gate = new Promise(() => undefined)
  writer.append(generation(), NOW)
  await writer.flush()
  expect(writer.state()).toMatchObject({ status: "degraded", reason: "the database does not answer", spilled: 1 })
  await writer.close()
})

test("appendAndWait resolves when the row is written, and with those that came meanwhile in one batch", async () => {
  const { fake, writer } = await setUp({ flushMs: 1_000_000 })
  let open = (): void => undefined
  fake.gate = new Promise((resolve) => {
    open = resolve
  })
  const first = writer.appendAndWait(generation({ id: "g0" }), NOW)
  const others = rows(5, 1).map((row) => writer.appendAndWait(row, NOW))
  expect(fake.rows()).toEqual([])
  open()
  fake.gate = undefined
  expect(await first).toBe(true)
  expect(await Promise.all(others)).toEqual([true, true, true, true, true])
  expect([...fake.applied.values()].map(({ entries }) => entries.length)).toEqual([1, 5])
  await writer.close()
})

test("a change that cannot be stored is an error after several tries, and a passing failure is not", async () => {
  const { fake, writer } = await setUp()
  const statement = { sql: "delete from settings", args: [] }
  let tries = 0
  const commit = fake.executor.commit
  fake.executor.commit = async (statements) => {
    tries += 1
    if (tries < 3) throw broken
    return commit(statements)
  }
  expect(await writer.commit([statement])).toEqual([1])
  expect(fake.committed).toEqual([[statement]])
  fake.executor.commit = async () => {
    throw broken
  }
  const refused: unknown = await writer.commit([statement]).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: "internal", detail: broken.message })
  await writer.close()
})

test("closing writes what is queued", async () => {
  const { fake, writer } = await setUp({ flushMs: 1_000_000 })
  for (const row of rows(1_000)) writer.append(row, NOW)
  await writer.close()
  expect(fake.rows()).toHaveLength(1_000)
})

test("half a line at the end of a spill file is left out with a warning; whole ones count", async () => {
  const folder = newFolder()
  const log = recordingLog()
  const options = { folder, log, name: "a", clock: fixedClock() }
  const spill = await openSpill(options)
  await spill.append({ id: "b1", bucket: 1, entries: [{ settledAt: NOW, generation: generation() }] })
  await spill.close()
  const file = join(folder, readdirSync(folder)[0]!)
  await Bun.write(file, `${await Bun.file(file).text()}{"id":"b2","entr`)
  const again = await openSpill({ ...options, name: "b" })
  expect(again.rows()).toBe(1)
  const seen: string[] = []
  await again.replay(async ({ id }) => {
    seen.push(id)
  })
  expect(seen).toEqual(["b1"])
  expect(log.lines.map(({ level }) => level)).toEqual(["warn", "warn"])
  expect(readdirSync(folder)).toEqual([])
})

test("a row that comes in the moment in which the pump stops is written without another one", async () => {
  const { fake, writer } = await setUp()
  const apply = fake.executor.apply
  const seen = new Promise<void>((resolve) => {
    fake.executor.apply = async (batch) => {
      await apply(batch)
      if (batch.entries.some((entry) => entry.generation.id === "late")) resolve()
    }
  })
  await writer.appendAndWait(generation({ id: "early" }), NOW)
  writer.append(generation({ id: "late" }), NOW)
  await seen
  expect(fake.rows()).toEqual(["early", "late"])
  await writer.close()
})

test("what only memory had is handed on once, although the disk and the database come back together", async () => {
  const folder = newFolder()
  const log = recordingLog()
  const spill = await openSpill({ folder, log, name: "a", clock: fixedClock() })
  const append = spill.append
  spill.append = async () => {
    throw broken
  }
  const aside = createAside(spill, log)
  const batch = (id: string): Batch => ({
    id,
    bucket: 1,
    entries: [{ settledAt: NOW, generation: generation({ id }) }],
  })
  for (const id of ["a", "b", "c"]) expect(await aside.put(batch(id))).toBeInstanceOf(StoreFailure)
  expect(aside.heldRows()).toBe(3)
  spill.append = append
  const written: string[] = []
  const write = async ({ id }: Batch): Promise<void> => {
    written.push(id)
  }
  expect((await Promise.all([aside.put(batch("d")), aside.replay(write)]))[0]).toBeUndefined()
  await aside.replay(write)
  expect(written.sort()).toEqual(["a", "b", "c", "d"])
  expect(aside.isEmpty()).toBe(true)
  expect(aside.heldRows()).toBe(0)
  await aside.close()
})
