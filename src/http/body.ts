import { GatewayError } from "../contract/index.ts"
import type { Deadlines } from "../pipeline/deadlines.ts"

export interface BodyLimits {
  readonly bytes: number
  readonly milliseconds: number
}

/** The whole body as text, within its limits of size and time. */
export async function readBody(request: Request, limits: BodyLimits, deadlines: Deadlines): Promise<string> {
  const encoding = request.headers.get("content-encoding")
  if (encoding && encoding !== "identity") {
    throw new GatewayError(
      "invalid_request",
      `Bodies compressed with "${encoding}" are not taken. Send it without Content-Encoding.`,
    )
  }
  const declared = request.headers.get("content-length")
  if (declared !== null && Number(declared) > limits.bytes) throw tooLarge(limits)
  let late: ((error: GatewayError) => void) | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = reject
  })
  const deadline = deadlines.watch(limits.milliseconds, () =>
    late?.(
      new GatewayError("request_timeout", `The body did not arrive within ${limits.milliseconds / 1000} seconds.`),
    ),
  )
  try {
    const body = declared === null ? readCounted(request, limits) : request.text()
    return await Promise.race([body, tooLate])
  } catch (thrown) {
    // What a runtime says of a body that breaks off is no fault of ours.
    throw GatewayError.is(thrown) ? thrown : new GatewayError("client_closed", "The body broke off.", { cause: thrown })
  } finally {
    deadline.stop()
  }
}

/** A body of unknown length (chunked): counted while it comes. */
async function readCounted(request: Request, limits: BodyLimits): Promise<string> {
  const reader = request.body?.getReader()
  if (!reader) return ""
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > limits.bytes) {
      // Not awaited: the rest may take its time, or never come.
      reader.cancel().catch(() => {})
      throw tooLarge(limits)
    }
    text += decoder.decode(value, { stream: true })
  }
}

const tooLarge = ({ bytes }: BodyLimits): GatewayError =>
  new GatewayError("payload_too_large", `The body is larger than ${bytes} bytes (limits.body_bytes).`)
