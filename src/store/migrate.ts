import type { Client } from "@libsql/client"
import { GatewayError } from "../contract/errors.ts"
import type { Logger } from "../contract/plugin.ts"
import type { Migration } from "./migrations.ts"

export interface MigrateOptions {
  readonly client: Client
  readonly migrations: readonly Migration[]
  readonly clock: { now(): number }
  readonly log: Logger
  /** Copies the database before a migration changes one that already holds something. Local files only. */
  readonly backup?: (nowMs: number) => Promise<string>
}

const hashOf = (migration: Migration): string => new Bun.CryptoHasher("sha256").update(migration.sql).digest("hex")

const appliedHashes = async (client: Client): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await client.execute("select hash, name from applied_migrations order by applied_at, name")
  return new Map(rows.map((row) => [String(row.hash), String(row.name)]))
}

/**
 * Brings the database to this program's version. Applied by hash, not by the newest date: two branches merged out of order would
 * otherwise skip one. Each migration and the note that it ran are one transaction. Returns the names of those that ran.
 */
export const migrate = async (options: MigrateOptions): Promise<readonly string[]> => {
  const { client, log } = options
  await client.execute(
    "create table if not exists applied_migrations (hash text primary key not null, name text not null, applied_at integer not null)",
  )
  const applied = await appliedHashes(client)
  const known = new Map(options.migrations.map((migration) => [hashOf(migration), migration]))
  const unknown = [...applied].filter(([hash]) => !known.has(hash)).map(([, name]) => name)
  if (unknown.length > 0)
    throw new GatewayError(
      "internal",
      `The database was written by a newer signalbox (it has ${unknown.join(", ")}, which this one does not know). Start the newer version, or restore the backup that it made beside the database before it migrated.`,
    )
  const missing = [...known].filter(([hash]) => !applied.has(hash))
  if (missing.length === 0) return []
  if (applied.size > 0 && options.backup) {
    const copy = await options.backup(options.clock.now())
    log.info("database copied before migrating", { copy })
  }
  for (const [hash, migration] of missing) {
    const statements = migration.sql
      .split("--> statement-breakpoint")
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "")
    await client.batch(
      [
        ...statements,
        {
          sql: "insert into applied_migrations (hash, name, applied_at) values (?, ?, ?)",
          args: [hash, migration.name, options.clock.now()],
        },
      ],
      "write",
    )
    log.info("migration applied", { name: migration.name })
  }
  return missing.map(([, migration]) => migration.name)
}
