import { type ChatPart, type DecodeSource, GatewayError, type Json, type WireChat } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import { decodedParts } from "../decode.ts"
import type { Exchange } from "../exchange.ts"
import { type BodyReader, bodyReader, isEventStream, isWhole, readerOf, replyText, textOf } from "../reply-body.ts"
import { cappedRequest } from "../request.ts"
import type { LiveOffer } from "../services.ts"
import { send, type Try } from "../upstream.ts"
import { commit, committed, knowPrice, refuseLosses } from "./commit.ts"

export async function translated(exchange: Exchange, current: Try, wire: WireChat): Promise<Answer> {
  current.lane = "translated"
  const { offer } = current
  const { stream } = exchange.fields
  const request = cappedRequest(exchange)
  const encoded = wire.dialect.encodeRequest(request, {
    model: offer.upstream,
    profile: offer.profile,
    lose: exchange.lose,
    ...(offer.maxOutput === undefined ? {} : { maxOutput: offer.maxOutput }),
  })
  refuseLosses(exchange, offer)
  const response = await send(exchange, current, wire, JSON.stringify(encoded), stream)
  await knowPrice(exchange, offer)
  if (!stream) {
    const text = await replyText(response, exchange, offer)
    return isEventStream(text)
      ? decodedStream(exchange, current, wire, readerOf(text))
      : decodedWhole(exchange, current, wire, text)
  }
  current.expectWithin(offer.live.timeouts.firstPartMs)
  const reader = bodyReader(response, offer)
  if (wire.dialect.framing !== "sse") return decodedStream(exchange, current, wire, reader)
  const head = await reader.read()
  return isWhole(head.value)
    ? decodedWhole(exchange, current, wire, await textOf(reader, head.value, exchange, offer))
    : decodedStream(exchange, current, wire, reader, head.value)
}

/** What a dialect needs to know to read an answer. */
const sourceOf = (exchange: Exchange, offer: LiveOffer): DecodeSource => ({
  profile: offer.profile,
  model: offer.upstream,
  request: cappedRequest(exchange),
  newId: (prefix) => prefix + exchange.services.newToken(),
})

/** An answer that came in one piece, whether or not a stream was asked for. */
export function decodedWhole(exchange: Exchange, current: Try, wire: WireChat, text: string): Answer {
  const { offer } = current
  const parts = wire.dialect.decodeReply(parseReply(text, offer), sourceOf(exchange, offer))
  const failed = parts.find((part) => part.type === "error")
  if (failed) throw failed.error
  commit(exchange, current)
  return { kind: "parts", current, parts: emptyIterator(), first: parts }
}

/** An answer that came as a stream, whether or not one was asked for. */
export const decodedStream = (
  exchange: Exchange,
  current: Try,
  wire: WireChat,
  reader: BodyReader,
  head?: Uint8Array,
): Promise<Answer> =>
  committed(exchange, current, decodedParts(reader, wire.dialect, sourceOf(exchange, current.offer), head))

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
