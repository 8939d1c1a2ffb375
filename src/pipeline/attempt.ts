import {
  type ChatPart,
  type DecodeSource,
  GatewayError,
  type Json,
  type NativeSummary,
  type NativeTap,
  type ReplyPatch,
  type WireChat,
} from "../contract/index.ts"
import { chatCompletionsClient } from "../dialects/chat-completions/index.ts"
import { decodedParts } from "./decode.ts"
import type { Exchange } from "./exchange.ts"
import { record } from "./record.ts"
import { type BodyReader, isEventStream, isWhole, readerOf, replyText, textOf } from "./reply-body.ts"
import { cappedRequest } from "./request.ts"
import type { LiveOffer } from "./services.ts"
import { bill, estimateUsage } from "./settle.ts"
import { asFailure, send, Try } from "./upstream.ts"

/** An upstream that has begun to answer: from here on there is no other attempt. */
export type Answer =
  | { readonly kind: "native-whole"; readonly current: Try; readonly text: string; readonly summary: NativeSummary }
  | {
      readonly kind: "native-stream"
      readonly current: Try
      readonly tap: NativeTap
      readonly reader: ReadableStreamDefaultReader<Uint8Array>
      /** What the tap already let through; and whether the body has ended. */
      readonly first: readonly Uint8Array[]
      readonly pending: Promise<ReadResult> | undefined
    }
  | {
      readonly kind: "parts"
      readonly current: Try
      readonly parts: AsyncIterator<ChatPart>
      readonly first: readonly ChatPart[]
    }

type ReadResult = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>

/** An accepted stream that shows no content for this long is committed to, so that the client gets its headers. */
const acceptedMs = 50

/** Tries one offer. Throws GatewayError as long as another attempt may still take over. */
export async function attempt(exchange: Exchange, offer: LiveOffer): Promise<Answer> {
  const { wire } = offer.live.provider
  const { timeouts } = offer.live
  const { stream } = exchange.fields
  const current = new Try(exchange, offer, wire && stream ? timeouts.connectMs : timeouts.firstPartMs)
  exchange.losses = [...exchange.ownLosses]
  try {
    if (!wire) return await direct(exchange, current)
    const text = nativeText(exchange, offer, wire)
    return text === undefined ? await translated(exchange, current, wire) : await native(exchange, current, wire, text)
  } catch (thrown) {
    const error = asFailure(thrown, current)
    current.abort(error)
    current.close()
    record(exchange, current, error)
    throw error
  }
}

/** The native lane's body, where client and upstream speak the same format and nothing must read or change the content. */
function nativeText(exchange: Exchange, offer: LiveOffer, wire: WireChat): string | undefined {
  const lane = wire.dialect.native
  if (!lane || wire.dialect.name !== chatCompletionsClient.name || exchange.contentIsRead) return undefined
  return lane.request(exchange.inbound.body, {
    model: offer.upstream,
    profile: offer.profile,
    ...(exchange.outputCap === undefined ? {} : { maxOutputTokens: exchange.outputCap }),
  })
}

async function native(exchange: Exchange, current: Try, wire: WireChat, body: string): Promise<Answer> {
  current.lane = "native"
  const lane = wire.dialect.native!
  const { offer } = current
  const { stream } = exchange.fields
  const response = await send(exchange, current, wire, body, stream)
  await knowPrice(exchange, offer)
  const patch = replyPatch(exchange, offer)
  if (!stream) {
    const whole = await replyText(response, exchange, offer)
    if (isEventStream(whole)) return decodedStream(exchange, current, wire, readerOf(whole))
    const { text, summary } = lane.reply(whole, patch, offer.provider)
    commit(exchange, current)
    return { kind: "native-whole", current, text, summary }
  }
  current.expectWithin(offer.live.timeouts.firstPartMs)
  const reader = bodyReader(response, offer)
  const head = await reader.read()
  if (isWhole(head.value))
    return decodedWhole(exchange, current, wire, await textOf(reader, head.value, exchange, offer))
  const tap = lane.stream(patch, offer.provider)
  const first: Uint8Array[] = []
  let pending: Promise<ReadResult> | undefined = Promise.resolve(head)
  for (;;) {
    pending ??= reader.read()
    const result = first.length === 0 ? await pending : await Promise.race([pending, accepted()])
    if (result === undefined) break
    pending = undefined
    const out = result.done ? tap.end() : tap.push(result.value)
    // With content before it, the failure is the client's to see: it gets what was produced, and the reason.
    if (tap.summary.error && tap.summary.contentLength === 0) throw tap.summary.error
    if (out) first.push(out)
    if (result.done) {
      pending = Promise.resolve(result)
      break
    }
    if (tap.summary.contentLength > 0 || tap.summary.finish !== undefined || tap.summary.error) break
  }
  commit(exchange, current)
  return { kind: "native-stream", current, tap, reader, first, pending }
}

const accepted = () => new Promise<undefined>((resolve) => setTimeout(resolve, acceptedMs, undefined))

async function translated(exchange: Exchange, current: Try, wire: WireChat): Promise<Answer> {
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
function decodedWhole(exchange: Exchange, current: Try, wire: WireChat, text: string): Answer {
  const { offer } = current
  const parts = wire.dialect.decodeReply(parseReply(text, offer), sourceOf(exchange, offer))
  const failed = parts.find((part) => part.type === "error")
  if (failed) throw failed.error
  commit(exchange, current)
  return { kind: "parts", current, parts: emptyIterator(), first: parts }
}

/** An answer that came as a stream, whether or not one was asked for. */
const decodedStream = (
  exchange: Exchange,
  current: Try,
  wire: WireChat,
  reader: BodyReader,
  head?: Uint8Array,
): Promise<Answer> =>
  committed(exchange, current, decodedParts(reader, wire.dialect, sourceOf(exchange, current.offer), head))

async function direct(exchange: Exchange, current: Try): Promise<Answer> {
  current.lane = "direct"
  const { offer } = current
  const chat = offer.live.provider.chat
  if (!chat)
    throw new GatewayError("plugin_failed", `The provider "${offer.provider}" has no chat.`, {
      provider: offer.provider,
    })
  await knowPrice(exchange, offer)
  const request = cappedRequest(exchange)
  const parts = chat.call(offer.live.provider, {
    model: offer.upstream,
    request,
    signal: current.signal,
    lose: exchange.lose,
  })
  refuseLosses(exchange, offer)
  return committed(exchange, current, parts[Symbol.asyncIterator]())
}

/** Reads until the first part with content: before it, a failure still belongs to the next attempt. */
async function committed(exchange: Exchange, current: Try, parts: AsyncIterator<ChatPart>): Promise<Answer> {
  const first: ChatPart[] = []
  const gone = whenAborted(current)
  for (;;) {
    const result = await Promise.race([parts.next(), gone])
    if (result === undefined) throw current.reason
    if (result.done) break
    if (result.value.type === "error") throw result.value.error
    first.push(result.value)
    if (hasContent(result.value)) break
  }
  commit(exchange, current)
  return { kind: "parts", current, parts, first }
}

/** A plugin that ignores its signal must not hold the request. */
export const whenAborted = (current: Try): Promise<undefined> =>
  new Promise((resolve) => {
    if (current.signal.aborted) resolve(undefined)
    else current.signal.addEventListener("abort", () => resolve(undefined), { once: true })
  })

const openers = new Set<ChatPart["type"]>(["start", "text-start", "reasoning-start"])
const hasContent = (part: ChatPart): boolean => !openers.has(part.type)

function commit(exchange: Exchange, current: Try): void {
  const { services } = exchange
  const now = services.now()
  exchange.offer = current.offer
  exchange.firstPartAt = now
  services.health.succeeded(current.offer.key, now - current.startedAt)
}

function replyPatch(exchange: Exchange, offer: LiveOffer): ReplyPatch {
  return {
    id: exchange.id,
    model: offer.model,
    face: exchange.inbound.face.name,
    provider: offer.live.name,
    includeUsage: exchange.fields.includeUsage,
    price: (usage) => bill(exchange, usage),
    estimate: (contentLength) => estimateUsage(exchange, offer, contentLength),
  }
}

function refuseLosses(exchange: Exchange, offer: LiveOffer): void {
  if (!exchange.strict || exchange.losses.length === 0) return
  const list = exchange.losses.map(({ path, action, reason }) => `${path} (${action}: ${reason})`).join("; ")
  throw new GatewayError("losses_refused", `${offer.live.name} cannot carry all of this request: ${list}.`, {
    provider: offer.provider,
    param: exchange.losses[0]!.path,
    retry: "next",
  })
}

async function knowPrice(exchange: Exchange, offer: LiveOffer): Promise<void> {
  const price = exchange.services.priceOf(offer)
  exchange.offerPrice = price instanceof Promise ? await price : price
}

function bodyReader(response: Response, offer: LiveOffer): ReadableStreamDefaultReader<Uint8Array> {
  if (response.body) return response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  throw new GatewayError("bad_provider_response", `${offer.live.name} answered without a body.`, {
    provider: offer.provider,
  })
}

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
