import { existsSync } from "node:fs"
import { asc } from "drizzle-orm"
import { drizzle } from "drizzle-orm/libsql/sqlite3"
import type { Directory } from "../../accounts/directory/directory.ts"
import { principalOf } from "../../accounts/key-rows.ts"
import type { SpentBefore } from "../../accounts/limits/shared-budgets.ts"
import type { Principal } from "../../accounts/principal.ts"
import type { Config } from "../../config/config.ts"
import { type Json, messageOf } from "../../contract/index.ts"
import { type DeclarationRow, type Declared, declaredOf } from "../../declarations/declared.ts"
import type { StoredDocument } from "../../facts/refresh/documents.ts"
import type { Query } from "../../ledger/history.ts"
import { databaseFile, openLocalPast, openRemote } from "../../store/client.ts"
import { remoteExecutor } from "../../store/remote-executor.ts"
import * as schema from "../../store/schema.ts"
import { CommandFailure } from "../io.ts"
import { readDocuments } from "../stored-documents.ts"
import { recordedDirectory } from "./recorded-directory.ts"
import { spentBefore } from "./recorded-spending.ts"

/** What a data directory knows of the past. Reading only; whoever else uses it is not hindered. */
export interface RecordedPast {
  readonly query: Query
  /** Keys that the store has, and the names of all that it ever had. */
  readonly keys: readonly Principal[]
  readonly keyNames: ReadonlyMap<string, string>
  /** Who keys belong to, and what limits them. */
  readonly directory: Pick<Directory, "get" | "list">
  readonly declared: Declared
  readonly documents: readonly StoredDocument[]
  /** What each account had spent by then in the windows of that moment. */
  spentBefore(moment: number): Promise<readonly SpentBefore[]>
  close(): void
}

export async function openPast(config: Config, warn: (text: string) => void): Promise<RecordedPast> {
  const { dataDir, store } = config
  if (store.url === undefined && !existsSync(databaseFile(dataDir)))
    throw new CommandFailure(`there is no database in ${dataDir}; --config or --data-dir names the one to read`)
  const client = store.url === undefined ? await openLocalPast(dataDir) : await openRemote(store.url, store.authToken)
  const query: Query = remoteExecutor(client).query
  try {
    const tables = await query({ sql: "select name from sqlite_master where type = 'table'", args: [] })
    if (!tables.some(({ name }) => name === "spending"))
      throw new CommandFailure(
        `the database in ${dataDir} was written by an earlier version; start this one on it once, which brings it up to date`,
      )
    const read = drizzle(client, { schema })
    const [rows, objects, declarations, documents] = await Promise.all([
      read.select().from(schema.keys),
      read.select().from(schema.objects).orderBy(asc(schema.objects.createdAt), asc(schema.objects.id)),
      read.select().from(schema.declarations).orderBy(asc(schema.declarations.version)),
      readDocuments(config),
    ])
    const leftOut = ({ kind, name }: Pick<DeclarationRow, "kind" | "name">, thrown: unknown) =>
      warn(`the ${kind} "${name}" cannot be read and is left out: ${messageOf(thrown)}`)
    const declared = declaredOf(
      declarations.flatMap(({ body, createdBy, ...row }) => {
        const made = createdBy === null ? {} : { createdBy }
        try {
          return [{ ...row, body: body === null ? undefined : (JSON.parse(body) as Json), ...made }]
        } catch (thrown) {
          leftOut(row, thrown)
          return []
        }
      }),
      leftOut,
    )
    return {
      query,
      keys: rows
        .filter(({ deletedAt }) => deletedAt === null)
        .map((row) =>
          principalOf(row, ({ name }, thrown) =>
            warn(`the key "${name}" counts as switched off, since its routing cannot be read: ${messageOf(thrown)}`),
          ),
        ),
      keyNames: new Map(rows.map(({ id, name }) => [id, name])),
      directory: recordedDirectory(objects, warn),
      declared,
      documents,
      spentBefore: (moment) => spentBefore(query, moment),
      close: () => client.close(),
    }
  } catch (thrown) {
    client.close()
    throw thrown
  }
}
