import { type ChatPart, GatewayError } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"
import type { Try } from "../upstream.ts"

/** Reads until the first part with content: before it, a failure still belongs to the next attempt. */
export async function committed(exchange: Exchange, current: Try, parts: AsyncIterator<ChatPart>): Promise<Answer> {
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

/** From here on this upstream answers, or nobody. */
export function commit(exchange: Exchange, current: Try): void {
  const { services } = exchange
  const now = services.now()
  exchange.offer = current.offer
  exchange.firstPartAt = now
  services.health.succeeded(current.offer.key, now - current.startedAt)
}

/** Strict mode: refuses what the upstream would not get. */
export function refuseLosses(exchange: Exchange, offer: LiveOffer): void {
  if (!exchange.strict || exchange.losses.length === 0) return
  const list = exchange.losses.map(({ path, action, reason }) => `${path} (${action}: ${reason})`).join("; ")
  throw new GatewayError("losses_refused", `${offer.live.name} cannot carry all of this request: ${list}.`, {
    provider: offer.provider,
    param: exchange.losses[0]!.path,
    retry: "next",
  })
}

/** The price must be known before an answer is billed; a promise only the first time an offer without a configured price is used. */
export function knowPrice(exchange: Exchange, offer: LiveOffer): undefined | Promise<void> {
  const price = exchange.services.priceOf(offer)
  if (price instanceof Promise)
    return price.then((known) => {
      exchange.offerPrice = known
    })
  exchange.offerPrice = price
  return undefined
}
