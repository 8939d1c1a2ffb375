import { GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"
import type { Try } from "./try.ts"
import { asFailure } from "./upstream.ts"

export type BodyReader = ReadableStreamDefaultReader<Uint8Array>

/** A whole answer as text, within `limits.reply_bytes`. One that says how long it is is read in one go, others are counted. */
export async function replyText(response: Response, exchange: Exchange, offer: LiveOffer): Promise<string> {
  const { headers } = response
  const declared = headers.get("content-length")
  // What is compressed says only how long it is on the way.
  if (declared !== null && headers.get("content-encoding") === null) {
    if (Number(declared) > exchange.snapshot.config.limits.replyBytes) throw tooLarge(exchange, offer)
    return response.text()
  }
  const reader = response.body?.getReader() as BodyReader | undefined
  return reader ? textOf(reader, undefined, exchange, offer) : ""
}

/** The text of what was read already and of the rest. */
export async function textOf(
  reader: BodyReader,
  head: Uint8Array | undefined,
  exchange: Exchange,
  offer: LiveOffer,
): Promise<string> {
  const { replyBytes } = exchange.snapshot.config.limits
  const chunks = head ? [head] : []
  let bytes = head?.byteLength ?? 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new TextDecoder().decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
    chunks.push(value)
    bytes += value.byteLength
    if (bytes > replyBytes) throw tooLarge(exchange, offer)
  }
}

/**
 * The same answer, for a plugin to read: it breaks off with an error when it is larger than `limits.reply_bytes`, and an upstream that
 * breaks off is told as the upstream's failure, never as the plugin's.
 */
export function bounded(response: Response, exchange: Exchange, current: Try): Response {
  const reader = response.body?.getReader() as BodyReader | undefined
  if (!reader) return response
  const { replyBytes } = exchange.snapshot.config.limits
  let bytes = 0
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        bytes += value.byteLength
        if (bytes > replyBytes) throw tooLarge(exchange, current.offer)
        controller.enqueue(value)
      } catch (thrown) {
        reader.cancel().catch(() => {})
        controller.error(brokenOff(thrown, current))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(body, { status: response.status, headers: response.headers })
}

function brokenOff(thrown: unknown, current: Try): GatewayError {
  if (current.reason || GatewayError.is(thrown)) return asFailure(thrown, current)
  const { provider, live } = current.offer
  return new GatewayError("provider_down", `${live.name}'s answer broke off before it was complete.`, {
    provider,
    upstreamStatus: current.status,
    cause: thrown,
  })
}

function tooLarge(exchange: Exchange, offer: LiveOffer): GatewayError {
  const { replyBytes } = exchange.snapshot.config.limits
  return new GatewayError(
    "bad_provider_response",
    `${offer.live.name}'s answer is larger than ${replyBytes} bytes (limits.reply_bytes).`,
    { provider: offer.provider },
  )
}

/** A whole answer where a stream was asked for (mostly an error, or from a proxy that cannot stream): no event begins with a brace. */
export const isWhole = (head: Uint8Array | undefined): boolean => head?.[0] === 0x7b

/** The other way round. */
export const isEventStream = (text: string): boolean => /^(?:data:|event:|:)/.test(text)

export const readerOf = (text: string): BodyReader => new Response(text).body!.getReader() as BodyReader

export function bodyReader(response: Response, offer: LiveOffer): BodyReader {
  if (response.body) return response.body.getReader() as BodyReader
  throw new GatewayError("bad_provider_response", `${offer.live.name} answered without a body.`, {
    provider: offer.provider,
  })
}
