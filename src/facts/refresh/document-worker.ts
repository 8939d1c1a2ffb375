import { gunzipSync } from "node:zlib"
import type { Json } from "../../contract/json.ts"
import { readModelsDev } from "./models-dev.ts"
import { packContent } from "./packed.ts"
import { type StructureLimits, screenJson } from "./screen-json.ts"

export interface DocumentJob {
  readonly number: number
  readonly bytes: Uint8Array
  readonly gzip: boolean
  /** Of the text, once it is unpacked. */
  readonly mostBytes: number
  readonly structure: StructureLimits
  /** `models.dev`: to what is kept of it. `json`: to the value itself. */
  readonly as: "models.dev" | "json"
}

export interface Reduced {
  readonly models: number
  readonly leftOut: number
  /** See `packContent`. */
  readonly body: Uint8Array
}

export type DocumentAnswer =
  | { readonly number: number; readonly ok: true; readonly value: Reduced | Json }
  | { readonly number: number; readonly ok: false; readonly message: string }

declare const self: Worker

const textOf = ({ bytes, gzip, mostBytes, structure }: DocumentJob): string => {
  // It stops where it has made that much, however little it was made of.
  const plain = gzip ? gunzipSync(bytes, { maxOutputLength: mostBytes }) : bytes
  screenJson(plain, structure)
  return new TextDecoder("utf-8", { fatal: true }).decode(plain)
}

/** What a page says that should have been a document: `<!doctype html>…`, in one line. */
const beginning = (text: string): string => JSON.stringify(text.slice(0, 40).replace(/\s+/g, " ").trim())

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new Error(
      text.trim() === "" ? "it is empty" : `it is no JSON, or not all of it; it begins with ${beginning(text)}`,
    )
  }
}

const reduce = (document: Json): Reduced => {
  const { lists, models, leftOut } = readModelsDev(document)
  return { models, leftOut, body: packContent({ models, leftOut, lists }) }
}

const answer = (job: DocumentJob): DocumentAnswer => {
  const { number } = job
  try {
    const document = parse(textOf(job))
    return { number, ok: true, value: job.as === "json" ? document : reduce(document) }
  } catch (thrown) {
    const { code, message = String(thrown) } = thrown as { code?: string; message?: string }
    return {
      number,
      ok: false,
      message: code === "ERR_BUFFER_TOO_LARGE" ? "it unpacks to more than is allowed" : message,
    }
  }
}

self.onmessage = ({ data: job }: MessageEvent<DocumentJob>) => self.postMessage(answer(job))
