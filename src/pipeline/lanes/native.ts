import type { NativeSummary, ReplyPatch } from "../../contract/index.ts"
import { usd } from "../../ledger/money.ts"
import type { Answer, ReadResult } from "../answer.ts"
import { bill, estimateUsage } from "../attempt/bill.ts"
import { forwardedHeaders } from "../attempt/forwarded.ts"
import { bodyReader, isEventStream, isWhole, readerOf, replyText, textOf } from "../attempt/reply-body.ts"
import type { Try } from "../attempt/try.ts"
import { send } from "../attempt/upstream.ts"
import { faceFor } from "../deliver/face.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveWire } from "../services.ts"
import { commit, knowPrice, refuseLosses } from "./commit.ts"
import { decodedStream, decodedWhole } from "./translated.ts"

export async function native(current: Try, live: LiveWire, body: string): Promise<Answer> {
  current.lane = "native"
  const { dialect } = live.wire
  const lane = dialect.native!
  const { exchange, offer } = current
  const { stream } = exchange.fields
  const forwarded = forwardedHeaders(current, live)
  // Only what the budget clamps can be lost here.
  refuseLosses(current)
  const pricing = knowPrice(current)
  const response = await send(current, live, body, stream, forwarded)
  if (pricing) await pricing
  const patch = replyPatch(current)
  if (!stream) {
    const whole = await replyText(response, exchange, offer)
    if (dialect.framing === "sse" && isEventStream(whole)) return decodedStream(current, live, readerOf(whole))
    const { text, summary } = lane.reply(whole, patch, offer.provider)
    commit(current)
    noteSignatures(exchange, live, summary)
    return { kind: "native-whole", current, text, summary }
  }
  current.expectContent()
  const reader = bodyReader(response, offer)
  const head = await reader.read()
  if (isWhole(head.value)) return decodedWhole(current, live, await textOf(reader, head.value, exchange, offer))
  const tap = lane.stream(patch, offer.provider)
  const first: Uint8Array[] = []
  let pending: Promise<ReadResult> | undefined = Promise.resolve(head)
  for (;;) {
    pending ??= reader.read()
    const result: ReadResult = await pending
    pending = undefined
    const out = result.done ? tap.end() : tap.push(result.value)
    // With content before it, the failure is the client's to see: it gets what was produced, and the reason.
    if (tap.summary.error && tap.summary.contentLength === 0) throw tap.summary.error
    if (out) {
      first.push(out)
      current.expectMore()
    }
    if (result.done) {
      pending = Promise.resolve(result)
      break
    }
    if (tap.summary.contentLength > 0 || tap.summary.finish !== undefined || tap.summary.error) break
  }
  commit(current, tap.summary.contentLength > 0)
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

function replyPatch(current: Try): ReplyPatch {
  const { exchange, offer } = current
  const { inbound } = exchange
  return {
    id: exchange.id,
    model: offer.model,
    face: inbound.face.name,
    ...(exchange.standing.brought ? { usage: faceFor(exchange, current).usage } : {}),
    provider: offer.live.name,
    includeUsage: exchange.fields.includeUsage,
    ...(inbound.client && inbound.echo ? { echo: inbound.echo } : {}),
    price: (usage) => {
      bill(current, usage)
      return usd(exchange.otherNano + current.costNano)
    },
    estimate: (contentLength) => estimateUsage(exchange, current, contentLength),
  }
}
