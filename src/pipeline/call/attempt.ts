import { type AbilityCall, type AbilityName, GatewayError, type WireFailure } from "../../contract/index.ts"
import { classifyUpstreamError, readErrorWords } from "../../dialects/upstream-error/index.ts"
import type { Exchange } from "../exchange.ts"
import { commit, knowPrice, refuseLosses, whenAborted } from "../lanes/commit.ts"
import { record } from "../record.ts"
import { bounded } from "../reply-body.ts"
import type { LiveOffer } from "../services.ts"
import { asFailure, clientClosed, dispatch, Try } from "../upstream.ts"
import { abilityOf, type ReplyOf, type Work } from "./work.ts"

/** An upstream that has answered; `current` is closed by whoever ends the call, because an answer may still be streamed. */
export interface CallAnswer<Name extends AbilityName> {
  readonly current: Try
  readonly reply: ReplyOf<Name>
}

/** Tries one offer. Throws GatewayError as long as another attempt may take over. */
export const attemptCall =
  <Name extends AbilityName>(work: Work<Name>) =>
  async (exchange: Exchange, offer: LiveOffer): Promise<CallAnswer<Name>> => {
    const current = new Try(exchange, offer, offer.live.timeouts.firstPartMs)
    current.lane = "direct"
    exchange.losses = [...exchange.ownLosses]
    try {
      const ability = abilityOf(offer.live.provider.abilities, work.ability)
      if (!ability) throw new GatewayError("plugin_failed", `The provider "${offer.provider}" cannot do this any more.`)
      await knowPrice(exchange, offer)
      const classify = (failure: WireFailure) => ability.classify?.(failure) ?? usual(failure, offer)
      const running = ability.run(work.request, abilityCall(exchange, current, classify))
      const reply = await Promise.race([running, whenAborted(current)])
      if (reply === undefined) throw current.reason
      commit(exchange, current)
      return { current, reply }
    } catch (thrown) {
      const error = asFailure(thrown, current)
      current.abort(error)
      current.close()
      record(exchange, current, error)
      throw error
    }
  }

const usual = (failure: WireFailure, { provider }: LiveOffer): GatewayError =>
  classifyUpstreamError({ ...readErrorWords(failure.body), ...failure, provider })

function abilityCall(exchange: Exchange, current: Try, classify: (failure: WireFailure) => GatewayError): AbilityCall {
  const { offer, signal } = current
  return {
    model: offer.upstream,
    signal,
    lose: exchange.lose,
    newId: (prefix) => prefix + exchange.services.newToken(),
    async send(request) {
      // Whatever cannot be carried is known by now.
      refuseLosses(exchange, offer)
      return bounded(await dispatch(exchange, current, request, classify), exchange, current)
    },
    wait: (milliseconds) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(done, milliseconds)
        function done() {
          signal.removeEventListener("abort", gone)
          resolve()
        }
        function gone() {
          clearTimeout(timer)
          reject(current.reason ?? clientClosed())
        }
        signal.addEventListener("abort", gone, { once: true })
      }),
  }
}
