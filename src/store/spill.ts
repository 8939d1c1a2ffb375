import { type FileHandle, mkdir, open, readdir, readFile, unlink } from "node:fs/promises"
import { join } from "node:path"
import type { Logger } from "../contract/plugin.ts"
import type { Batch } from "./executor.ts"
import { createSpendingTable, type Spending } from "./spending.ts"
import type { UsageEntry } from "./usage/entry.ts"
import { createUsageTable } from "./usage/usage-table.ts"

/**
 * Batches that the database could not take, as lines of JSON in append-only files. Every append is on the disk when it resolves. Files are
 * replayed oldest first and deleted when all of their batches are in the database; batches carry their id, so a replay that was cut
 * off and begins again counts nothing twice.
 */
export interface Spill {
  append(batch: Batch): Promise<void>
  /** Hands every stored batch to `apply` and forgets it. Stops at the first failure, which it throws. */
  replay(apply: (batch: Batch) => Promise<void>): Promise<void>
  isEmpty(): boolean
  /** How many rows wait here, and what they add up to. */
  rows(): number
  sums(): readonly UsageEntry[]
  spending(): readonly Spending[]
  close(): Promise<void>
}

export interface SpillOptions {
  readonly folder: string
  readonly log: Logger
  /** Unique per process; part of the file names. */
  readonly name: string
  readonly clock: { now(): number }
}

const parseLine = (line: string): Batch | undefined => {
  try {
    return JSON.parse(line) as Batch
  } catch {
    return undefined
  }
}

export const openSpill = async (options: SpillOptions): Promise<Spill> => {
  const { folder, log } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sums = createUsageTable()
  const spending = createSpendingTable()
  let rowCount = 0
  let fileCount = 0
  /** Paths in the order in which they were begun. */
  const files: string[] = []
  let current: FileHandle | undefined
  /** Batches of the oldest file that are already in the database. */
  let replayed = 0
  let chain: Promise<unknown> = Promise.resolve()

  const count = (batch: Batch, sign: 1 | -1): void => {
    rowCount += sign * batch.entries.length
    for (const table of [sums, spending])
      for (const entry of batch.entries) sign === 1 ? table.add(entry) : table.subtract(entry)
  }
  const readBatches = async (path: string): Promise<Batch[]> => {
    const batches: Batch[] = []
    for (const line of (await readFile(path, "utf8")).split("\n")) {
      if (line === "") continue
      const batch = parseLine(line)
      if (batch) batches.push(batch)
      // Only an append that never resolved can leave half a line behind, so nobody was told that it was stored.
      else log.warn("half a line in a spill file was left out", { path, characters: line.length })
    }
    return batches
  }
  const finishFile = async (): Promise<void> => {
    const handle = current
    current = undefined
    await handle?.close()
  }
  const write = async (batch: Batch): Promise<void> => {
    if (current === undefined) {
      const number = String(++fileCount).padStart(6, "0")
      const path = join(folder, `${String(options.clock.now()).padStart(15, "0")}-${options.name}-${number}.jsonl`)
      current = await open(path, "ax", 0o600)
      files.push(path)
    }
    try {
      await current.appendFile(`${JSON.stringify(batch)}\n`)
      await current.datasync()
    } catch (error) {
      // What follows half a line would be lost with it: the next append begins a file of its own.
      await finishFile().catch((closing) => log.warn("a spill file could not be closed", { reason: String(closing) }))
      throw error
    }
    count(batch, 1)
  }

  for (const name of (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort()) {
    const path = join(folder, name)
    files.push(path)
    for (const batch of await readBatches(path)) count(batch, 1)
  }

  return {
    append: (batch) => {
      const appended = chain.then(() => write(batch))
      chain = appended.catch(() => undefined)
      return appended
    },
    replay: async (apply) => {
      while (files.length > 0) {
        const path = files[0]!
        if (files.length === 1) {
          // The file that is being written is closed first, behind the appends that are under way; new ones go to another file.
          const closed = chain.then(finishFile)
          chain = closed.catch(() => undefined)
          await closed
        }
        const batches = await readBatches(path)
        for (const batch of batches.slice(replayed)) {
          await apply(batch)
          replayed += 1
          count(batch, -1)
        }
        await unlink(path)
        files.shift()
        replayed = 0
      }
    },
    isEmpty: () => files.length === 0,
    rows: () => rowCount,
    sums: () => sums.rows(),
    spending: () => spending.rows(),
    close: async () => {
      await chain
      await finishFile()
    },
  }
}
