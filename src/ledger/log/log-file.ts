import { rmSync } from "node:fs"
import Database from "libsql"
import { makePrivate } from "../../store/private-file.ts"
import { type PackedColumn, textsReader, unpackHashes, unpackNumbers } from "./column.ts"
import type { ColumnSource } from "./column-source.ts"
import type { OpenSegment } from "./open-segment.ts"
import { StoredSegment } from "./stored-segment.ts"

/** Of the file's form. All that is in it comes from the ledger, so that a file of another form is made anew and not changed. */
const version = 1

const tables = [
  `create table segments (number integer primary key, last_batch integer not null, rows integer not null,
first_at integer not null, last_at integer not null, tags text not null)`,
  `create table columns (name text not null, segment integer not null, low integer not null, high integer not null, hashes blob, texts blob,
data blob, primary key (name, segment))`,
]

/** The columns of the log, in a file of their own. Whoever opens it owns it. */
export interface LogFile extends ColumnSource {
  segments(): StoredSegment[]
  /** One transaction, so that a segment is there as a whole or not at all. */
  add(segment: OpenSegment): StoredSegment
  remove(number: number): void
  close(): void
}

function connect(path: string): Database.Database {
  makePrivate(path)
  const database = new Database(path, { timeout: 2000 })
  // What a crash takes from it is read from the ledger again.
  for (const pragma of ["journal_mode = wal", "synchronous = off", "cache_size = -8000", "mmap_size = 1073741824"])
    database.exec(`pragma ${pragma}`)
  const [{ user_version: found = 0 } = {}] = database.prepare("pragma user_version").all() as { user_version: number }[]
  if (found === version) return database
  if (found !== 0) {
    database.close()
    throw new Error(`the log has form ${found}`)
  }
  database.exec("begin immediate")
  for (const table of tables) database.exec(table)
  database.exec(`pragma user_version = ${version}`)
  database.exec("commit")
  return database
}

export function removeLogFile(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true })
}

/** One that cannot be read is thrown away: the ledger has everything that was in it. */
function connectAnew(path: string): Database.Database {
  try {
    return connect(path)
  } catch {
    removeLogFile(path)
    return connect(path)
  }
}

interface SegmentRow {
  readonly number: number
  readonly last_batch: number
  readonly rows: number
  readonly first_at: number
  readonly last_at: number
  readonly tags: string
}

export function openLogFile(path: string): LogFile {
  const database = connectAnew(path)
  const where = "from columns where name = ? and segment = ?"
  const readHead = database.prepare(`select low, high, hashes ${where}`)
  const readTexts = database.prepare(`select texts ${where}`)
  const readData = database.prepare(`select data ${where}`)
  const insertColumn = database.prepare(
    "insert into columns (name, segment, low, high, hashes, texts, data) values (?, ?, ?, ?, ?, ?, ?)",
  )
  const insertSegment = database.prepare(
    "insert into segments (number, last_batch, rows, first_at, last_at, tags) values (?, ?, ?, ?, ?, ?)",
  )
  const one = (statement: typeof readHead, name: string, segment: number) =>
    statement.get(name, segment) as Partial<PackedColumn> | undefined
  const changed = (work: () => void): void => {
    database.exec("begin immediate")
    try {
      work()
      database.exec("commit")
    } catch (thrown) {
      if (database.inTransaction) database.exec("rollback")
      throw thrown
    }
  }
  const file: LogFile = {
    segments: () =>
      (database.prepare("select * from segments order by number").all() as SegmentRow[]).map((row) => {
        const { number, rows, last_batch: lastBatch, first_at: firstAt, last_at: lastAt, tags } = row
        return new StoredSegment(file, { number, rows, lastBatch, firstAt, lastAt, tags: JSON.parse(tags) as string[] })
      }),
    add: (segment) => {
      const { number, lastBatch, rows, firstAt, lastAt } = segment
      const tags = segment.tagNames()
      const columns = segment.pack()
      changed(() => {
        for (const { name, low, high, hashes, texts, data } of columns)
          insertColumn.run([name, number, low, high, hashes, texts, data])
        insertSegment.run([number, lastBatch, rows, firstAt, lastAt, JSON.stringify(tags)])
      })
      return new StoredSegment(file, { number, rows, lastBatch, firstAt, lastAt, tags })
    },
    remove: (number) =>
      changed(() => {
        const names = database.prepare("select name from columns where segment = ?").all(number) as { name: string }[]
        const remove = database.prepare("delete from columns where name = ? and segment = ?")
        for (const { name } of names) remove.run([name, number])
        database.prepare("delete from segments where number = ?").run(number)
      }),
    head: (name, segment) => {
      const found = one(readHead, name, segment)
      return (
        found && {
          low: found.low ?? 0,
          high: found.high ?? 0,
          hashes: found.hashes ? unpackHashes(found.hashes) : undefined,
        }
      )
    },
    texts: (name, segment) => {
      const packed = one(readTexts, name, segment)?.texts
      return packed ? textsReader(packed) : undefined
    },
    data: (name, segment) => unpackNumbers(one(readData, name, segment)?.data ?? null),
    close: () => database.close(),
  }
  return file
}
