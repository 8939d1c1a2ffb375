import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Client } from "@libsql/client"
import { createClient } from "@libsql/client/sqlite3"
import { GatewayError, messageOf } from "../contract/errors.ts"
import { makePrivate } from "./private-file.ts"

export const databaseFile = (dataDir: string): string => join(dataDir, "signalbox.db")

/** For migrating, before anybody else has the file open. Waits two seconds for a foreign lock; nothing is served yet. */
export const openLocalMigrator = async (dataDir: string): Promise<Client> => {
  const path = databaseFile(dataDir)
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    makePrivate(path)
    const client = createClient({ url: pathToFileURL(path).href, concurrency: 1, timeout: 2000 })
    await client.execute("pragma journal_mode = wal")
    return client
  } catch (error) {
    throw new GatewayError("internal", `The database ${path} cannot be opened: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * For short reads on the requests' thread. Nothing is written through it: one failed write on such a client makes later ones look
 * successful and be lost (github.com/tursodatabase/libsql-client-ts/issues/352). No busy timeout, for a wait would stop the thread.
 */
export const openLocalReader = (dataDir: string): Client =>
  createClient({ url: pathToFileURL(databaseFile(dataDir)).href, timeout: 0 })

/** For a command that reads for long, and may wait for a moment. Whatever writes through it is refused. */
export const openLocalPast = async (dataDir: string): Promise<Client> => {
  const client = createClient({ url: pathToFileURL(databaseFile(dataDir)).href, concurrency: 1, timeout: 5000 })
  await client.execute("pragma query_only = on")
  return client
}

export const openRemote = async (url: string, authToken: string | undefined): Promise<Client> => {
  try {
    // Talks HTTP and WebSocket; a gateway with a file needs neither.
    const { createClient } = await import("@libsql/client")
    const client = createClient({ url, ...(authToken === undefined ? {} : { authToken }) })
    await client.execute("select 1")
    return client
  } catch (error) {
    throw new GatewayError("internal", `The libSQL server ${new URL(url).host} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
