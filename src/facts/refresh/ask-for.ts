import { DocumentError } from "./document-error.ts"
import { type DocumentReader, withReader } from "./document-reader.ts"
import { fetchDocument } from "./fetch-document.ts"
import { listLimits, usualLimits } from "./limits.ts"
import { type Content, packContent } from "./packed.ts"
import type { RefreshParts } from "./refresh-types.ts"
import { readUpstreamList } from "./upstream-list.ts"
import type { Wanted, WantedDocument, WantedList } from "./wanted.ts"

/** What came of asking: counted, checked, and packed as it is kept. */
export interface Fresh {
  readonly etag: string | undefined
  readonly body: Uint8Array
  readonly models: number
  readonly leftOut: number
}

/** `unchanged` only where `etag` was given. Throws DocumentError, or what the signal says. */
export const askFor = (
  wanted: Wanted,
  etag: string | undefined,
  parts: RefreshParts,
  signal: AbortSignal,
): Promise<Fresh | "unchanged"> =>
  "upstream" in wanted ? askForList(wanted, etag, parts, signal) : askForDocument(wanted, etag, parts, signal)

async function askForDocument(
  { address }: WantedDocument,
  etag: string | undefined,
  parts: RefreshParts,
  signal: AbortSignal,
): Promise<Fresh | "unchanged"> {
  const { fetch: limits, read } = parts.limits ?? usualLimits
  const request = { url: address, headers: { accept: "application/json" } }
  const fetched = await fetchDocument({ fetch: parts.fetch, limits, signal }, request, etag)
  if (fetched === "unchanged") return fetched
  const reduced = await withReader(read, (reader) => reader.reduce(fetched))
  return { ...reduced, etag: fetched.etag }
}

async function askForList(
  { listing, upstream }: WantedList,
  etag: string | undefined,
  parts: RefreshParts,
  end: AbortSignal,
): Promise<Fresh | "unchanged"> {
  const limits = listLimits(parts.limits ?? usualLimits)
  const signal = AbortSignal.any([end, AbortSignal.timeout(limits.listMs)])
  const work = (reader: DocumentReader) =>
    readUpstreamList(listing, { fetch: parts.fetch, limits: limits.fetch, signal }, reader, etag)
  const list = await withReader(limits.read, work).catch((thrown: unknown) => {
    if (!signal.aborted || end.aborted) throw thrown
    throw new DocumentError(`its pages did not come within ${limits.listMs / 1000} seconds`)
  })
  if (list === "unchanged") return list
  const { facts, leftOut, complete } = list
  const content: Omit<Content, "lists"> = { models: facts.length, leftOut, complete }
  return { ...content, etag: list.etag, body: packContent({ ...content, lists: [[upstream.definition, facts]] }) }
}
