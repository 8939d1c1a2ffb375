import initial from "./migrations/0000_initial.sql" with { type: "text" }
import responses from "./migrations/0001_responses.sql" with { type: "text" }
import routing from "./migrations/0002_routing.sql" with { type: "text" }
import cache from "./migrations/0003_cache.sql" with { type: "text" }
import governance from "./migrations/0004_governance.sql" with { type: "text" }
import usage from "./migrations/0005_usage.sql" with { type: "text" }
import feedback from "./migrations/0006_feedback.sql" with { type: "text" }

export interface Migration {
  readonly name: string
  /** Statements separated by drizzle-kit's breakpoint comment. */
  readonly sql: string
}

/** In the order in which they are applied. Embedded in the executable; a test compares this list with the folder. */
export const migrations: readonly Migration[] = [
  { name: "0000_initial", sql: initial },
  { name: "0001_responses", sql: responses },
  { name: "0002_routing", sql: routing },
  { name: "0003_cache", sql: cache },
  { name: "0004_governance", sql: governance },
  { name: "0005_usage", sql: usage },
  { name: "0006_feedback", sql: feedback },
]
