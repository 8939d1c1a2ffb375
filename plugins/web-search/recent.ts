import type { SearchQuery, SearchResult } from "signalbox/plugin"

/** The most searches that are remembered. */
const mostKept = 500

interface Kept {
  readonly until: number
  readonly results: readonly SearchResult[]
}

/** Results of a while ago: an agent asks the same with every step of a task, and each search costs money. */
export class RecentSearches {
  readonly #kept = new Map<string, Kept>()

  find(query: SearchQuery, now: number): readonly SearchResult[] | undefined {
    const found = this.#kept.get(keyOf(query))
    return found && found.until > now ? found.results : undefined
  }

  keep(query: SearchQuery, results: readonly SearchResult[], until: number): void {
    const key = keyOf(query)
    this.#kept.delete(key)
    this.#kept.set(key, { until, results })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break
      this.#kept.delete(oldest)
    }
  }
}

const keyOf = ({ query, maxResults, allowedDomains, blockedDomains, userLocation }: SearchQuery): string =>
  JSON.stringify([query, maxResults, allowedDomains, blockedDomains, userLocation])
