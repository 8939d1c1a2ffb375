import type { Policy } from "../../../../config/config.ts"
import type { Inquiry } from "../../inquiry.ts"
import type { Step } from "../scope.ts"

/** What is drawn once and then kept, and what it is called. */
interface Sticky {
  readonly by: string
  readonly value: string
}

/**
 * One step drawn by weight, the others behind it. Who has the same trace, user or session draws the same one, in every gateway and after
 * every restart; a step that is added, taken away or weighed anew moves nobody but those that it gains or loses.
 */
export function balance(
  inquiry: Inquiry,
  name: string,
  { stickyBy, others }: Policy,
  steps: readonly Step[],
): { readonly steps: readonly Step[]; readonly note: string } {
  const sticky = stickyOf(inquiry, stickyBy)
  const ranked = rank(steps, `${name}\n${sticky?.value ?? inquiry.services.random()}`)
  const [drawn] = ranked
  const all = steps.reduce((sum, { weight }) => sum + weight, 0)
  const share = `weight ${drawn!.weight} of ${Number(all.toPrecision(12))}`
  return {
    steps: others ? ranked : ranked.slice(0, 1),
    note: `drew "${drawn!.model}" (${share}${sticky ? `, by ${sticky.by}` : ""})`,
  }
}

/**
 * Weighted rendezvous hashing: each step has a number of its own for this seed, exponentially distributed with its weight as rate; the
 * smallest wins with a chance of exactly its share.
 */
function rank(steps: readonly Step[], seed: string): readonly Step[] {
  const seen = new Map<string, number>()
  const scored = steps.map((step) => {
    const count = seen.get(step.model) ?? 0
    seen.set(step.model, count + 1)
    return { step, score: -Math.log(unit(`${seed}\n${step.model}\n${count}`)) / step.weight }
  })
  return scored.sort((left, right) => left.score - right.score).map(({ step }) => step)
}

/** 0 < x < 1, the same for the same text. */
export const unit = (text: string): number => (Number(BigInt.asUintN(52, Bun.hash.xxHash64(text))) + 0.5) / 2 ** 52

/** Requesty's order: trace, then user, then session, then the request itself (docs.requesty.ai, load balancing). */
function stickyOf(inquiry: Inquiry, by: Policy["stickyBy"]): Sticky | undefined {
  if (by === "none") return undefined
  const { trace, user, session } = inquiry
  const known: Readonly<Record<string, string | undefined>> = { trace, user, session }
  for (const kind of [by, "trace", "user", "session"]) {
    const value = known[kind]
    if (value !== undefined) return { by: kind, value: `${kind}\n${value}` }
  }
  return { by: "request", value: inquiry.requestId }
}
