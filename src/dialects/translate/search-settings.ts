import type { WebSearchTool } from "../../contract/index.ts"
import type { Lose } from "./losses.ts"

/** A search's settings by the names that most clients write. */
const settingsOf = (tool: WebSearchTool) => ({
  max_uses: tool.maxUses,
  max_results: tool.maxResults,
  search_context_size: tool.contextSize,
  allowed_domains: tool.allowedDomains,
  excluded_domains: tool.blockedDomains,
  user_location: tool.userLocation,
})

export type SearchSetting = keyof ReturnType<typeof settingsOf>

/** Reports the settings of a search that this upstream's search does not know; `kept` are those that it does. */
export const loseSearchSettings = (
  tool: WebSearchTool,
  path: string,
  kept: readonly SearchSetting[],
  lose: Lose,
): void => {
  for (const [field, value] of Object.entries(settingsOf(tool)))
    if (value !== undefined && !kept.includes(field as SearchSetting)) {
      const reason = "the upstream's web search has no such setting"
      lose({ path: `${path}.${field}`, action: "dropped", code: "parameter_unsupported", reason })
    }
}
