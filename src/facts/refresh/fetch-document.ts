import type { Endpoint, OutgoingRequest } from "../../contract/provider.ts"
import { collect } from "../../egress/collect.ts"
import { DocumentError } from "./document-error.ts"
import type { RawDocument } from "./document-reader.ts"

export interface FetchLimits {
  /** As they come over the wire. */
  readonly bytes: number
  readonly milliseconds: number
}

export interface FetchParts {
  readonly fetch: typeof fetch
  readonly limits: FetchLimits
  readonly signal?: AbortSignal
}

export interface FetchedDocument extends RawDocument {
  readonly etag: string | undefined
}

/**
 * Gets a document: by GET, or by POST where there is a body. `unchanged` only where `etag` was given. Never follows a redirect, which could
 * lead credentials, or the gateway itself, to places that nobody configured. Throws DocumentError.
 */
export async function fetchDocument(
  { fetch: fetcher, limits, signal }: FetchParts,
  request: Endpoint | OutgoingRequest,
  etag?: string,
): Promise<FetchedDocument | "unchanged"> {
  const late = AbortSignal.timeout(limits.milliseconds)
  try {
    const response = await fetcher(request.url, {
      method: "body" in request ? "POST" : "GET",
      headers: {
        ...(etag === undefined ? {} : { "if-none-match": etag }),
        "user-agent": "signalbox",
        ...request.headers,
        "accept-encoding": "gzip",
      },
      ...("body" in request ? { body: request.body } : {}),
      redirect: "manual",
      // Unpacked where its size is watched.
      decompress: false,
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    })
    if (response.status === 304 && etag !== undefined) return "unchanged"
    return await take(response, limits)
  } catch (thrown) {
    if (thrown instanceof DocumentError) throw thrown
    if (signal?.aborted) throw signal.reason
    if (late.aborted) throw new DocumentError(`it did not come within ${limits.milliseconds / 1000} seconds`)
    throw new DocumentError(`its address cannot be reached (${reasonOf(thrown)})`)
  }
}

async function take(response: Response, limits: FetchLimits): Promise<FetchedDocument> {
  const refuse = (words: string, isMissing = false): never => {
    response.body?.cancel().catch(() => {})
    throw new DocumentError(words, isMissing)
  }
  if (response.status >= 300 && response.status < 400)
    return refuse("it was answered with a redirect, which is not followed")
  if (response.status !== 200)
    return refuse(`it was answered with status ${response.status}${hint(response.status)}`, isMissing(response.status))
  if (Number(response.headers.get("content-length") ?? 0) > limits.bytes) return refuse(tooLarge(limits))
  const encoding = response.headers.get("content-encoding")?.trim().toLowerCase() || "identity"
  if (encoding !== "identity" && encoding !== "gzip")
    return refuse(`it is packed as ${encoding.slice(0, 20)}, which was not asked for`)
  const bytes = await collect(response, limits.bytes, () => new DocumentError(tooLarge(limits)))
  return { bytes, gzip: encoding === "gzip", etag: etagOf(response) }
}

const isMissing = (status: number): boolean => status === 404 || status === 405 || status === 501

const hint = (status: number): string => {
  if (isMissing(status)) return ": there is nothing there"
  return status === 401 || status === 403 ? ": the credential is missing, or refused" : ""
}

const tooLarge = ({ bytes }: FetchLimits): string => `it is larger than ${Math.round(bytes / 1e6)} MB`

/** It goes back as it came; a long one is not worth keeping. */
const etagOf = ({ headers }: Response): string | undefined => {
  const etag = headers.get("etag")
  return etag !== null && etag.length <= 200 ? etag : undefined
}

/** `ConnectionRefused`: a code says enough, while messages may name addresses with what is in them. */
const reasonOf = (thrown: unknown): string => {
  const { code, name = "unknown" } = thrown as { code?: unknown; name?: string }
  return typeof code === "string" ? code : name
}
