import type { Stored } from "../../accounts/directory/types.ts"
import { pageOf as anyPageOf } from "../fields/page.ts"
import { refuseOthers } from "../fields/query.ts"
import { timeOrNull, timeText } from "../shown.ts"

const sizes = { usual: 50, largest: 1000 }

/** One page of a list that is in memory: `?offset=` and `?limit=`, and nothing else. */
export function pageOf<Row>(query: URLSearchParams, rows: readonly Row[], print: (row: Row) => unknown) {
  refuseOthers(query, ["offset", "limit"])
  return anyPageOf(query, rows, print, sizes)
}

/** When an object was made and changed, and by whom. */
export const historyRow = ({
  createdAt,
  updatedAt,
  createdBy,
  createdByMember,
}: Omit<Stored<"member">, "id" | "body">): Record<string, unknown> => ({
  created_at: timeText(createdAt),
  updated_at: timeOrNull(updatedAt),
  created_by: createdBy ?? null,
  created_by_member: createdByMember ?? null,
})
