import type { NativeSummary, ReplyPatch } from "../../contract/index.ts"
import type { Answer, ReadResult } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import { forwardedHeaders } from "../forwarded.ts"
import { bodyReader, isEventStream, isWhole, readerOf, replyText, textOf } from "../reply-body.ts"
import type { LiveOffer, LiveWire } from "../services.ts"
import { bill, estimateUsage } from "../settle.ts"
import { send, type Try } from "../upstream.ts"
import { commit, knowPrice, refuseLosses } from "./commit.ts"
import { decodedStream, decodedWhole } from "./translated.ts"

/** An accepted stream that shows no content for this long is committed to, so that the client gets its headers. */
const acceptedMs = 50

export async function native(exchange: Exchange, current: Try, live: LiveWire, body: string): Promise<Answer> {
  current.lane = "native"
  const { dialect } = live.wire
  const lane = dialect.native!
  const { offer } = current
  const { stream } = exchange.fields
  const forwarded = forwardedHeaders(exchange, live)
  // Only what the budget clamps can be lost here.
  refuseLosses(exchange, offer)
  const response = await send(exchange, current, live, body, stream, forwarded)
  const pricing = knowPrice(exchange, offer)
  if (pricing) await pricing
  const patch = replyPatch(exchange, offer)
  if (!stream) {
    const whole = await replyText(response, exchange, offer)
    if (dialect.framing === "sse" && isEventStream(whole))
      return decodedStream(exchange, current, live, readerOf(whole))
    const { text, summary } = lane.reply(whole, patch, offer.provider)
    commit(exchange, current)
    noteSignatures(exchange, live, summary)
    return { kind: "native-whole", current, text, summary }
  }
  current.expectWithin(offer.live.timeouts.firstPartMs)
  const reader = bodyReader(response, offer)
  const head = await reader.read()
  if (isWhole(head.value))
    return decodedWhole(exchange, current, live, await textOf(reader, head.value, exchange, offer))
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
  return {
    kind: "native-stream",
    current,
    tap,
    reader,
    first,
    pending,
    note: () => noteSignatures(exchange, live, tap.summary),
  }
}

/** The next turn brings them back without a word on who made them. */
function noteSignatures(exchange: Exchange, { profile }: LiveWire, { signatures }: NativeSummary): void {
  const [format] = profile.reasoningOrigins ?? []
  if (format === undefined || !signatures) return
  for (const signature of signatures) exchange.services.signatures.made(signature, format)
}

const accepted = () => new Promise<undefined>((resolve) => setTimeout(resolve, acceptedMs, undefined))

function replyPatch(exchange: Exchange, offer: LiveOffer): ReplyPatch {
  const { inbound } = exchange
  return {
    id: exchange.id,
    model: offer.model,
    face: inbound.face.name,
    provider: offer.live.name,
    includeUsage: exchange.fields.includeUsage,
    ...(inbound.client && inbound.echo ? { echo: inbound.echo } : {}),
    price: (usage) => bill(exchange, usage),
    estimate: (contentLength) => estimateUsage(exchange, offer, contentLength),
  }
}
