import { messageOf } from "../contract/errors.ts"
import { type Batch, type LedgerEntry, type SqlValue, StoreFailure } from "./executor.ts"
import { createSpendingTable } from "./spending.ts"
import { createUsageTable } from "./usage/usage-table.ts"

/**
 * A batch as the database takes it. All of it is texts and numbers: such an object is cheap to hand to another thread, and
 * nothing there has to parse the entries.
 */
export interface PackedBatch {
  readonly id: string
  readonly bucket: number
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
  /** `LedgerEntry[]` as JSON. */
  readonly entries: string
  /** The hashes of all ids as a JSON array of numbers. */
  readonly hashes: string
  /** `UsageEntry[]` as JSON. */
  readonly usage: string
  /** `Spending[]` as JSON. */
  readonly spending: string
}

/** Under which number an id is found. Stored, so it never changes. */
export const idHash = (id: string): number => Bun.hash.crc32(id)

/** What `generation_ids.hashes` holds; little-endian like every machine this runs on. */
export const packHashes = (hashes: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(hashes).buffer)

/** What `generation_batches.entries` holds. */
export const packEntries = (text: string): Uint8Array => Bun.zstdCompressSync(text, { level: 1 })

export const unpackEntries = (stored: SqlValue | undefined): LedgerEntry[] =>
  JSON.parse(new TextDecoder().decode(Bun.zstdDecompressSync(stored as Uint8Array<ArrayBuffer>))) as LedgerEntry[]

const pack = ({ id, bucket, entries }: Batch): PackedBatch => {
  const usage = createUsageTable()
  const spending = createSpendingTable()
  const hashes: number[] = []
  let firstAt = Number.POSITIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY
  for (const entry of entries) {
    usage.add(entry)
    spending.add(entry)
    const { generation, settledAt } = entry
    firstAt = Math.min(firstAt, settledAt)
    lastAt = Math.max(lastAt, settledAt)
    hashes.push(idHash(generation.id), idHash(generation.requestId))
    // An upstream's support, or its own dashboard, knows a request by this one.
    if (generation.upstreamId !== undefined && generation.upstreamId !== generation.id)
      hashes.push(idHash(generation.upstreamId))
  }
  return {
    id,
    bucket,
    firstAt,
    lastAt,
    count: entries.length,
    entries: JSON.stringify(entries),
    hashes: JSON.stringify(hashes),
    usage: JSON.stringify(usage.rows()),
    spending: JSON.stringify(spending.rows()),
  }
}

/** Throws a permanent StoreFailure when a row is not fit to be stored. */
export const packBatch = (batch: Batch): PackedBatch => {
  try {
    return pack(batch)
  } catch (thrown) {
    throw new StoreFailure("INVALID_ROW", messageOf(thrown))
  }
}
