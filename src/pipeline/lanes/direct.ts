import { GatewayError } from "../../contract/index.ts"
import type { Answer } from "../answer.ts"
import type { Try } from "../attempt/try.ts"
import { goOn } from "../recover/go-on.ts"
import { cappedRequest, offerRequest } from "../request.ts"
import { withSearch } from "../search/with-search.ts"
import { committed, knowPrice, refuseLosses } from "./commit.ts"

/** A provider that is not HTTP yields the parts itself. */
export async function direct(current: Try): Promise<Answer> {
  current.lane = "direct"
  const { offer } = current
  const chat = offer.live.provider.chat
  if (!chat)
    throw new GatewayError("plugin_failed", `The provider "${offer.provider}" has no chat.`, {
      provider: offer.provider,
    })
  await knowPrice(current)
  const searched = await withSearch(current, undefined, offerRequest(current))
  const request = goOn(current, undefined, cappedRequest(current, searched))
  const parts = chat.call(offer.live.provider, {
    model: offer.upstream,
    request,
    signal: current.signal,
    lose: current.lose,
  })
  refuseLosses(current)
  return committed(current, parts[Symbol.asyncIterator]())
}
