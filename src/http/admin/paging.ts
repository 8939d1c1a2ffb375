import type { Stored } from "../../accounts/directory/types.ts"
import { GatewayError } from "../../contract/index.ts"
import { QueryReader } from "../lists/print.ts"

const usualPage = 50
const largestPage = 1000

/** One page of a list that is in memory: `?offset=` and `?limit=`. */
export function pageOf<Row>(
  query: URLSearchParams,
  rows: readonly Row[],
  print: (row: Row) => unknown,
): { readonly data: readonly unknown[]; readonly total_count: number } {
  refuseOthers(query, ["offset", "limit"])
  const read = new QueryReader(query)
  const offset = read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0
  const limit = read.integer("limit", 1, largestPage) ?? usualPage
  return { data: rows.slice(offset, offset + limit).map(print), total_count: rows.length }
}

/** A parameter that is spelled wrongly would choose everything. */
export function refuseOthers(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys())
    if (!known.includes(name))
      throw new GatewayError(
        "invalid_request",
        `There is no parameter "${name.slice(0, 100)}". Parameters: ${known.join(", ")}.`,
        { param: name.slice(0, 100) },
      )
}

/** When an object was made and changed, and by whom. */
export const historyRow = ({
  createdAt,
  updatedAt,
  createdBy,
  createdByMember,
}: Omit<Stored<"member">, "id" | "body">): Record<string, unknown> => ({
  created_at: new Date(createdAt).toISOString(),
  updated_at: updatedAt === undefined ? null : new Date(updatedAt).toISOString(),
  created_by: createdBy ?? null,
  created_by_member: createdByMember ?? null,
})

/** Null means the same as nothing where something is new. */
export const present = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
