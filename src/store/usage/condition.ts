import type { UsageCondition, UsageValue } from "./usage-types.ts"

/** Whether a value is let through. */
export function conditionOf(condition: UsageCondition): (value: UsageValue) => boolean {
  if (condition !== null && typeof condition === "object" && "not" in condition) {
    const is = oneOf(condition.not)
    return (value) => !is(value)
  }
  return oneOf(condition)
}

function oneOf(wanted: UsageValue | readonly UsageValue[]): (value: UsageValue) => boolean {
  const list: readonly UsageValue[] = wanted === null || typeof wanted === "string" ? [wanted] : wanted
  const exact = new Set(list.filter((one) => one === null || !one.includes("*")))
  const patterns = list.flatMap((one) => (one?.includes("*") ? [patternOf(one)] : []))
  return (value) => exact.has(value) || (value !== null && patterns.some((fits) => fits(value)))
}

/** Part by part and without a regular expression: whatever a pattern looks like, it takes one way through the text. */
function patternOf(pattern: string): (text: string) => boolean {
  const [first, ...rest] = pattern.split("*") as [string, ...string[]]
  const last = rest.pop()!
  return (text) => {
    if (!text.startsWith(first)) return false
    let at = first.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return text.length - at >= last.length && text.endsWith(last)
  }
}
