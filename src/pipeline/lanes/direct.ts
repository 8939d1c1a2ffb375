import { GatewayError } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import { cappedRequest, chatRequest } from "../request.ts"
import { withSearch } from "../search/with-search.ts"
import type { Try } from "../upstream.ts"
import { committed, knowPrice, refuseLosses } from "./commit.ts"

/** A provider that is not HTTP yields the parts itself. */
export async function direct(exchange: Exchange, current: Try): Promise<Answer> {
  current.lane = "direct"
  const { offer } = current
  const chat = offer.live.provider.chat
  if (!chat)
    throw new GatewayError("plugin_failed", `The provider "${offer.provider}" has no chat.`, {
      provider: offer.provider,
    })
  await knowPrice(exchange, offer)
  const request = cappedRequest(exchange, await withSearch(exchange, current, undefined, chatRequest(exchange)))
  const parts = chat.call(offer.live.provider, {
    model: offer.upstream,
    request,
    signal: current.signal,
    lose: exchange.lose,
  })
  refuseLosses(exchange, offer)
  return committed(exchange, current, parts[Symbol.asyncIterator]())
}
