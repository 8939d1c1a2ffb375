import type { GatewayError, NativeSummary } from "../../contract/index.ts"
import { decodeFinish, encodeFinish } from "../../dialects/chat-completions/reply/finish.ts"
import type { Answer, ReadResult } from "../answer.ts"
import { bill } from "../attempt/bill.ts"
import { clientClosed, type Try } from "../attempt/try.ts"
import { asFailure, interrupted } from "../attempt/upstream.ts"
import type { Exchange } from "../exchange.ts"
import type { Delivery } from "./delivery.ts"
import { finish, isKept, keep } from "./finish.ts"
import { streamError } from "./identity.ts"

export async function deliverText(
  exchange: Exchange,
  answer: Extract<Answer, { kind: "native-whole" }>,
): Promise<Delivery> {
  noteSummary(answer.current, answer.summary)
  if (isKept(exchange)) await keep(exchange, () => answer.text)
  await finish(exchange, answer)
  return { kind: "whole", text: answer.text }
}

function noteSummary(current: Try, summary: NativeSummary): void {
  current.contentLength = summary.contentLength
  current.upstreamId = summary.upstreamId
  current.nativeFinishReason = summary.finish
  current.finishReason =
    summary.finish === undefined ? undefined : encodeFinish(decodeFinish(summary.finish), summary.finish)
  // What came after the last usage that was priced, in a stream that broke off.
  if (summary.usage && (!current.usage || !summary.complete)) bill(current, summary.usage)
}

/** How long an upstream may take to close its stream after the terminal event. */
const closingMs = 1000

/** Reads to the end, so that the connection can be used again; an upstream that does not end is let go. */
async function drain({ services }: Exchange, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const cancel = () => void reader.cancel().catch(() => {})
  const deadline = services.deadlines.watch(closingMs, cancel)
  try {
    while (!(await reader.read()).done);
  } catch {
    // Nobody waits for anything any more.
  } finally {
    deadline.stop()
  }
}

export function deliverBytes(exchange: Exchange, answer: Extract<Answer, { kind: "native-stream" }>): Delivery {
  const { current, tap, reader } = answer
  const ready = [...answer.first]
  let pending = answer.pending
  let ended = false
  let settled = false
  let isSilent = tap.summary.contentLength === 0
  const end = async (error?: GatewayError) => {
    if (settled) return
    settled = true
    noteSummary(current, tap.summary)
    answer.note()
    const { reply } = tap.summary
    if (!error && reply !== undefined) await keep(exchange, () => reply)
    await finish(exchange, answer, error)
  }
  /** After the terminal event the answer is over, whatever the upstream does with its connection. */
  const over = () => {
    ended = true
    void drain(exchange, reader)
  }
  const { idleMs } = current.offer.live.timeouts
  /** Most events are let through here without another promise. */
  const onRead = ({ done, value }: ReadResult): Uint8Array | undefined | Promise<Uint8Array | undefined> => {
    pending = undefined
    const out = done ? tap.end() : tap.push(value)
    const { error, terminated, contentLength } = tap.summary
    if (isSilent && contentLength > 0) {
      isSilent = false
      current.start.visit.spoke(exchange.services.now())
    }
    if (done || error || terminated) return onLast(done, out)
    return out ?? next()
  }
  const onLast = async (done: boolean, out: Uint8Array | undefined): Promise<Uint8Array | undefined> => {
    const { error, terminated } = tap.summary
    if (done || error) ended = true
    if (error && !done) current.abort(error)
    // Settled before the terminal event goes out: whoever has read it finds the generation, and in strict mode its row on disk.
    await end(error)
    if (terminated && !ended) over()
    return out
  }
  const onFail = async (thrown: unknown): Promise<Uint8Array | undefined> => {
    ended = true
    if (settled) return undefined
    const error = asFailure(thrown, current)
    const failed = interrupted(error)
    await end(failed)
    return streamError(exchange, failed)
  }
  const next = (): Promise<Uint8Array | undefined> => {
    current.expectWithin(idleMs)
    return (pending ?? reader.read()).then(onRead)
  }
  const buffered = async (): Promise<Uint8Array | undefined> => {
    const chunk = ready.shift()
    const { error, terminated } = tap.summary
    // The whole answer, or its failure, may have come with the first bytes.
    return ready.length === 0 && (error || terminated) ? onLast(false, chunk) : chunk
  }
  return {
    kind: "stream",
    pull() {
      if (ready.length > 0) return buffered()
      return ended ? Promise.resolve(undefined) : next().catch(onFail)
    },
    cancel() {
      if (ended) return
      ended = true
      current.abort(clientClosed())
      void end(clientClosed())
    },
  }
}
