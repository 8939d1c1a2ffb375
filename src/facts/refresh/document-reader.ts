import type { Json } from "../../contract/json.ts"
import { DocumentError } from "./document-error.ts"
import type { DocumentAnswer, DocumentJob, Reduced } from "./document-worker.ts"
import type { StructureLimits } from "./screen-json.ts"

export interface ReaderLimits {
  /** Of the text, once it is unpacked. */
  readonly bytes: number
  /** For one document. */
  readonly milliseconds: number
  readonly structure: StructureLimits
}

export interface RawDocument {
  /** Given away: they are of no use afterwards. */
  readonly bytes: Uint8Array
  readonly gzip: boolean
}

/** Reads documents that nobody vouches for. Throws DocumentError. */
export interface DocumentReader {
  /** See `readModelsDev` and `packContent`. */
  reduce(document: RawDocument): Promise<Reduced>
  json(document: RawDocument): Promise<Json>
}

/**
 * Reads in a thread of its own, which ends with the work: whatever a document is made to do, no request waits for it, and the memory that
 * it takes goes with the thread.
 */
export async function withReader<T>(limits: ReaderLimits, work: (reader: DocumentReader) => Promise<T>): Promise<T> {
  const thread = new Worker(new URL("./document-worker.ts", import.meta.url), { smol: true, ref: false })
  let count = 0
  const ask = (as: DocumentJob["as"], { bytes, gzip }: RawDocument): Promise<Reduced | Json> => {
    const number = ++count
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new DocumentError("it took too long to read"))),
        limits.milliseconds,
      )
      const settle = (how: () => void) => {
        clearTimeout(timer)
        thread.removeEventListener("message", answered)
        thread.removeEventListener("error", failed)
        thread.removeEventListener("close", failed)
        how()
      }
      const failed = () => settle(() => reject(new DocumentError("the thread that read it ended")))
      const answered = ({ data }: MessageEvent<DocumentAnswer>) => {
        if (data.number !== number) return
        settle(() => (data.ok ? resolve(data.value) : reject(new DocumentError(data.message))))
      }
      thread.addEventListener("message", answered)
      thread.addEventListener("error", failed)
      thread.addEventListener("close", failed)
      const { bytes: mostBytes, structure } = limits
      const job: DocumentJob = { number, bytes, gzip, mostBytes, structure, as }
      thread.postMessage(job, [bytes.buffer as ArrayBuffer])
    })
  }
  try {
    return await work({
      reduce: (document) => ask("models.dev", document) as Promise<Reduced>,
      json: (document) => ask("json", document) as Promise<Json>,
    })
  } finally {
    thread.terminate()
  }
}
