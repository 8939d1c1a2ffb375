import type { ChatRequest, Profile, WebSearchTool } from "../../contract/index.ts"
import { measureRequest } from "../../ledger/estimate.ts"
import { holdAgain } from "../admit/again.ts"
import type { Try } from "../attempt/try.ts"
import { whenAborted } from "../lanes/commit.ts"
import { gatewaySearches, isAskedOfGateway, searchesItself } from "./ability.ts"
import { ask } from "./ask.ts"
import type { Found } from "./found.ts"
import { withoutSearch, withResults } from "./insert.ts"
import { questionOf } from "./query.ts"
import { searchPath } from "./wish.ts"

/**
 * The request as this upstream can carry it: with its search where it searches itself (`profile` is absent where it is no wire), otherwise
 * with what the gateway's searches found, asked once per request. The time that takes is the search's, not the upstream's.
 */
export async function withSearch(
  current: Try,
  profile: Profile | undefined,
  request: ChatRequest,
): Promise<ChatRequest> {
  const { exchange } = current
  const tool = exchange.search
  if (!tool) return request
  const path = searchPath(exchange, request)
  const upstreamCan = profile !== undefined && searchesItself(profile, request)
  if (!gatewaySearches(exchange, tool, upstreamCan)) {
    if (upstreamCan) {
      if (tool.searchPrompt !== undefined) losePrompt(current, path)
      return request
    }
    const reason = profile?.webSearch
      ? "the upstream does not search beside function tools, and no search plugin runs"
      : "the upstream cannot search the web, and no search plugin runs"
    current.lose({ path, action: "dropped", code: "search_unsupported", reason })
    return withoutSearch(request)
  }
  const question = questionOf(request)
  const found = question ? await searched(current, question.query, tool) : "there is no text to search for"
  if (typeof found === "string" || !question) {
    const why = typeof found === "string" ? found : "there is no text to search for"
    current.lose({ path, action: "dropped", code: "search_failed", reason: `answered without a search: ${why}` })
    return withoutSearch(request)
  }
  if (!isAskedOfGateway(exchange, tool))
    current.lose({
      path,
      action: "approximated",
      code: "search_replaced",
      reason: "the gateway searched instead of the upstream",
    })
  current.shownResults = found.results
  const date = new Date(exchange.services.now()).toISOString().slice(0, 10)
  const changed = withResults(withoutSearch(request), question, found, date, tool.searchPrompt)
  await reckon(current, changed)
  return changed
}

/** Once per request, however many attempts it takes. */
async function searched(current: Try, query: string, tool: WebSearchTool): Promise<Found | string> {
  const { exchange } = current
  exchange.searched ??= ask(exchange, query, tool)
  current.expectWithin(0)
  const found = await Promise.race([exchange.searched, whenAborted(current)])
  if (found === undefined) throw current.reason
  const { timeouts } = current.offer.live
  current.expectWithin(exchange.fields.stream ? timeouts.connectMs : timeouts.firstPartMs)
  return found
}

/** What was found makes the input longer than what was held for. */
async function reckon(current: Try, changed: ChatRequest): Promise<void> {
  const { exchange, offer, measured } = current
  const { estimateInput } = exchange.services
  const before = estimateInput(measured, offer.key)
  current.measured = { inbound: exchange.inbound, size: measureRequest(changed) }
  if (estimateInput(current.measured, offer.key) > before) await holdAgain(current)
}

const losePrompt = (current: Try, path: string) =>
  current.lose({
    path: `${path}.search_prompt`,
    action: "dropped",
    code: "parameter_unsupported",
    reason: "the upstream searches by itself and words its results as it likes",
  })
