import type { Try } from "../attempt/try.ts"
import { cachesFor } from "../auto-cache.ts"
import { takesPrefill } from "../recover/go-on.ts"
import { chatRequest, offerRequest } from "../request.ts"
import { searchesItself } from "../search/ability.ts"
import type { LiveWire } from "../services.ts"

/** How an attempt is carried. */
export type Lane =
  | { readonly kind: "direct" }
  | { readonly kind: "native"; readonly wire: LiveWire; readonly text: string }
  | { readonly kind: "translated"; readonly wire: LiveWire }

/**
 * The client's own format where the upstream speaks it: untouched if nothing must read or change the content, otherwise translated, which
 * within one format loses nothing. Without it, the first of the upstream's formats that can carry this request.
 */
export function chooseLane(current: Try): Lane {
  const { exchange, offer } = current
  const { wires } = offer
  if (wires.length === 0) return { kind: "direct" }
  const { name } = exchange.client
  const own = wires.find(({ wire }) => wire.dialect.name === name)
  const text = own && nativeText(current, own)
  if (own && text !== undefined) return { kind: "native", wire: own, text }
  if (wires.length === 1) return { kind: "translated", wire: wires[0]! }
  const request = offerRequest(current)
  const isGoneOnWith = current.start.continues !== undefined && wires.some(takesPrefill)
  const carries = (live: LiveWire) =>
    live.wire.declines?.(request, offer.upstream) !== true && (!isGoneOnWith || takesPrefill(live))
  const searches = (live: LiveWire) => carries(live) && searchesItself(live.profile, request)
  // A search of the upstream's own is worth a translation.
  const fits = exchange.search && wires.some(searches) ? searches : carries
  const wire = own && fits(own) ? own : (wires.find(fits) ?? wires[0]!)
  return { kind: "translated", wire }
}

/** The native lane's body, where client and upstream speak the same format and nothing must read or change the content. */
function nativeText({ exchange, offer, cap }: Try, live: LiveWire): string | undefined {
  const { wire, profile } = live
  const { native } = wire.dialect
  if (!native || exchange.contentIsRead || exchange.wishes?.has(offer.key) || cachesFor(exchange, live))
    return undefined
  if (exchange.search && !searchesItself(profile, chatRequest(exchange))) return undefined
  return native.request(exchange.inbound.body, {
    model: offer.upstream,
    profile,
    originOf: exchange.services.signatures.formatOf,
    maxOutputTokens: cap?.tokens,
    maxOutput: offer.maxOutput,
  })
}
