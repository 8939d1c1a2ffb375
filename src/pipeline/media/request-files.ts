import { GatewayError, type ReadFile } from "../../contract/index.ts"
import type { FetchedFile, GuardedFetch } from "../../egress/guarded-fetch.ts"
import { PdfError, type PdfProblem, type ReadPdf } from "./pdf.ts"
import { pagesText } from "./text.ts"

export interface FileSources {
  readonly fetchFile: GuardedFetch
  readonly readPdf: ReadPdf
  /** The client's: what one attempt fetched is there for the next. */
  readonly signal: AbortSignal
  /** All fetched files together. */
  readonly mostBytes: number
  /** What the client brought back from earlier turns. */
  readonly known: readonly ReadFile[]
}

export interface DocumentText {
  readonly text: string
  /** How many pages were not read; 0 also for what an earlier turn read. */
  readonly leftOut: number
}

const problems: Readonly<Record<PdfProblem, string>> = {
  encrypted: "is protected by a password. Send it without one",
  broken: "cannot be read as PDF. Send a valid one, or its text",
  slow: "takes too long to read. Send a smaller one, or its text",
}

/** The files of one request: each address is fetched once, each document read once, however many attempts ask. */
export class RequestFiles {
  readonly #sources: FileSources
  readonly #loaded = new Map<string, Promise<FetchedFile>>()
  readonly #texts = new Map<string, Promise<DocumentText>>()
  #bytes = 0
  /** What was read here and not known before. */
  readonly read: ReadFile[] = []

  constructor(sources: FileSources) {
    this.#sources = sources
  }

  /** `param` is the part's path, for the refusal. */
  load(url: string, param: string): Promise<FetchedFile> {
    let loading = this.#loaded.get(url)
    if (!loading) {
      loading = this.#load(url, param)
      this.#loaded.set(url, loading)
    }
    return loading
  }

  /** Throws `invalid_request` for a document that cannot be read. */
  documentText(bytes: Uint8Array, name: string | undefined, param: string): Promise<DocumentText> {
    const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
    const known = this.#sources.known.find((file) => file.hash === hash)
    if (known) return Promise.resolve({ text: known.text, leftOut: 0 })
    let reading = this.#texts.get(hash)
    if (!reading) {
      reading = this.#read(bytes, hash, name ?? "document.pdf", param)
      this.#texts.set(hash, reading)
    }
    return reading
  }

  async #load(url: string, param: string): Promise<FetchedFile> {
    const { fetchFile, signal, mostBytes } = this.#sources
    const file = await fetchFile(url, param, signal)
    this.#bytes += file.bytes.byteLength
    if (this.#bytes > mostBytes)
      throw new GatewayError(
        "invalid_request",
        `${param}: the files of this request are larger than ${mostBytes} bytes together (four times egress.bytes). Send fewer.`,
        { param },
      )
    return file
  }

  async #read(bytes: Uint8Array, hash: string, name: string, param: string): Promise<DocumentText> {
    try {
      const { pages, total } = await this.#sources.readPdf(bytes, this.#sources.signal)
      const text = pagesText(pages, total)
      this.read.push({ hash, name, text })
      return { text, leftOut: total - pages.length }
    } catch (thrown) {
      if (!(thrown instanceof PdfError)) throw thrown
      throw new GatewayError("invalid_request", `${param}: the file ${name} ${problems[thrown.problem]}.`, {
        param,
        detail: thrown.message,
        cause: thrown,
      })
    }
  }
}
