import { eq } from "drizzle-orm"
import type { Store } from "../../store/open-store.ts"
import { documents } from "../../store/schema.ts"

/** A document as it was last good. */
export interface StoredDocument {
  readonly name: string
  readonly url: string
  readonly etag: string | null
  /** Milliseconds UTC. */
  readonly fetchedAt: number
  /** When it was last asked for with success, also when nothing had changed. */
  readonly checkedAt: number
  /** See `packContent`. */
  readonly body: Uint8Array
}

/** Where last good copies are kept. */
export interface DocumentStore {
  all(): Promise<readonly StoredDocument[]>
  find(name: string): Promise<StoredDocument | undefined>
  put(document: StoredDocument): Promise<void>
  /** Nothing had changed. */
  touch(name: string, checkedAt: number): Promise<void>
}

export const documentStore = ({ read, writer }: Pick<Store, "read" | "writer">): DocumentStore => ({
  all: () => read.select().from(documents),
  find: async (name) => (await read.select().from(documents).where(eq(documents.name, name)).limit(1))[0],
  async put({ name, url, etag, fetchedAt, checkedAt, body }) {
    await writer.commit([
      {
        sql: "insert or replace into documents (name, url, etag, fetched_at, checked_at, body) values (?, ?, ?, ?, ?, ?)",
        args: [name, url, etag, fetchedAt, checkedAt, body],
      },
    ])
  },
  async touch(name, checkedAt) {
    await writer.commit([{ sql: "update documents set checked_at = ? where name = ?", args: [checkedAt, name] }])
  },
})
