import { GatewayError } from "../contract/index.ts"
import type { Deadlines } from "../pipeline/attempt/deadlines.ts"

export interface BodyLimits {
  readonly bytes: number
  readonly milliseconds: number
  /** What may stand around the content, on top of `bytes`. */
  readonly frame?: number
}

/** The whole body as text, within its limits of size and time. */
export function readBody(request: Request, limits: BodyLimits, deadlines: Deadlines): Promise<string> {
  return within(request, limits, deadlines, (declared) =>
    declared ? request.text() : readCounted(request, limits).then((bytes) => new TextDecoder().decode(bytes)),
  )
}

/** A multipart form, within the same limits. It is kept in memory, because another upstream may have to get it as well. */
export function readForm(request: Request, limits: BodyLimits, deadlines: Deadlines): Promise<FormData> {
  const contentType = request.headers.get("content-type") ?? ""
  if (!/^multipart\/form-data\b.*boundary=/i.test(contentType)) {
    throw new GatewayError("invalid_request", "Send a multipart/form-data body, with its boundary in Content-Type.")
  }
  return within(request, limits, deadlines, async (declared) => {
    const bytes = declared ? new Uint8Array(await request.arrayBuffer()) : await readCounted(request, limits)
    try {
      return (await new Response(bytes as BodyInit, {
        headers: { "content-type": contentType },
      }).formData()) as FormData
    } catch (cause) {
      throw new GatewayError("invalid_request", "The multipart body cannot be read; check its boundary.", { cause })
    }
  })
}

async function within<T>(
  request: Request,
  limits: BodyLimits,
  deadlines: Deadlines,
  read: (declared: boolean) => Promise<T>,
): Promise<T> {
  const encoding = request.headers.get("content-encoding")
  if (encoding && encoding !== "identity") {
    throw new GatewayError(
      "invalid_request",
      `Bodies compressed with "${encoding}" are not taken. Send it without Content-Encoding.`,
    )
  }
  const declared = request.headers.get("content-length")
  if (declared !== null && Number(declared) > largest(limits)) throw tooLarge(limits)
  let stop: (() => void) | undefined
  try {
    return await new Promise<T>((resolve, reject) => {
      const deadline = deadlines.watch(limits.milliseconds, () => reject(tooSlow(limits)))
      stop = () => deadline.stop()
      read(declared !== null).then(resolve, reject)
    })
  } catch (thrown) {
    // What a runtime says of a body that breaks off is no fault of ours.
    throw GatewayError.is(thrown) ? thrown : new GatewayError("client_closed", "The body broke off.", { cause: thrown })
  } finally {
    stop?.()
  }
}

/** A body of unknown length (chunked): counted while it comes. */
async function readCounted(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const reader = request.body?.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.byteLength
    if (bytes > largest(limits)) {
      // Not awaited: the rest may take its time, or never come.
      reader.cancel().catch(() => {})
      throw tooLarge(limits)
    }
    chunks.push(value)
  }
  return Buffer.concat(chunks)
}

const largest = ({ bytes, frame = 0 }: BodyLimits): number => bytes + frame

const tooSlow = ({ milliseconds }: BodyLimits): GatewayError =>
  new GatewayError("request_timeout", `The body did not arrive within ${milliseconds / 1000} seconds.`)

const tooLarge = ({ bytes }: BodyLimits): GatewayError =>
  new GatewayError("payload_too_large", `The body is larger than ${bytes} bytes (limits.body_bytes).`)
