import { editDistance } from "../config/suggest.ts"

/** Infinity when it is larger than the bound, which lengths alone tell of most names. */
function distance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) > bound) return Number.POSITIVE_INFINITY
  const found = editDistance(left, right)
  return found <= bound ? found : Number.POSITIVE_INFINITY
}

/** Up to `count` names that look most like `wanted`: by edit distance of the whole name or of the part after the slash. */
export function nearestNames(wanted: string, names: Iterable<string>, count = 3): readonly string[] {
  const goal = wanted.toLowerCase()
  const tail = goal.slice(goal.lastIndexOf("/") + 1)
  const ranked: { name: string; score: number }[] = []
  for (const name of names) {
    const lower = name.toLowerCase()
    const bound = Math.max(3, Math.floor(goal.length / 3))
    const own = lower.slice(lower.lastIndexOf("/") + 1)
    const whole = distance(goal, lower, bound)
    const part = distance(tail, own, Math.max(2, Math.floor(tail.length / 3)))
    const inside = tail.length > 2 && (own.includes(tail) || tail.includes(own)) ? 2 : Number.POSITIVE_INFINITY
    const score = Math.min(whole, part + 0.5, inside)
    if (Number.isFinite(score)) ranked.push({ name, score })
  }
  ranked.sort((left, right) => left.score - right.score || left.name.localeCompare(right.name))
  return ranked.slice(0, count).map(({ name }) => name)
}
