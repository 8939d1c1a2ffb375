import { GatewayError } from "../../contract/index.ts"
import { holdForMore } from "../admit/again.ts"
import type { Answer } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import { chooseLane } from "../lanes/choose.ts"
import { refuseOutrun } from "../lanes/commit.ts"
import { direct } from "../lanes/direct.ts"
import { native } from "../lanes/native.ts"
import { translated } from "../lanes/translated.ts"
import { endAttempt } from "./end.ts"
import type { Start } from "./start.ts"
import { Try } from "./try.ts"
import { asFailure } from "./upstream.ts"

/** Tries one offer. Throws GatewayError as long as another attempt may still take over. */
export async function attempt(exchange: Exchange, start: Start): Promise<Answer> {
  const { offer } = start
  const { timeouts } = offer.live
  const isWire = offer.wires.length > 0
  const current = new Try(exchange, start, isWire && exchange.isStreamedUp ? timeouts.connectMs : timeouts.firstPartMs)
  try {
    if (exchange.answering) {
      refuseOutrun(current)
      await holdForMore(current)
    }
    const lane = chooseLane(current)
    switch (lane.kind) {
      case "direct":
        return await direct(current)
      case "native":
        return await native(current, lane.wire, lane.text)
      case "translated":
        return await translated(current, lane.wire)
    }
  } catch (thrown) {
    const error = inClientWords(asFailure(thrown, current), exchange)
    current.abort(error)
    endAttempt(current, error)
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
