import type { CacheEntry } from "signalbox/plugin"

/** The form of what is packed; another one is a miss. */
const form = 1

/** Compressed in a thread of the runtime's own, so that large answers do not hold up requests. */
export const packEntry = (entry: CacheEntry): Promise<Uint8Array> =>
  Bun.zstdCompress(JSON.stringify({ form, entry }), { level: 3 })

/** Undefined for what is damaged or was packed by another version. */
export async function unpackEntry(packed: Uint8Array): Promise<CacheEntry | undefined> {
  try {
    const text = new TextDecoder().decode(await Bun.zstdDecompress(packed as Uint8Array<ArrayBuffer>))
    const read = JSON.parse(text) as { readonly form?: number; readonly entry?: CacheEntry }
    return read.form === form ? read.entry : undefined
  } catch {
    return undefined
  }
}
