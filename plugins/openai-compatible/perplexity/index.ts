import { chatCompletions } from "signalbox/dialects"
import type { ChatRequest, Dialect, Tool, WebSearchTool } from "signalbox/plugin"
import { toPerplexity } from "./request.ts"
import { searchFields } from "./search.ts"

const isSearch = (tool: Tool): tool is WebSearchTool => tool.type === "web-search"

const withoutSearch = ({ tools, ...request }: ChatRequest): ChatRequest => {
  const others = tools?.filter((tool) => !isSearch(tool)) ?? []
  return others.length > 0 ? { ...request, tools: others } : request
}

/**
 * Perplexity's chat completions: strict turns, no tools, and a search of the web in front of every answer. No native lane: hardly a body
 * of OpenAI's is one of these.
 */
export const perplexityChat: Dialect = (({ native: _, ...dialect }: Dialect): Dialect => ({
  ...dialect,
  encodeRequest(request, target) {
    const searches = (request.tools ?? []).filter(isSearch)
    for (const [index, { maxUses, maxResults }] of searches.entries())
      for (const [field, value] of Object.entries({ max_uses: maxUses, max_results: maxResults }))
        if (value !== undefined)
          target.lose({
            path: `tools[${request.tools?.indexOf(searches[index] as Tool) ?? index}].${field}`,
            action: "dropped",
            code: "parameter_unsupported",
            reason: "the upstream searches as it likes",
          })
    const body = dialect.encodeRequest(withoutSearch(request), target)
    // What the client itself says in this format counts.
    return { ...Object.assign({}, ...searches.map(searchFields)), ...toPerplexity(body, target.lose) }
  },
}))(chatCompletions)
