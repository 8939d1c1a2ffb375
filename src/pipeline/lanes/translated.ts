import { type ChatPart, type DecodeSource, GatewayError, type Json } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import { withAutoCache } from "../auto-cache.ts"
import { decodedParts, isNameless, namelessCall } from "../decode.ts"
import type { Exchange } from "../exchange.ts"
import { forwardedHeaders } from "../forwarded.ts"
import { withMedia } from "../media/with-media.ts"
import { type BodyReader, bodyReader, isEventStream, isWhole, readerOf, replyText, textOf } from "../reply-body.ts"
import { cappedRequest, chatRequest, withLeastOutput } from "../request.ts"
import { withSearch } from "../search/with-search.ts"
import type { LiveOffer, LiveWire } from "../services.ts"
import { send, type Try } from "../upstream.ts"
import { commit, committed, knowPrice, refuseLosses } from "./commit.ts"

export async function translated(exchange: Exchange, current: Try, live: LiveWire): Promise<Answer> {
  current.lane = "translated"
  const { wire } = live
  const { offer } = current
  const { stream } = exchange.fields
  const searched = await withSearch(exchange, current, live.profile, chatRequest(exchange))
  const carried = await withMedia(exchange, current, live, searched)
  const limited = withLeastOutput(exchange, cappedRequest(exchange, carried), wire.dialect)
  const request = withAutoCache(exchange, live, limited)
  const encoded = wire.dialect.encodeRequest(request, {
    model: offer.upstream,
    profile: live.profile,
    lose: exchange.lose,
    ...(offer.maxOutput === undefined ? {} : { maxOutput: offer.maxOutput }),
  })
  const forwarded = forwardedHeaders(exchange, live)
  refuseLosses(exchange, offer)
  const response = await send(exchange, current, live, JSON.stringify(encoded), stream, forwarded)
  await knowPrice(exchange, offer)
  if (!stream) {
    const text = await replyText(response, exchange, offer)
    return isEventStream(text)
      ? decodedStream(exchange, current, live, readerOf(text))
      : decodedWhole(exchange, current, live, text)
  }
  current.expectWithin(offer.live.timeouts.firstPartMs)
  const reader = bodyReader(response, offer)
  if (wire.dialect.framing !== "sse") return decodedStream(exchange, current, live, reader)
  const head = await reader.read()
  return isWhole(head.value)
    ? decodedWhole(exchange, current, live, await textOf(reader, head.value, exchange, offer))
    : decodedStream(exchange, current, live, reader, head.value)
}

/** What a dialect needs to know to read an answer. */
const sourceOf = (exchange: Exchange, offer: LiveOffer, { profile }: LiveWire): DecodeSource => ({
  profile,
  model: offer.upstream,
  request: cappedRequest(exchange),
  newId: (prefix) => prefix + exchange.services.newToken(),
})

/** An answer that came in one piece, whether or not a stream was asked for. */
export function decodedWhole(exchange: Exchange, current: Try, live: LiveWire, text: string): Answer {
  const { offer } = current
  const parts = live.wire.dialect.decodeReply(parseReply(text, offer), sourceOf(exchange, offer, live))
  const failed = parts.find((part) => part.type === "error")
  if (failed) throw failed.error
  if (parts.some(isNameless)) throw namelessCall()
  commit(exchange, current)
  return { kind: "parts", current, parts: emptyIterator(), first: parts }
}

/** An answer that came as a stream, whether or not one was asked for. */
export const decodedStream = (
  exchange: Exchange,
  current: Try,
  live: LiveWire,
  reader: BodyReader,
  head?: Uint8Array,
): Promise<Answer> =>
  committed(exchange, current, decodedParts(reader, live.wire.dialect, sourceOf(exchange, current.offer, live), head))

function parseReply(text: string, offer: LiveOffer): Json {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    throw new GatewayError("bad_provider_response", `${offer.live.name} answered with something that is not JSON.`, {
      provider: offer.provider,
      cause,
    })
  }
}

const emptyIterator = (): AsyncIterator<ChatPart> => ({ next: () => Promise.resolve({ done: true, value: undefined }) })
