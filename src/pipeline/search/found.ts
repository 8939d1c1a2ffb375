import type { SearchResult } from "../../contract/index.ts"

/** What the gateway's searches found for one request. */
export interface Found {
  readonly query: string
  /** At least one. */
  readonly results: readonly SearchResult[]
}
