import type { SqlValue } from "../executor.ts"
import type { UsageEntry } from "./entry.ts"

/** What `usage_deltas.rows` holds. */
export const packDelta = (text: string): Uint8Array => Bun.zstdCompressSync(text, { level: 1 })

/** What a migration wrote is plain text, since the database cannot compress. */
export const unpackDelta = (stored: SqlValue | undefined): UsageEntry[] => {
  const text =
    typeof stored === "string"
      ? stored
      : new TextDecoder().decode(Bun.zstdDecompressSync(stored as Uint8Array<ArrayBuffer>))
  return JSON.parse(text) as UsageEntry[]
}
