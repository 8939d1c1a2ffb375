import type { JsonObject, WebSearchTool } from "signalbox/plugin"

/** docs.perplexity.ai, search filters: each answer is searched for; a tool can only say where and how much. */
export const searchFields = ({
  allowedDomains,
  blockedDomains,
  contextSize,
  userLocation,
}: WebSearchTool): JsonObject => {
  const domains = [...(allowedDomains ?? []), ...(blockedDomains ?? []).map((domain) => `-${domain}`)]
  const options: JsonObject = {
    ...(contextSize === undefined ? {} : { search_context_size: contextSize }),
    ...(userLocation === undefined ? {} : { user_location: { ...userLocation } }),
  }
  return {
    ...(domains.length === 0 ? {} : { search_domain_filter: domains }),
    ...(Object.keys(options).length === 0 ? {} : { web_search_options: options }),
  }
}
