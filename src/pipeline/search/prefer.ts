import { GatewayError } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { chatRequest } from "../request.ts"
import { gatewaySearches, offerSearches } from "./ability.ts"
import { isDemanded, searchPath, wantedSearch } from "./wish.ts"

/**
 * Notes the search that a request asks for. Where only upstreams can make it, those that can come first; where nobody can and the search
 * is what the client wants, the request is refused rather than answered from memory.
 */
export function preferSearching(exchange: Exchange, planned: readonly PlannedAttempt[]): readonly PlannedAttempt[] {
  const tool = wantedSearch(exchange)
  exchange.search = tool
  // An engine of the gateway's is asked although the upstream could search.
  if (tool && gatewaySearches(exchange, tool, true)) exchange.contentIsRead = true
  if (!tool || gatewaySearches(exchange, tool, false)) return planned
  const request = chatRequest(exchange)
  const able = planned.filter(({ offer }) => offerSearches(offer, request))
  if (able.length > 0) return [...able, ...planned.filter((one) => !able.includes(one))]
  if (!isDemanded(exchange, request)) return planned
  throw new GatewayError(
    "search_unavailable",
    `No provider of "${exchange.model}" searches the web, and the gateway ${tool.engine === "native" ? "was told not to" : "has no search plugin"}. Leave the search out, or ask for a model that searches.`,
    { param: searchPath(exchange, request) },
  )
}
