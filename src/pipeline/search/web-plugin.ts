import { type ChatRequest, isObject, type Json, type WebSearchTool } from "../../contract/index.ts"
import { addSearch, decodeWebPlugin } from "../../dialects/chat-completions/request/decode-search.ts"

/** A search that a client asked the gateway for, whatever the format of its request. */
export interface SearchWish {
  readonly tool: WebSearchTool
  /** Where the client said so. */
  readonly path: string
}

/** OpenRouter's `plugins: [{ id: "web" }]`, of any format. Other plugins and other shapes are not looked at. */
export function readWebPlugin(plugins: Json | undefined): SearchWish | undefined {
  if (!Array.isArray(plugins)) return undefined
  const at = plugins.findIndex((plugin) => isObject(plugin) && plugin.id === "web" && plugin.enabled !== false)
  const plugin = plugins[at]
  const path = `plugins[${at}]`
  return isObject(plugin) ? { tool: decodeWebPlugin(plugin, path), path } : undefined
}

/** The request with the search that its other fields ask for. */
export const withWish = (request: ChatRequest, wish: SearchWish | undefined): ChatRequest =>
  wish ? { ...request, tools: addSearch(request.tools, wish.tool) } : request
