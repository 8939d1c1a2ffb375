import { type Logger, messageOf } from "../contract/index.ts"
import type { Row, Statement } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import { foreignIds, type KeptResponse, packBody, responseOfItem, unpackBody } from "./kept-response.ts"

/** Whose answers these are: nobody finds another key's. */
export interface KeptResponses {
  /** Found at once; on the disk within the ledger's flush time, or when the promise resolves where the ledger is strict. */
  keep(response: KeptResponse): undefined | Promise<void>
  find(id: string, keyId: string): Promise<KeptResponse | undefined>
  /** The answer that an item belongs to. */
  findByItem(itemId: string, keyId: string): Promise<KeptResponse | undefined>
  /** False where there was none. */
  remove(id: string, keyId: string): Promise<boolean>
  /** Says that answers are still being made. */
  renew(ids: readonly string[], aliveUntil: number): Promise<void>
  /** Deletes what is older than the retention. */
  sweep(): Promise<void>
  /** Resolves when everything kept before is written, or could not be. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface KeptResponsesOptions {
  readonly store: Store
  readonly clock: { now(): number }
  readonly log: Logger
  /** 0 keeps none. */
  readonly retentionMs: () => number
  readonly flushMs: number
  /** No other gateway writes to this store: what was being made when the last one ended is not made any more. */
  readonly alone: boolean
  /** How much memory written answers may take, in bytes, about. Default 16 MiB. */
  readonly recentBytes?: number
  /** How much may wait to be written. Default 128 MiB. */
  readonly waitingBytes?: number
}

const sweepEveryMs = 3_600_000
const longestRetryMs = 30_000

interface Entry {
  readonly kept: KeptResponse
  readonly bytes: number
  written: boolean
  /** Ids of its items that no id of the gateway's leads to; looked for when somebody asks. */
  items?: readonly string[]
}

const upsert = `insert into responses (id, key_id, created_at, previous_id, alive_until, body) values (?, ?, ?, ?, ?, ?)
on conflict (id) do update set alive_until = excluded.alive_until, body = excluded.body`

const insertItem =
  "insert into response_items (key_id, item_id, response_id) values (?, ?, ?) on conflict do update set response_id = excluded.response_id"

const statementsOf = async (kept: KeptResponse): Promise<Statement[]> => {
  const { id, keyId, createdAt, previousId, aliveUntil } = kept
  const body = await packBody({ input: kept.input, response: kept.response })
  return [
    { sql: upsert, args: [id, keyId, createdAt, previousId ?? null, aliveUntil ?? null, body] },
    ...foreignIds(kept).map((itemId) => ({ sql: insertItem, args: [keyId, itemId, id] })),
  ]
}

const keptOf = async (row: Row): Promise<KeptResponse> => ({
  id: String(row.id),
  keyId: String(row.key_id),
  createdAt: Number(row.created_at),
  ...(row.previous_id == null ? {} : { previousId: String(row.previous_id) }),
  ...(row.alive_until == null ? {} : { aliveUntil: Number(row.alive_until) }),
  ...(await unpackBody(row.body as Uint8Array)),
})

export async function openKeptResponses(options: KeptResponsesOptions): Promise<KeptResponses> {
  const { store, clock, log, flushMs, recentBytes = 16 << 20, waitingBytes = 128 << 20 } = options
  /** Oldest first: what waits to be written, and what was written last. */
  const entries = new Map<string, Entry>()
  let bytes = 0
  let writing: Promise<void> | undefined
  let timer: Timer | undefined
  let retryMs = flushMs
  let closed = false

  const forget = (id: string): void => {
    bytes -= entries.get(id)?.bytes ?? 0
    entries.delete(id)
  }
  const makeRoom = (): void => {
    for (const [id, { written }] of entries) {
      if (bytes <= recentBytes) return
      if (written) forget(id)
    }
    for (const id of entries.keys()) {
      if (bytes <= waitingBytes) return
      log.error("an answer is lost: the store takes none, and no more fit into memory", { response: id })
      forget(id)
    }
  }
  const remember = (kept: KeptResponse, written: boolean): void => {
    forget(kept.id)
    const { characters = kept.input.length + kept.response.length } = kept
    const entry = { kept, bytes: 2 * characters, written }
    entries.set(kept.id, entry)
    bytes += entry.bytes
    if (bytes > recentBytes) makeRoom()
  }
  const write = async (): Promise<void> => {
    const taken = [...entries.values()].filter(({ written }) => !written)
    if (taken.length === 0) return
    try {
      const statements = await Promise.all(taken.map(({ kept }) => statementsOf(kept)))
      await store.writer.commit(statements.flat())
      for (const entry of taken) entry.written = true
      retryMs = flushMs
    } catch (thrown) {
      log.error("answers cannot be stored; they wait in memory", { answers: taken.length, error: messageOf(thrown) })
      retryMs = Math.min(Math.max(retryMs, 250) * 2, longestRetryMs)
      schedule()
    }
  }
  const schedule = (): void => {
    if (closed) return
    timer ??= setTimeout(() => {
      timer = undefined
      void flush()
    }, retryMs)
  }
  const flush = async (): Promise<void> => {
    while (writing) await writing
    writing = write().finally(() => {
      writing = undefined
    })
    await writing
  }
  const isOver = ({ createdAt }: KeptResponse): boolean => createdAt + options.retentionMs() <= clock.now()
  const sweep = async (): Promise<void> => {
    for (const [id, { kept }] of entries) if (isOver(kept)) forget(id)
    const args = [clock.now() - options.retentionMs()]
    await store.writer.commit([
      {
        sql: "delete from response_items where response_id in (select id from responses where created_at <= ?)",
        args,
      },
      { sql: "delete from responses where created_at <= ?", args },
    ])
  }
  const sweeping = () => sweep().catch((thrown) => log.warn("old answers stay", { error: messageOf(thrown) }))
  const find = async (id: string, keyId: string): Promise<KeptResponse | undefined> => {
    let kept = entries.get(id)?.kept
    if (!kept) {
      const sql = "select * from responses where id = ? and key_id = ?"
      const [row] = await store.writer.query({ sql, args: [id, keyId] })
      kept = row && (await keptOf(row))
      // One that another gateway still makes will be another one soon.
      if (kept && kept.aliveUntil === undefined && !entries.has(id)) remember(kept, true)
    }
    return kept && kept.keyId === keyId && !isOver(kept) ? kept : undefined
  }

  if (options.alone)
    await store.writer.commit([{ sql: "update responses set alive_until = 0 where alive_until is not null", args: [] }])
  await sweeping()
  const sweeper = setInterval(sweeping, sweepEveryMs)
  sweeper.unref()

  return {
    keep(kept) {
      remember(kept, false)
      if (store.durability === "strict") return flush()
      schedule()
      return undefined
    },
    find,
    async findByItem(itemId, keyId) {
      const own = responseOfItem(itemId)
      const found = own === undefined ? undefined : await find(own, keyId)
      if (found) return found
      const waiting = [...entries.values()].filter(({ kept, written }) => !written && kept.keyId === keyId)
      const holds = (entry: Entry) => {
        entry.items ??= foreignIds(entry.kept)
        return entry.items.includes(itemId)
      }
      const newest = waiting.findLast(holds)?.kept
      if (newest) return isOver(newest) ? undefined : newest
      const sql = "select response_id from response_items where key_id = ? and item_id = ?"
      const [row] = await store.writer.query({ sql, args: [keyId, itemId] })
      return row && find(String(row.response_id), keyId)
    },
    async remove(id, keyId) {
      if (!(await find(id, keyId))) return false
      // A write under way would bring it back.
      while (writing) await writing
      forget(id)
      await store.writer.commit([
        { sql: "delete from response_items where response_id = ?", args: [id] },
        { sql: "delete from responses where id = ?", args: [id] },
      ])
      return true
    },
    async renew(ids, aliveUntil) {
      const marks = ids.map(() => "?").join(", ")
      const sql = `update responses set alive_until = ? where alive_until is not null and id in (${marks})`
      await store.writer.commit([{ sql, args: [aliveUntil, ...ids] }])
    },
    sweep,
    flush,
    async close() {
      closed = true
      clearInterval(sweeper)
      clearTimeout(timer)
      await flush()
    },
  }
}
