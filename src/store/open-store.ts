import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Client } from "@libsql/client"
import type { LibSQLDatabase } from "drizzle-orm/libsql"
import { drizzle } from "drizzle-orm/libsql/sqlite3"
import type { Logger } from "../contract/plugin.ts"
import { createAside } from "./aside.ts"
import { databaseFile, openLocalMigrator, openLocalReader, openRemote } from "./client.ts"
import { migrate } from "./migrate.ts"
import { type Migration, migrations } from "./migrations.ts"
import { remoteExecutor } from "./remote-executor.ts"
import * as schema from "./schema.ts"
import { openSpill } from "./spill.ts"
import type { StoreExecutor } from "./store-executor.ts"
import { workerExecutor } from "./worker-executor.ts"
import { createWriter } from "./writer.ts"
import type { Writer, WriterState } from "./writer-types.ts"

export interface StoreOptions {
  /** Holds the database file (unless `url` is given), spilled rows and backups. */
  readonly dataDir: string
  /** A libSQL server to use instead of a file. */
  readonly url?: string
  readonly authToken?: string
  readonly flushMs: number
  readonly queueRows: number
  /** `strict`: an answer waits until its row is on the disk. */
  readonly durability: "relaxed" | "strict"
  readonly log: Logger
  readonly clock: { now(): number }
  /** A new unique word of letters and digits. */
  readonly newId: () => string
  readonly onState?: (state: WriterState) => void
  /** See `WriterOptions`. */
  readonly retryMs?: number
  readonly applyMs?: number
  readonly compactRows?: number
  /** See `WorkerExecutorOptions`. */
  readonly busyMs?: number
  /** Default: those of this program. */
  readonly migrations?: readonly Migration[]
}

export interface Store {
  /** Short reads: rows by id, small tables. Long ones go through `writer.query`. */
  readonly read: LibSQLDatabase<typeof schema>
  readonly writer: Writer
  readonly durability: "relaxed" | "strict"
  state(): WriterState
  /** Writes what is queued, then lets go of everything. */
  close(): Promise<void>
}

const backupTo = (client: Client, dataDir: string) => async (nowMs: number) => {
  const folder = join(dataDir, "backups")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `signalbox-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-")}.db`)
  await client.execute({ sql: "vacuum into ?", args: [path] })
  return path
}

const openLocal = async (options: StoreOptions): Promise<{ client: Client; executor: StoreExecutor }> => {
  const { dataDir, clock, log } = options
  const migrator = await openLocalMigrator(dataDir)
  try {
    await migrate({
      client: migrator,
      migrations: options.migrations ?? migrations,
      clock,
      log,
      backup: backupTo(migrator, dataDir),
    })
  } finally {
    migrator.close()
  }
  const executor = workerExecutor({
    path: databaseFile(dataDir),
    durability: options.durability,
    ...(options.busyMs === undefined ? {} : { busyMs: options.busyMs }),
  })
  return { client: openLocalReader(dataDir), executor }
}

/**
 * Opens the store and brings it up to date; rows that an earlier run put aside are in it when this resolves, unless it cannot be
 * written (then `state()` says so and they are counted by `writer.pending()`). Throws GatewayError when there is no usable database.
 */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  const { log, clock } = options
  const remote = options.url === undefined ? undefined : await openRemote(options.url, options.authToken)
  if (remote) await migrate({ client: remote, migrations: options.migrations ?? migrations, clock, log })
  const { client, executor } = remote ? { client: remote, executor: remoteExecutor(remote) } : await openLocal(options)
  const name = options.newId()
  const spill = await openSpill({ folder: join(options.dataDir, "spill"), log, name, clock })
  const aside = createAside(spill, log)
  let batches = 0
  const writer = createWriter({
    executor,
    aside,
    flushMs: options.flushMs,
    queueRows: options.queueRows,
    log,
    clock,
    newBatchId: () => `${name}.${(++batches).toString(36)}`,
    ...(options.retryMs === undefined ? {} : { retryMs: options.retryMs }),
    ...(options.applyMs === undefined ? {} : { applyMs: options.applyMs }),
    ...(options.compactRows === undefined ? {} : { compactRows: options.compactRows }),
    ...(options.onState === undefined ? {} : { onState: options.onState }),
  })
  await writer.recover()
  return {
    read: drizzle(client, { schema }),
    writer,
    durability: options.durability,
    state: () => writer.state(),
    close: async () => {
      await writer.close()
      if (client !== remote) client.close()
    },
  }
}
