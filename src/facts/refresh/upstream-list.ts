import { messageOf } from "../../contract/errors.ts"
import type { ModelFacts } from "../../contract/offer.ts"
import type { Endpoint, ModelListing, OutgoingRequest } from "../../contract/provider.ts"
import { checkFacts, Misfit } from "./check-facts.ts"
import { DocumentError } from "./document-error.ts"
import type { DocumentReader } from "./document-reader.ts"
import { type FetchedDocument, type FetchParts, fetchDocument } from "./fetch-document.ts"

export interface UpstreamList {
  readonly facts: readonly ModelFacts[]
  readonly leftOut: number
  /** Read to its end, and there was something in it. */
  readonly complete: boolean
  readonly etag: string | undefined
}

/** More than any upstream has, and few enough to be read in a minute. */
const mostPages = 50
const mostModels = 20_000
/** A server that tells details of single models is one's own, and has a few. */
const mostDetails = 200
const detailsAtOnce = 4

/** A few milliseconds. Requests are served by the same thread, and their answers come in pieces. */
const rowsInOneGo = 250
const othersFirst = () => new Promise<void>((resolve) => setImmediate(resolve))

type Send = (request: Endpoint | OutgoingRequest, etag?: string) => Promise<FetchedDocument | "unchanged">

/** Asks an upstream for its models, page by page. `unchanged` only where `etag` was given. Throws DocumentError. */
export async function readUpstreamList(
  listing: ModelListing,
  parts: FetchParts,
  reader: DocumentReader,
  etag: string | undefined,
): Promise<UpstreamList | "unchanged"> {
  const send = sender(listing, parts)
  const byName = new Map<string, ModelFacts>()
  const seen = new Set<string>()
  let leftOut = 0
  let first: FetchedDocument | undefined
  let next: Endpoint | undefined = own(() => listing.endpoint())
  while (next !== undefined && seen.size < mostPages && byName.size < mostModels) {
    if (seen.has(next.url)) throw new DocumentError("its pages lead in a circle")
    seen.add(next.url)
    const fetched = await send(next, first === undefined ? etag : undefined)
    if (fetched === "unchanged") return fetched
    first ??= fetched
    const document = await reader.json(fetched)
    for (const [index, row] of own(() => listing.read(document)).entries()) {
      if (index % rowsInOneGo === rowsInOneGo - 1) await othersFirst()
      const facts = checked(row)
      if (facts) byName.set(facts.upstream, facts)
      else leftOut++
    }
    next = onward(
      next,
      own(() => listing.next?.(document)),
    )
  }
  const detailed = await withDetails(listing, [...byName.values()].slice(0, mostModels), send, reader)
  return {
    facts: detailed,
    leftOut,
    complete: listing.partial !== true && next === undefined && detailed.length > 0,
    // It tells of the first page alone.
    etag: seen.size === 1 && listing.details === undefined ? first?.etag : undefined,
  }
}

const sender =
  (listing: ModelListing, parts: FetchParts): Send =>
  async (request, etag) => {
    const { sign } = listing
    const signal = parts.signal ?? new AbortController().signal
    if (sign === undefined) return fetchDocument(parts, request, etag)
    const { body, ...signed } = await sign.call(listing, { body: "", ...request }, signal).catch((thrown: unknown) => {
      throw new DocumentError(`its request cannot be signed: ${messageOf(thrown)}`)
    })
    return fetchDocument(parts, "body" in request ? { ...signed, body } : signed, etag)
  }

/** What the plugin's own code throws is a failure of this list and of nothing else. */
const own = <T>(work: () => T): T => {
  try {
    return work()
  } catch (thrown) {
    throw new DocumentError(messageOf(thrown))
  }
}

const checked = (row: unknown): ModelFacts | undefined => {
  try {
    return checkFacts(row)
  } catch (thrown) {
    if (thrown instanceof Misfit) return undefined
    throw thrown
  }
}

/** A list that goes on elsewhere would take the credential along. */
const onward = (from: Endpoint, to: Endpoint | undefined): Endpoint | undefined => {
  if (to !== undefined && new URL(to.url).origin !== new URL(from.url).origin)
    throw new DocumentError("it goes on at another host, where no credential is sent")
  return to
}

/** Details are a gain and no duty: a model that has none is listed without. */
async function withDetails(
  { details }: ModelListing,
  facts: readonly ModelFacts[],
  send: Send,
  reader: DocumentReader,
): Promise<readonly ModelFacts[]> {
  if (details === undefined) return facts
  const detailed = [...facts]
  const one = async (index: number): Promise<void> => {
    const known = detailed[index]!
    try {
      const fetched = await send(details.request(known.upstream))
      if (fetched === "unchanged") return
      const told = details.read(await reader.json(fetched))
      detailed[index] = checkFacts({ ...known, ...told, upstream: known.upstream })
    } catch (thrown) {
      if (!(thrown instanceof DocumentError || thrown instanceof Misfit)) throw new DocumentError(messageOf(thrown))
    }
  }
  let next = 0
  const worker = async () => {
    while (next < Math.min(detailed.length, mostDetails)) await one(next++)
  }
  await Promise.all(Array.from({ length: detailsAtOnce }, worker))
  return detailed
}
