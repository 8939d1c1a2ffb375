import { definePlugin, type SearchQuery, type SearchResult, Type } from "signalbox/plugin"
import { backendNames, backends } from "./backends.ts"
import { RecentSearches } from "./recent.ts"
import { searchOnce } from "./search.ts"

/** SearXNG itself has no keys; a proxy in front of it may want one. */
const keyOfProxy = (secret: (name: string) => string): string | undefined => {
  try {
    return secret("api_key")
  } catch {
    return undefined
  }
}

/** Searches the web through a service of the operator's choice, for upstreams that cannot search themselves. */
export default definePlugin({
  name: "web-search",
  contract: 1,
  description: "Searches the web by SearXNG, Brave, Tavily or Exa for models without a search of their own.",
  options: Type.Object({
    backend: Type.Optional(
      Type.Union(
        backendNames.map((name) => Type.Literal(name)),
        { description: "searxng, brave, tavily or exa; without one the plugin searches nothing" },
      ),
    ),
    base_url: Type.Optional(
      Type.String({ pattern: "^https?://", description: "address of the service; SearXNG has none of its own" }),
    ),
    max_results: Type.Integer({ default: 5, minimum: 1, maximum: 25, description: "most results of one search" }),
    timeout_seconds: Type.Number({ default: 10, exclusiveMinimum: 0, maximum: 120, description: "for one search" }),
    keep_seconds: Type.Number({
      default: 300,
      minimum: 0,
      description: "how long the results of a search answer the same question again; 0 = never",
    }),
  }),
  validate({ backend, base_url }) {
    if (backend !== undefined && backends[backend].baseUrl === undefined && base_url === undefined)
      throw new Error(`${backend} needs base_url, the address of your own instance`)
    if (backend === undefined && base_url !== undefined)
      throw new Error(`base_url says where, but not what: set backend to one of ${backendNames.join(", ")}`)
  },
  setup({ backend: name, base_url, max_results, timeout_seconds, keep_seconds }, { fetch, secret, clock }) {
    if (name === undefined) return {}
    const backend = backends[name]
    const base = (base_url ?? backend.baseUrl ?? "").replace(/\/+$/, "")
    const key = backend.needsKey ? secret("api_key") : keyOfProxy(secret)
    const settings = { backend, base, key, maxResults: max_results, timeoutMs: timeout_seconds * 1000 }
    const recent = new RecentSearches()
    const search = async (
      query: SearchQuery,
      call: { readonly signal: AbortSignal },
    ): Promise<readonly SearchResult[]> => {
      const known = recent.find(query, clock.now())
      if (known) return known
      const results = await searchOnce(settings, fetch, query, call)
      if (keep_seconds > 0 && results.length > 0) recent.keep(query, results, clock.now() + keep_seconds * 1000)
      return results
    }
    return { searches: [{ name, search }] }
  },
})
