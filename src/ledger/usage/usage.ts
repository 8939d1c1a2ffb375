import { GatewayError } from "../../contract/errors.ts"
import { StoreFailure } from "../../store/executor.ts"
import type { Store } from "../../store/open-store.ts"
import { conditionOf } from "../../store/usage/condition.ts"
import { appNumber } from "../../store/usage/labels.ts"
import { otherTags } from "../../store/usage/tags.ts"
import { monthOf, projected } from "./month.ts"
import { pieces } from "./pieces.ts"
import { rowsOf } from "./rows.ts"
import type { Usage, UsageQuery, UsageRow, UsageScope } from "./types.ts"

export interface UsageOptions {
  readonly store: Pick<Store, "writer">
  readonly clock: { now(): number }
}

const hourMs = 3_600_000
const weekMs = 7 * 24 * hourMs

export function openUsage({ store, clock }: UsageOptions): Usage {
  const ask = async (query: UsageQuery): Promise<readonly UsageRow[]> => {
    try {
      return rowsOf(query, await store.writer.usage(query))
    } catch (thrown) {
      throw refusal(thrown) ?? thrown
    }
  }
  return {
    query: async (query, scope) => {
      const scoped = within(query, scope)
      return scoped === undefined ? [] : ask(scoped)
    },
    async *stream(query, scope) {
      const scoped = within(query, scope)
      if (scoped === undefined) return
      for (const piece of pieces(scoped)) yield await ask(piece)
    },
    projectMonth: async (filter = {}, scope) => {
      const now = clock.now()
      const month = monthOf(now)
      const scoped = within({ ...month, to: now + hourMs, groupBy: [], filter, measures: ["costNano"] }, scope)
      if (scoped === undefined) return { ...month, spentNano: 0, projectedNano: 0 }
      const [spent] = await ask(scoped)
      const lately = await ask({ ...scoped, from: now - weekMs, resolution: "hour" })
      return { ...month, ...projected(spent?.costNano ?? 0, lately, month.to, now) }
    },
    apps: async () => {
      const rows = await store.writer.query({
        sql: "select text from usage_values where instr(text, char(9)) > 0 order by id limit ?",
        args: [mostListed],
      })
      return rows.map(({ text }) => {
        const [origin, title] = String(text).split("\t")
        return { id: appNumber(String(text)), origin: origin || null, title: title || null }
      })
    },
    tags: async () => {
      const rows = await store.writer.query({
        sql: "select distinct tag.key as name from usage_values, json_each(text) as tag where text like '{\"%' and text <> ? limit ?",
        args: [otherTags, mostListed],
      })
      return rows.map(({ name }) => String(name)).sort()
    },
  }
}

/** Lists for people, and for choices on a screen. */
const mostListed = 10_000

/** Undefined where the scope and the filter have nothing in common. */
function within(query: UsageQuery, { memberId, keyId }: UsageScope = {}): UsageQuery | undefined {
  let { filter = {} } = query
  for (const [dimension, own] of [
    ["member", memberId],
    ["key", keyId],
  ] as const) {
    if (own === undefined) continue
    const asked = filter[dimension]
    // Whatever else is asked for can only be less than what is one's own.
    if (asked !== undefined && !mayBe(asked, own)) return undefined
    filter = { ...filter, [dimension]: own }
  }
  return { ...query, filter }
}

const mayBe = (condition: NonNullable<UsageQuery["filter"]>["key"], own: string): boolean =>
  condition === undefined || conditionOf(condition)(own)

/** A reason that whoever asked can do something about. */
function refusal(thrown: unknown): GatewayError | undefined {
  if (!(thrown instanceof StoreFailure) || thrown.code !== "USAGE_REFUSED") return undefined
  return new GatewayError("invalid_request", thrown.message, { cause: thrown })
}
