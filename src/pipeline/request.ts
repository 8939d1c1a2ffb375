import { type ChatRequest, type Dialect, isObject, type Json } from "../contract/index.ts"
import { memberOf } from "../dialects/json-text/index.ts"
import type { Try } from "./attempt/try.ts"
import type { Exchange } from "./exchange.ts"
import { explainBadJson, memberValue } from "./fields.ts"
import { withOfferWish } from "./plan/targets/wish.ts"
import { withWish } from "./search/web-plugin.ts"
import { withOrigins } from "./signatures.ts"

/** The request in the internal form. Decoded once, and only where something needs it. */
export function chatRequest(exchange: Exchange): ChatRequest {
  exchange.request ??= withOrigins(
    withWish(
      exchange.client.decodeRequest(
        parsedBody(exchange),
        exchange.inbound.client ? exchange.inbound.address : undefined,
      ),
      exchange.fields.search,
    ),
    exchange.services.signatures,
    (loss) => {
      exchange.ownLosses.push(loss)
      exchange.lose(loss)
    },
  )
  return exchange.request
}

/** The same with what the name that led to this offer asks for (`:thinking`, `:flex`). */
export const offerRequest = ({ exchange, offer }: Try): ChatRequest =>
  withOfferWish(chatRequest(exchange), exchange.wishes?.get(offer.key))

/**
 * The same, or what an upstream is given instead of it, with the output limit that the budget imposes; as a stream where the answer is paid
 * for piece by piece, since nobody can watch one that comes whole.
 */
export function cappedRequest(current: Try, request: ChatRequest = offerRequest(current)): ChatRequest {
  const { cap, piece } = current
  const watched = piece && !request.stream ? { ...request, stream: true } : request
  return cap === undefined ? watched : { ...watched, maxOutputTokens: cap.tokens }
}

/** The same for an upstream whose API takes no limit so small: fewer than a budget holds in any case (`admit.ts`). */
export function withLeastOutput(current: Try, request: ChatRequest, { smallestOutput = 1 }: Dialect): ChatRequest {
  const asked = request.maxOutputTokens
  if (asked === undefined || asked >= smallestOutput) return request
  const reason = `${asked} to ${smallestOutput}, the least that the upstream's API takes`
  current.lose({ path: "max_tokens", action: "clamped", code: "parameter_clamped", reason })
  return { ...request, maxOutputTokens: smallestOutput }
}

/** Throws what is wrong with a body that was parsed. The simplest bodies are known to be right without being decoded. */
export function checkRequest(exchange: Exchange): void {
  const { parsed, client } = exchange
  if (!isObject(parsed) || client.isPlain?.(parsed) !== true) chatRequest(exchange)
}

/** One member of the body as it was sent, without parsing the rest. */
export function bodyMember({ parsed, fields, inbound }: Exchange, key: string): Json | undefined {
  if (isObject(parsed)) return parsed[key]
  const member = memberOf(fields.span, key)
  return member && memberValue(inbound.body, member)
}

function parsedBody(exchange: Exchange): Json {
  exchange.parsed ??= parseBody(exchange.inbound.body)
  return exchange.parsed
}

/** Throws `invalid_json` with the place where it broke. */
export function parseBody(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    throw explainBadJson(body)
  }
}
