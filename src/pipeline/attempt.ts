import type { Answer } from "./answer.ts"
import type { Exchange } from "./exchange.ts"
import { direct } from "./lanes/direct.ts"
import { native, nativeText } from "./lanes/native.ts"
import { translated } from "./lanes/translated.ts"
import { record } from "./record.ts"
import type { LiveOffer } from "./services.ts"
import { asFailure, Try } from "./upstream.ts"

/** Tries one offer. Throws GatewayError as long as another attempt may still take over. */
export async function attempt(exchange: Exchange, offer: LiveOffer): Promise<Answer> {
  const { wire } = offer.live.provider
  const { timeouts } = offer.live
  const { stream } = exchange.fields
  const current = new Try(exchange, offer, wire && stream ? timeouts.connectMs : timeouts.firstPartMs)
  exchange.losses = [...exchange.ownLosses]
  try {
    if (!wire) return await direct(exchange, current)
    const text = nativeText(exchange, offer, wire)
    return text === undefined ? await translated(exchange, current, wire) : await native(exchange, current, wire, text)
  } catch (thrown) {
    const error = asFailure(thrown, current)
    current.abort(error)
    current.close()
    record(exchange, current, error)
    throw error
  }
}
