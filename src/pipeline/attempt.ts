import { GatewayError } from "../contract/index.ts"
import type { Answer } from "./answer.ts"
import type { Exchange } from "./exchange.ts"
import { chooseLane } from "./lanes/choose.ts"
import { direct } from "./lanes/direct.ts"
import { native } from "./lanes/native.ts"
import { translated } from "./lanes/translated.ts"
import { record } from "./record.ts"
import type { LiveOffer } from "./services.ts"
import { asFailure, Try } from "./upstream.ts"

/** Tries one offer. Throws GatewayError as long as another attempt may still take over. */
export async function attempt(exchange: Exchange, offer: LiveOffer): Promise<Answer> {
  const { timeouts } = offer.live
  const isWire = offer.wires.length > 0
  const current = new Try(exchange, offer, isWire && exchange.fields.stream ? timeouts.connectMs : timeouts.firstPartMs)
  exchange.losses = [...exchange.ownLosses]
  exchange.shownResults = undefined
  try {
    const lane = chooseLane(exchange, offer)
    switch (lane.kind) {
      case "direct":
        return await direct(exchange, current)
      case "native":
        return await native(exchange, current, lane.wire, lane.text)
      case "translated":
        return await translated(exchange, current, lane.wire)
    }
  } catch (thrown) {
    const error = inClientWords(asFailure(thrown, current), exchange)
    current.abort(error)
    current.close()
    record(exchange, current, error)
    throw error
  }
}

/** What an encoder refuses it names by its own words for the place; an upstream's words are its own. */
function inClientWords(error: GatewayError, exchange: Exchange): GatewayError {
  const { param, upstreamStatus } = error
  if (param === undefined || upstreamStatus !== undefined || error.rule.origin !== "router") return error
  const place = exchange.placeOf(param)
  if (place === param) return error
  const message = error.message.startsWith(`${param}:`) ? place + error.message.slice(param.length) : error.message
  const { code, detail, cause, retry, retryAfterMs, provider } = error
  return new GatewayError(code, message, {
    param: place,
    retry,
    ...(detail === undefined ? {} : { detail }),
    ...(cause === undefined ? {} : { cause }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(provider === undefined ? {} : { provider }),
  })
}
