import type { Mutable } from "../../contract/mutable.ts"
import type { Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import type { Would } from "./destination.ts"
import { Groups } from "./groups.ts"
import { UsedNames } from "./names.ts"
import type { Was } from "./recorded.ts"
import type { Replay, Verdict } from "./replay.ts"
import type { Report, TrippedBudget } from "./report.ts"

type Row<T extends readonly unknown[]> = Mutable<T[number]>

/** Adds verdicts up. Of each request nothing but sums is kept. */
export class Tally {
  #replayed = 0
  readonly #left = new Groups(([why]): Row<Report["left"]> => ({ requests: 0, why: why! }))
  readonly #byModel = new Groups(() => ({ requests: 0 }))
  readonly #routes = new Groups(
    ([model, was, would]): Row<Report["routes"]> => ({
      model: model!,
      was: was!,
      would: would!,
      requests: 0,
      share: 0,
    }),
  )
  readonly #refusals = new Groups(
    ([rule, model, code]): Row<Report["refusals"]> => ({
      rule: rule!,
      model: model!,
      requests: 0,
      code: code!,
      message: "",
    }),
  )
  readonly #costs = new Groups(
    ([model]): Row<Report["costs"]["models"]> => ({
      model: model!,
      requests: 0,
      billedNano: 0,
      thenNano: 0,
    }),
  )
  readonly #unpriced = new Groups(
    ([offer]): Row<Report["costs"]["unpriced"]> => ({
      offer: offer!,
      requests: 0,
      billedNano: 0,
    }),
  )
  #refusedNano = 0
  readonly #moves = new Groups(
    ([was, would]): Row<Report["caches"]["moves"]> => ({
      was: was!,
      would: would!,
      conversations: 0,
      tokens: 0,
      nano: 0,
    }),
  )
  readonly #names = new UsedNames()

  leave(why: string): void {
    this.#left.get(why).requests++
  }

  add({ row, was, would, cost, losesCache }: Verdict): void {
    this.#replayed++
    this.#names.add(row)
    const model = nameOf(row)
    this.#byModel.get(model).requests++
    const moved = changeOf(was, would)
    if (moved) this.#routes.get(model, ...moved).requests++
    if (would.kind === "refused") {
      // It got no answer as it was.
      if (was.kind === "refused") return
      const refusal = this.#refusals.get(would.rule, model, would.error.code)
      if (refusal.requests++ === 0) refusal.message = would.error.message
      this.#refusedNano += row.costNano
      this.#price(model, row.costNano, 0)
      return
    }
    if (cost === "no price") {
      const unpriced = this.#unpriced.get(would.offer.key)
      unpriced.requests++
      unpriced.billedNano += row.costNano
    } else if (cost) {
      this.#price(model, row.costNano, cost.nano)
      if (cost.lostTokens > 0) {
        const move = this.#moves.get(was.key ?? "-", would.offer.key)
        move.tokens += cost.lostTokens
        move.nano += cost.lostNano
        if (losesCache) move.conversations++
      }
    } else this.#price(model, row.costNano, row.costNano)
  }

  report(from: number, to: number, { limits, present, next }: Replay): Report {
    const models = this.#costs.sorted((left, right) => right.billedNano - left.billedNano)
    const moves = this.#moves.sorted((left, right) => right.tokens - left.tokens)
    const routes = this.#routes.sorted((left, right) => right.requests - left.requests)
    const most = <T extends { readonly requests: number }>(groups: Groups<T>): readonly T[] =>
      groups.sorted((left, right) => right.requests - left.requests)
    return {
      from,
      to,
      replayed: this.#replayed,
      left: most(this.#left),
      routes: routes.map((route) => ({ ...route, share: route.requests / this.#byModel.get(route.model).requests })),
      refusals: most(this.#refusals),
      costs: {
        billedNano: sum(models, ({ billedNano }) => billedNano),
        thenNano: sum(models, ({ thenNano }) => thenNano),
        models,
        refusedNano: this.#refusedNano,
        unpriced: most(this.#unpriced),
      },
      budgets: limits.tripped.map(
        ({ limit, principal, at, refused, refusedBefore }): TrippedBudget => ({
          of: limit.scope,
          name: limit.name,
          key: principal.name,
          hash: principal.keyId.slice(0, 12),
          source: principal.source,
          limitNano: limit.nano,
          reset: limit.window === "total" ? "never" : limit.window,
          at,
          refused,
          refusedBefore,
        }),
      ),
      caches: {
        conversations: sum(moves, ({ conversations }) => conversations),
        tokens: sum(moves, ({ tokens }) => tokens),
        nano: sum(moves, ({ nano }) => nano),
        moves,
      },
      names: this.#names.changes(present, next),
    }
  }

  #price(model: string, billedNano: number, thenNano: number): void {
    if (billedNano === 0 && thenNano === 0) return
    const cost = this.#costs.get(model)
    cost.requests++
    cost.billedNano += billedNano
    cost.thenNano += thenNano
  }
}

const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((all, row) => all + of(row), 0)

/** What the client asked for; the default where it named nothing. */
const nameOf = ({ requestedModel, route: { demand } }: Recorded): string =>
  demand.written?.model ??
  (demand.written?.preset === undefined ? undefined : `@preset/${demand.written.preset}`) ??
  requestedModel

/** From where to where; undefined: nothing changes, or there is nowhere to go. */
function changeOf(was: Was, would: Would): readonly [was: string, would: string] | undefined {
  if (was.kind === "remembered" || would.kind === "refused") return undefined
  const { key } = would.offer
  const to = would.isFailed ? `${key} (failed)` : key
  if (was.kind === "refused") return [`refused: ${was.code}`, to]
  if (was.key === key) return undefined
  return [was.kind === "failed" ? `${was.key} (failed)` : (was.key ?? "-"), to]
}
