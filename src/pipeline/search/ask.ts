import {
  GatewayError,
  messageOf,
  type SearchQuery,
  type SearchResult,
  type WebSearchTool,
} from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import { screenFound } from "../screen.ts"
import { isWelcome } from "./domains.ts"
import type { Found } from "./found.ts"

/** OpenRouter's default, and its bound. */
const usualResults = 5
const mostResults = 25
const resultsBySize = { low: 3, medium: usualResults, high: 10 } as const

/** Characters of all passages together, and of one of them. */
const allCharacters = 20_000
const passageCharacters = 4_000
const titleCharacters = 200

const queryOf = (query: string, tool: WebSearchTool): SearchQuery => {
  const wished = tool.maxResults ?? (tool.contextSize ? resultsBySize[tool.contextSize] : usualResults)
  return {
    query,
    maxResults: Math.min(mostResults, wished),
    ...(tool.allowedDomains ? { allowedDomains: tool.allowedDomains } : {}),
    ...(tool.blockedDomains ? { blockedDomains: tool.blockedDomains } : {}),
    ...(tool.userLocation ? { userLocation: tool.userLocation } : {}),
  }
}

/**
 * Asks the searches of the roster in their order, the named one first, until one finds something. Gives why nothing was found as a text:
 * an answer without a search is better than none.
 */
export async function ask(exchange: Exchange, text: string, tool: WebSearchTool): Promise<Found | string> {
  const { searches } = exchange.snapshot.roster
  const isNamed = ({ name }: { readonly name: string }) => name === tool.engine
  const query = queryOf(text, tool)
  let nothing = "no search plugin found anything"
  for (const search of [...searches.filter(isNamed), ...searches.filter((one) => !isNamed(one))]) {
    try {
      const given = await search.search(query, exchange.call)
      const results = await presentable(exchange, given, query.maxResults, tool)
      if (results.length > 0) return { query: text, results }
    } catch (thrown) {
      if (GatewayError.is(thrown) && thrown.code === "client_closed") throw thrown
      const { requestId } = exchange.inbound
      exchange.services.log.warn("search failed", { search: search.name, requestId, error: messageOf(thrown) })
      nothing = `the search plugin "${search.name}" failed`
    }
  }
  return nothing
}

/** Each page once, within the client's domains, short enough, and past the guardrails. */
async function presentable(
  exchange: Exchange,
  given: readonly SearchResult[],
  most: number,
  tool: WebSearchTool,
): Promise<readonly SearchResult[]> {
  const unique = new Map(given.filter(({ url }) => isWelcome(url, tool)).map((result) => [result.url, result]))
  const longest = Math.min(passageCharacters, Math.floor(allCharacters / most))
  const results: SearchResult[] = []
  for (const { url, title, content } of [...unique.values()].slice(0, most)) {
    const shown = { url, title: shorten(title, titleCharacters) || url, content: shorten(content, longest) }
    const passed = await screened(exchange, shown)
    if (passed) results.push(passed)
  }
  return results
}

const shorten = (text: string, most: number): string => {
  const clean = text
    .replace(/[ \t\r]+/g, " ")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
  return clean.length <= most ? clean : `${clean.slice(0, most).toWellFormed()}…`
}

/** A page that a guardrail blocks is left out; the client's request is not at fault. */
async function screened(exchange: Exchange, result: SearchResult): Promise<SearchResult | undefined> {
  try {
    return {
      url: result.url,
      title: await screenFound(exchange, result.title, false),
      content: await screenFound(exchange, result.content, false),
    }
  } catch (thrown) {
    if (GatewayError.is(thrown) && thrown.code === "guardrail_blocked") return undefined
    throw thrown
  }
}
