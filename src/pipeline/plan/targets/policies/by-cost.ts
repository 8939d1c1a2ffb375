import { costOf } from "../../cost.ts"
import type { Inquiry } from "../../inquiry.ts"
import type { Step } from "../scope.ts"

/** The cheapest for this request's tokens first; what nobody knows a price of comes last, in the order in which it is written. */
export function byCost(
  inquiry: Inquiry,
  steps: readonly Step[],
): { readonly steps: readonly Step[]; readonly note: string } {
  const priced = steps.map((step) => ({ step, cost: cheapest(inquiry, step) }))
  const sorted = priced.sort((left, right) => left.cost - right.cost)
  const [first] = sorted
  const about = Number.isFinite(first!.cost) ? `about $${Number(first!.cost.toPrecision(3))}` : "no price is known"
  return { steps: sorted.map(({ step }) => step), note: `"${first!.step.model}" first (${about})` }
}

function cheapest(inquiry: Inquiry, { resolved }: Step): number {
  let least = Number.POSITIVE_INFINITY
  for (const { offers } of resolved.targets)
    for (const offer of offers) least = Math.min(least, costOf(inquiry, offer) ?? Number.POSITIVE_INFINITY)
  return least
}
