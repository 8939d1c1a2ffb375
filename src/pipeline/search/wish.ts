import type { ChatRequest, WebSearchTool } from "../../contract/index.ts"
import { settleTools } from "../../dialects/translate/index.ts"
import type { Exchange } from "../exchange.ts"
import { chatRequest } from "../request.ts"

/** How the formats of clients call a search. */
const names = ["web_search", "googleSearch", "google_search", "browser_search"]

/** One quick look before the slow ones, which nearly every body is spared: ten times their speed over a large text. */
const hint = /_search|googleSearch/

const looksAsIf = (body: string): boolean => hint.test(body) && names.some((name) => body.includes(name))

/** Bodies that were not decoded are only decoded where they look as if they asked. */
const mayAsk = ({ fields, request, parsed, inbound }: Exchange): boolean =>
  fields.search !== undefined || request !== undefined || (parsed === undefined && looksAsIf(inbound.body))

/** The search that the model may make, if there is one. */
export function wantedSearch(exchange: Exchange): WebSearchTool | undefined {
  if (!mayAsk(exchange)) return undefined
  const { tools, choice } = settleTools(chatRequest(exchange))
  if (choice === "none" && !exchange.fields.search) return undefined
  return tools.find((tool) => tool.type === "web-search")
}

/**
 * Asked for by itself, a search is what the client wants; beside other tools it is an offer to the model, as coding agents make it with
 * every request.
 */
export const isDemanded = ({ fields }: Exchange, { tools = [] }: ChatRequest): boolean =>
  fields.search !== undefined || tools.every(({ type }) => type === "web-search")

/** Where the client asked. */
export const searchPath = ({ fields }: Exchange, { tools = [] }: ChatRequest): string =>
  fields.search?.path ?? `tools[${tools.findIndex(({ type }) => type === "web-search")}]`
