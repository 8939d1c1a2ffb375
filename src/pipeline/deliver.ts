import {
  type ChatPart,
  type ErrorContext,
  type GatewayError,
  messageOf,
  type NativeSummary,
  type ReplyIdentity,
} from "../contract/index.ts"
import { decodeFinish, encodeFinish } from "../dialects/chat-completions/reply/finish.ts"
import { usd } from "../ledger/money.ts"
import type { Answer, ReadResult } from "./answer.ts"
import { bill } from "./bill.ts"
import { endRunning } from "./end.ts"
import type { Exchange } from "./exchange.ts"
import { inLastEvent, shownFields } from "./plan/metadata.ts"
import { chatRequest } from "./request.ts"
import type { Running } from "./running.ts"
import { settle } from "./settle.ts"
import { clientClosed, type Try } from "./try.ts"
import { asFailure, interrupted } from "./upstream.ts"

/** What goes to the client: one text, or bytes that are pulled as fast as the client takes them. */
export type Delivery =
  | { readonly kind: "whole"; readonly text: string }
  | {
      readonly kind: "stream"
      /** Whole events; undefined = the end. Never throws: a failure is an event of the face. */
      pull(): Promise<Uint8Array | undefined>
      /** The client went away. */
      cancel(): void
    }

const encoder = new TextEncoder()

export async function deliver(exchange: Exchange, answer: Answer): Promise<Delivery> {
  switch (answer.kind) {
    case "native-whole":
      return deliverText(exchange, answer)
    case "native-stream":
      return deliverBytes(exchange, answer)
    case "parts":
      return exchange.fields.stream ? deliverEvents(exchange, answer) : deliverReply(exchange, answer)
  }
}

async function deliverText(exchange: Exchange, answer: Extract<Answer, { kind: "native-whole" }>): Promise<Delivery> {
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

const isKept = ({ inbound }: Exchange): boolean => inbound.client !== undefined && inbound.keep !== undefined

/** For those who keep answers: an answer that cannot be kept is an answer all the same. */
async function keep(exchange: Exchange, reply: () => string): Promise<void> {
  const keeper = exchange.inbound.client && exchange.inbound.keep
  if (!keeper) return
  try {
    await keeper(exchange.id, reply())
  } catch (thrown) {
    exchange.services.log.error("answer not kept", { requestId: exchange.inbound.requestId, error: messageOf(thrown) })
  }
}

/** The attempt that is at work now: not the one that the answer began with, where that broke off and another one went on. */
const working = (exchange: Exchange, answer: Answer): Running =>
  (exchange.recovers && exchange.answering) || answer.current

/** Closes the attempt and settles; awaited only where the ledger is strict. */
async function finish(exchange: Exchange, answer: Answer, error?: GatewayError): Promise<void> {
  endRunning(exchange, working(exchange, answer), error)
  const written = settle(exchange, error)
  if (written) await written
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

function deliverBytes(exchange: Exchange, answer: Extract<Answer, { kind: "native-stream" }>): Delivery {
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

/** The last event of a stream that fails, in the client's format and the manners of its face. */
export function streamError(exchange: Exchange, error: GatewayError): Uint8Array {
  const { client, inbound } = exchange
  return encoder.encode(client.streamError(error, identityOf(exchange), inbound.face, errorContext(exchange)))
}

export const errorContext = (exchange: Exchange): ErrorContext => ({
  requestId: exchange.inbound.requestId,
  generationId: exchange.id,
  attempts: exchange.attempts
    .filter(({ outcome }) => outcome === "failed")
    .map(({ provider, code, status }) => ({ provider, code: code ?? "internal", status })),
})

export function identityOf(exchange: Exchange): ReplyIdentity {
  const { offer, inbound } = exchange
  return {
    id: exchange.id,
    model: offer?.model ?? exchange.requestedModel,
    provider: offer?.provider ?? "",
    providerName: offer?.live.name ?? "",
    createdSeconds: Math.floor(inbound.startedAt / 1000),
    completedSeconds: () => Math.floor(exchange.services.now() / 1000),
    ...(inbound.client && inbound.echo ? { echo: inbound.echo } : {}),
  }
}

async function deliverReply(exchange: Exchange, answer: Extract<Answer, { kind: "parts" }>): Promise<Delivery> {
  const parts: ChatPart[] = []
  try {
    for await (const part of { [Symbol.asyncIterator]: () => answer.parts }) {
      if (part.type === "error") throw part.error
      parts.push(part)
    }
  } catch (thrown) {
    const error = asFailure(thrown, answer.current)
    answer.current.abort(error)
    await finish(exchange, answer, error)
    throw error
  }
  const reply = exchange.client.encodeReply(
    parts,
    identityOf(exchange),
    exchange.inbound.face,
    usd(exchange.costNano),
    chatRequest(exchange),
    exchange.lose,
  )
  const text = JSON.stringify(reply)
  await keep(exchange, () => text)
  await finish(exchange, answer)
  const fields = shownFields(exchange)
  return { kind: "whole", text: fields ? JSON.stringify({ ...reply, ...fields }) : text }
}

function deliverEvents(exchange: Exchange, answer: Extract<Answer, { kind: "parts" }>): Delivery {
  const { inbound, fields } = exchange
  const stream = exchange.client.encodeStream(identityOf(exchange), inbound.face, {
    includeUsage: fields.includeUsage,
    price: () => usd(exchange.costNano),
    context: errorContext(exchange),
    request: chatRequest(exchange),
    lose: exchange.lose,
  })
  const { parts } = answer
  let ended = false
  const end = async (error?: GatewayError) => {
    ended = true
    const text = stream.end(error)
    if (!error && stream.reply) await keep(exchange, () => JSON.stringify(stream.reply!()))
    await finish(exchange, answer, error)
    const fields = shownFields(exchange, error)
    return encoder.encode(fields ? inLastEvent(text, fields) : text)
  }
  return {
    kind: "stream",
    async pull() {
      while (!ended) {
        try {
          const { done, value } = await parts.next()
          if (done) return await end()
          if (value.type === "error") {
            working(exchange, answer).abort(value.error)
            return await end(value.error)
          }
          const text = stream.push(value)
          if (text !== "") return encoder.encode(text)
        } catch (thrown) {
          return await end(interrupted(asFailure(thrown, working(exchange, answer))))
        }
      }
      return undefined
    },
    cancel() {
      if (ended) return
      if (answer.leave?.()) {
        ended = true
        return
      }
      const gone = clientClosed()
      answer.current.abort(gone)
      for (const each of exchange.underWay) each.abort(gone)
      parts.return?.(undefined)?.catch(() => {})
      void end(clientClosed())
    },
  }
}
