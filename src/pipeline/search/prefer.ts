import { type ChatRequest, GatewayError } from "../../contract/index.ts"
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
  const arranged = searchersFirst(planned, request)
  if (arranged) {
    if (arranged !== planned) exchange.plan?.rearrange(arranged, "those that search the web come first")
    return arranged
  }
  if (!isDemanded(exchange, request)) return planned
  throw nobodySearches(
    exchange.model,
    tool.engine === "native" ? "was told not to" : "has no search plugin",
    searchPath(exchange, request),
  )
}

/** Those whose upstreams search for this request first; undefined: none does. */
export function searchersFirst(
  planned: readonly PlannedAttempt[],
  request: ChatRequest,
): readonly PlannedAttempt[] | undefined {
  const able = planned.filter(({ offer }) => offerSearches(offer, request))
  if (able.length === planned.length) return planned
  return able.length === 0 ? undefined : [...able, ...planned.filter((one) => !able.includes(one))]
}

export const nobodySearches = (model: string, why: string, param: string): GatewayError =>
  new GatewayError(
    "search_unavailable",
    `No provider of "${model}" searches the web, and the gateway ${why}. Leave the search out, or ask for a model that searches.`,
    { param },
  )
