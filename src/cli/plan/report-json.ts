import type { JsonObject } from "../../contract/json.ts"
import { usd } from "../../ledger/money.ts"
import type { Report } from "./report.ts"

const time = (at: number): string => new Date(at).toISOString()

/** The report for machines: USD, ISO times, shares from 0 to 1; every row of every table unless there is a limit. */
export function reportJson(report: Report, limit = Number.POSITIVE_INFINITY): JsonObject {
  const { costs, caches } = report
  const rows = <T>(all: readonly T[], row: (one: T) => JsonObject): JsonObject[] => all.slice(0, limit).map(row)
  return {
    from: time(report.from),
    to: time(report.to),
    replayed: report.replayed,
    not_replayed: rows(report.left, ({ requests, why }) => ({ requests, why })),
    routes: rows(report.routes, (row) => ({ ...row })),
    refusals: rows(report.refusals, (row) => ({ ...row })),
    cost: {
      billed: usd(costs.billedNano),
      would_be: usd(costs.thenNano),
      refused: usd(costs.refusedNano),
      models: rows(costs.models, ({ model, requests, billedNano, thenNano }) => ({
        model,
        requests,
        billed: usd(billedNano),
        would_be: usd(thenNano),
      })),
      without_price: rows(costs.unpriced, ({ offer, requests, billedNano }) => ({
        offer,
        requests,
        billed: usd(billedNano),
      })),
    },
    budgets: rows(report.budgets, ({ of, name, key, hash, source, limitNano, reset, at, refused, refusedBefore }) => ({
      of,
      name,
      key,
      hash,
      source,
      limit: usd(limitNano),
      limit_reset: reset,
      used_up_at: time(at),
      refused,
      refused_as_recorded: refusedBefore,
    })),
    prompt_caches: {
      conversations: caches.conversations,
      tokens: caches.tokens,
      cost: usd(caches.nano),
      moves: rows(caches.moves, ({ nano, ...row }) => ({ ...row, cost: usd(nano) })),
    },
    names: rows(report.names, (row) => ({ ...row })),
  }
}
