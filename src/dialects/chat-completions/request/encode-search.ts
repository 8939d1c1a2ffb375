import type { ChatRequest, EncodeTarget, JsonObject, WebSearchTool } from "../../../contract/index.ts"
import { defined } from "../../body/fields.ts"
import { loseSearchSettings } from "../../translate/index.ts"
import { ownExtras } from "../names.ts"

/**
 * OpenRouter takes the settings beside the type (openrouter.ai, web search server tool), Requesty knows the type and the context size
 * (docs.requesty.ai, web search).
 */
const encodeTool = ({ userLocation, ...tool }: WebSearchTool): JsonObject => ({
  type: "web_search",
  ...(defined({
    engine: tool.engine,
    max_uses: tool.maxUses,
    max_results: tool.maxResults,
    search_context_size: tool.contextSize,
    allowed_domains: tool.allowedDomains && [...tool.allowedDomains],
    excluded_domains: tool.blockedDomains && [...tool.blockedDomains],
    user_location: userLocation && { type: "approximate", ...userLocation },
  }) as JsonObject),
  ...ownExtras(tool.extras),
})

/** A search that is asked for by a tool. Undefined where it is asked for in another way, or not at all. */
export const encodeSearchTool = (tool: WebSearchTool, path: string, target: EncodeTarget): JsonObject | undefined => {
  const { profile, lose } = target
  switch (profile.webSearch) {
    case "tool":
      return encodeTool(tool)
    case "browser":
      loseSearchSettings(tool, path, [], lose)
      return { type: "browser_search" }
    case "options":
      loseSearchSettings(tool, path, ["search_context_size", "user_location"], lose)
      return undefined
    case "always":
      loseSearchSettings(tool, path, [], lose)
      return undefined
    case undefined:
      lose({ path, action: "dropped", code: "search_unsupported", reason: "the upstream cannot search the web" })
      return undefined
  }
}

/** OpenAI's search models take settings, and no tool (developers.openai.com, web search with chat completions). */
export const encodeSearchOptions = ({ tools }: ChatRequest, { profile }: EncodeTarget): JsonObject => {
  const tool = tools?.find((each) => each.type === "web-search")
  if (profile.webSearch !== "options" || tool?.type !== "web-search") return {}
  const { contextSize, userLocation } = tool
  return {
    web_search_options: {
      ...(contextSize === undefined ? {} : { search_context_size: contextSize }),
      ...(userLocation ? { user_location: { type: "approximate", approximate: { ...userLocation } } } : {}),
      ...ownExtras(tool.extras),
    },
  }
}
