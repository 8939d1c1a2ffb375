import { type AbilityCall, type AbilityName, GatewayError, type WireFailure } from "../../contract/index.ts"
import { classifyUpstreamError, readErrorWords } from "../../dialects/upstream-error/index.ts"
import { bill } from "../attempt/bill.ts"
import { endAttempt } from "../attempt/end.ts"
import { bounded } from "../attempt/reply-body.ts"
import type { Start } from "../attempt/start.ts"
import { clientClosed, Try } from "../attempt/try.ts"
import { asFailure, dispatch } from "../attempt/upstream.ts"
import type { Exchange } from "../exchange.ts"
import { commit, knowPrice, refuseLosses, refuseOutrun, whenAborted } from "../lanes/commit.ts"
import { pause } from "../relay/wait.ts"
import type { LiveOffer } from "../services.ts"
import { expectedUsage } from "./expected.ts"
import { abilityOf, type ReplyOf, type Work } from "./work.ts"

/** An upstream that has answered; `current` is closed by whoever ends the call, because an answer may still be streamed. */
export interface CallAnswer<Name extends AbilityName> {
  readonly current: Try
  readonly reply: ReplyOf<Name>
}

/** Tries one offer. Throws GatewayError as long as another attempt may take over. */
export const attemptCall =
  <Name extends AbilityName>(work: Work<Name>) =>
  async (exchange: Exchange, start: Start): Promise<CallAnswer<Name>> => {
    const { offer } = start
    const current = new Try(exchange, start, offer.live.timeouts.firstPartMs)
    current.lane = "direct"
    try {
      const ability = abilityOf(offer.live.provider.abilities, work.ability)
      if (!ability) throw new GatewayError("plugin_failed", `The provider "${offer.provider}" cannot do this any more.`)
      refuseOutrun(current)
      await knowPrice(current)
      const classify = (failure: WireFailure) => ability.classify?.(failure) ?? usual(failure, offer)
      const running = ability.run(work.request, abilityCall(current, classify))
      const reply = await Promise.race([running, whenAborted(current)])
      if (reply === undefined) throw current.reason
      commit(current)
      return { current, reply }
    } catch (thrown) {
      const error = asFailure(thrown, current)
      // Nobody cancels a picture that is half painted: it is paid for, as at OpenRouter.
      if (isLeft(error, current) && work.ability !== "countTokens")
        bill(current, expectedUsage(work, exchange.services.estimateInput(current.measured, offer.key)))
      current.abort(error)
      endAttempt(current, error)
      throw error
    }
  }

/** Its client has gone, and not another attempt been quicker. */
const isLeft = ({ code }: GatewayError, { isSent, isOutrun }: Try): boolean =>
  code === "client_closed" && isSent && !isOutrun

const usual = (failure: WireFailure, { provider }: LiveOffer): GatewayError =>
  classifyUpstreamError({ ...readErrorWords(failure.body), ...failure, provider })

function abilityCall(current: Try, classify: (failure: WireFailure) => GatewayError): AbilityCall {
  const { exchange, offer, signal } = current
  return {
    model: offer.upstream,
    signal,
    lose: current.lose,
    newId: (prefix) => prefix + exchange.services.newToken(),
    async send(request) {
      // Whatever cannot be carried is known by now.
      refuseLosses(current)
      return bounded(await dispatch(current, request, classify), exchange, current)
    },
    wait: (milliseconds) => pause(milliseconds, signal, () => current.reason ?? clientClosed()),
  }
}
