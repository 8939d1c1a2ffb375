import type { OfferHealth } from "../../../../catalog/health/types.ts"
import type { Policy } from "../../../../config/config.ts"
import type { Inquiry } from "../../inquiry.ts"
import type { Step } from "../scope.ts"

/** Tokens that an answer is taken to have, for weighing a quick start against a quick pen. */
const usualAnswer = 300
/** An upstream of which little is known is taken to be a little better than the best, so that it is found out (Requesty: optimistic). */
const optimism = 0.9

/** The fastest of late first; now and then another one, to see how it is doing. The rest follow in their order. */
export function byLatency(
  inquiry: Inquiry,
  { explore }: Policy,
  steps: readonly Step[],
): { readonly steps: readonly Step[]; readonly note: string } {
  const { health, now, random } = inquiry.services
  const at = now()
  const answer = Math.min(usualAnswer, inquiry.demand.maxOutputTokens ?? usualAnswer)
  const timed = steps.map((step) => ({ step, time: timeOf(step, answer, (key) => health.view(key, at)) }))
  const known = timed.flatMap(({ time }) => (time !== undefined && Number.isFinite(time) ? time : []))
  const prior = known.length === 0 ? 0 : Math.min(...known) * optimism
  const sorted = timed.sort((left, right) => (left.time ?? prior) - (right.time ?? prior))
  const picked = sorted.length > 1 && random() < explore ? 1 + Math.floor(random() * (sorted.length - 1)) : 0
  if (picked > 0) sorted.unshift(...sorted.splice(picked, 1))
  const [first] = sorted
  const why =
    picked > 0
      ? "to see how it is doing"
      : first!.time === undefined
        ? "nothing is known yet"
        : `${Math.round(first!.time)} ms`
  return { steps: sorted.map(({ step }) => step), note: `"${first!.step.model}" first (${why})` }
}

/** What an answer takes at the best of a step's offers, milliseconds; undefined = nobody knows, infinite = it is left alone just now. */
function timeOf({ resolved }: Step, answer: number, view: (key: string) => OfferHealth): number | undefined {
  let best: number | undefined
  for (const { offers } of resolved.targets) {
    for (const { key } of offers) {
      const time = expected(view(key), answer)
      if (time === undefined) return undefined
      if (best === undefined || time < best) best = time
    }
  }
  return best
}

/** An upstream that fails half of the time takes twice as long until there is an answer. */
function expected(health: OfferHealth, answer: number): number | undefined {
  if (health.breaker === "open") return Number.POSITIVE_INFINITY
  const start = health.recentLatencyMs
  if (start === undefined) return undefined
  const speed = health.recentThroughput
  const writing = speed ? (answer / speed) * 1000 : 0
  return (start + writing) / Math.max(health.uptime5m ?? 1, 0.05)
}
