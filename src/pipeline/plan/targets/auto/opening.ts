import type { RouteOpening } from "../../../../contract/index.ts"
import type { Exchange } from "../../../exchange.ts"
import { chatRequest } from "../../../request.ts"
import { featuresOf, openingOf } from "./features.ts"
import { choiceOf } from "./wanted.ts"

/** What routers judge a request by that is under way. Throws `invalid_request` for what must not be asked of them. */
export function openingFor(exchange: Exchange): RouteOpening {
  const text = exchange.inbound.client ? openingOf(chatRequest(exchange)) : exchange.inbound.body
  const { excluded, ...choice } = choiceOf(exchange)
  return {
    ...featuresOf(text),
    hash: BigInt(Bun.hash(text)).toString(36),
    ...choice,
    ...(excluded.length === 0 ? {} : { excluded }),
  }
}
