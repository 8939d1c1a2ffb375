import { type ChatPart, type DecodeSource, GatewayError, type Json } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import { decodedParts, isNameless, namelessCall } from "../attempt/decode.ts"
import { forwardedHeaders } from "../attempt/forwarded.ts"
import {
  type BodyReader,
  bodyReader,
  isEventStream,
  isWhole,
  readerOf,
  replyText,
  textOf,
} from "../attempt/reply-body.ts"
import type { Try } from "../attempt/try.ts"
import { send } from "../attempt/upstream.ts"
import { withAutoCache } from "../auto-cache.ts"
import { withMedia } from "../media/with-media.ts"
import { goOn } from "../recover/go-on.ts"
import { cappedRequest, offerRequest, withLeastOutput } from "../request.ts"
import { withSearch } from "../search/with-search.ts"
import type { LiveOffer, LiveWire } from "../services.ts"
import { commit, committed, knowPrice, refuseLosses } from "./commit.ts"

export async function translated(current: Try, live: LiveWire): Promise<Answer> {
  current.lane = "translated"
  const { wire } = live
  const { exchange, offer } = current
  const searched = await withSearch(current, live.profile, offerRequest(current))
  const carried = await withMedia(current, live, searched)
  const limited = withLeastOutput(current, goOn(current, live, cappedRequest(current, carried)), wire.dialect)
  const request = withAutoCache(exchange, live, limited)
  const stream = exchange.fields.stream || current.piece !== undefined
  const encoded = wire.dialect.encodeRequest(request, {
    model: offer.upstream,
    profile: live.profile,
    lose: current.lose,
    ...(offer.maxOutput === undefined ? {} : { maxOutput: offer.maxOutput }),
  })
  const forwarded = forwardedHeaders(current, live)
  refuseLosses(current)
  const pricing = knowPrice(current)
  const response = await send(current, live, JSON.stringify(encoded), stream, forwarded)
  if (pricing) await pricing
  if (!stream) {
    const text = await replyText(response, exchange, offer)
    return isEventStream(text) ? decodedStream(current, live, readerOf(text)) : decodedWhole(current, live, text)
  }
  current.expectContent()
  const reader = bodyReader(response, offer)
  if (wire.dialect.framing !== "sse") return decodedStream(current, live, reader)
  const head = await reader.read()
  return isWhole(head.value)
    ? decodedWhole(current, live, await textOf(reader, head.value, exchange, offer))
    : decodedStream(current, live, reader, head.value)
}

/** What a dialect needs to know to read an answer. */
const sourceOf = (current: Try, { profile }: LiveWire): DecodeSource => ({
  profile,
  model: current.offer.upstream,
  request: cappedRequest(current),
  newId: (prefix) => prefix + current.exchange.services.newToken(),
})

/** An answer that came in one piece, whether or not a stream was asked for. */
export function decodedWhole(current: Try, live: LiveWire, text: string): Answer {
  const { offer } = current
  const parts = live.wire.dialect.decodeReply(parseReply(text, offer), sourceOf(current, live))
  const failed = parts.find((part) => part.type === "error")
  if (failed) throw failed.error
  if (parts.some(isNameless)) throw namelessCall()
  commit(current)
  return { kind: "parts", current, parts: emptyIterator(), first: parts }
}

/** An answer that came as a stream, whether or not one was asked for. */
export const decodedStream = (current: Try, live: LiveWire, reader: BodyReader, head?: Uint8Array): Promise<Answer> =>
  committed(current, decodedParts(reader, live.wire.dialect, sourceOf(current, live), head))

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
