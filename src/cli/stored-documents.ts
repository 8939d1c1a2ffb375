import { existsSync } from "node:fs"
import type { Config } from "../config/config.ts"
import { documentStore, type StoredDocument } from "../facts/refresh/documents.ts"
import { databaseFile, openLocalReader, openRemote } from "../store/client.ts"
import type { CliIo } from "./io.ts"
import { openLocalStore } from "./local-store.ts"

/** What a data directory, or the server that stands in for it, keeps of facts of models. Changes nothing, and needs no lock. */
export const readDocuments = async ({ dataDir, store }: Config): Promise<readonly StoredDocument[]> => {
  if (store.url === undefined && !existsSync(databaseFile(dataDir))) return []
  const client = store.url === undefined ? openLocalReader(dataDir) : await openRemote(store.url, store.authToken)
  try {
    // A database of before there were documents has no table for them.
    const tables = await client.execute("select 1 from sqlite_master where type = 'table' and name = 'documents'")
    if (tables.rows.length === 0) return []
    const { rows } = await client.execute("select name, url, etag, fetched_at, checked_at, body from documents")
    return rows.map(({ name, url, etag, fetched_at, checked_at, body }) => ({
      name: String(name),
      url: String(url),
      etag: etag === null || etag === undefined ? null : String(etag),
      fetchedAt: Number(fetched_at),
      checkedAt: Number(checked_at),
      body: new Uint8Array(body as ArrayBuffer),
    }))
  } finally {
    client.close()
  }
}

/** Puts them into the database of a directory that nobody else uses. */
export const writeDocuments = async (
  config: Config,
  io: CliIo,
  documents: readonly StoredDocument[],
): Promise<void> => {
  const store = await openLocalStore(config, io)
  try {
    const kept = documentStore(store)
    for (const document of documents) await kept.put(document)
  } finally {
    await store.close()
  }
}
