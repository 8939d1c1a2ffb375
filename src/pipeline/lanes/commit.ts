import { type ChatPart, GatewayError } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import { bill } from "../attempt/bill.ts"
import { outrun, type Try } from "../attempt/try.ts"
import { cancelOthers } from "../relay/hedge.ts"

/**
 * Reads until the first part with content: before it, a failure still belongs to the next attempt, and so does an answer that ends without
 * having said anything, not even that it is over.
 */
export async function committed(current: Try, parts: AsyncIterator<ChatPart>): Promise<Answer> {
  const first: ChatPart[] = []
  const gone = whenAborted(current)
  for (;;) {
    const result = await Promise.race([parts.next(), gone])
    if (result === undefined) throw current.reason
    if (result.done) throw endedEmpty()
    const { value } = result
    if (value.type === "error") throw value.error
    first.push(value)
    if (hasContent(value)) break
    // Counted now, so that an answer that its client leaves is billed for what it read.
    if (value.type === "usage") bill(current, value.usage)
    current.expectMore()
  }
  commit(current)
  return { kind: "parts", current, parts, first }
}

/** A plugin that ignores its signal must not hold the request. */
export const whenAborted = (current: Try): Promise<undefined> =>
  new Promise((resolve) => {
    if (current.signal.aborted) resolve(undefined)
    else current.signal.addEventListener("abort", () => resolve(undefined), { once: true })
  })

const endedEmpty = () =>
  new GatewayError("stream_interrupted", "The upstream's answer ended before it had said anything.")

/** Whether the client is told something by it: what only opens, closes or counts may come from an upstream that then fails. */
function hasContent(part: ChatPart): boolean {
  switch (part.type) {
    case "start":
    case "text-start":
    case "text-end":
    case "reasoning-start":
    case "reasoning-end":
    case "usage":
      return false
    case "text-delta":
    case "refusal-delta":
      return part.text !== ""
    case "reasoning-delta":
      return Boolean(part.text || part.signature || part.encrypted)
    default:
      return true
  }
}

/** From here on this upstream answers, or nobody. `hasContent`: what came so far says something. */
export function commit(current: Try, hasContent = true): void {
  const { exchange, start } = current
  const { answering } = exchange
  refuseOutrun(current)
  if (answering) exchange.passOver(answering)
  if (exchange.underWay.size > 1) cancelOthers(exchange, current)
  const now = exchange.services.now()
  exchange.answering = current
  if (start.role === "continuation") for (const loss of current.losses) exchange.lose(loss)
  else {
    exchange.announced = current
    exchange.losses = current.losses
    exchange.firstPartAt = now
  }
  start.visit.answered(now)
  if (hasContent) start.visit.spoke(now)
}

/** Another attempt of the request is answering: this one came too late. */
export function refuseOutrun({ exchange: { answering } }: Try): void {
  if (answering && !answering.hasEnded) throw outrun()
}

/** Strict mode: refuses what the upstream would not get. */
export function refuseLosses(current: Try): void {
  const { exchange, offer } = current
  if (!exchange.strict) return
  const { losses } = current
  if (losses.length === 0) return
  const list = losses.map(({ path, action, reason }) => `${path} (${action}: ${reason})`).join("; ")
  throw new GatewayError("losses_refused", `${offer.live.name} cannot carry all of this request: ${list}.`, {
    provider: offer.provider,
    param: losses[0]!.path,
    retry: "next",
  })
}

/** The price must be known before an answer is billed; a promise only the first time an offer without a configured price is used. */
export function knowPrice(current: Try): undefined | Promise<void> {
  const price = current.exchange.services.priceOf(current.offer)
  if (price instanceof Promise)
    return price.then((known) => {
      current.price = known
    })
  current.price = price
  return undefined
}
