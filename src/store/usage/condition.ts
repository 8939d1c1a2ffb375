import { wildcard } from "../../contract/wildcard.ts"
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
  const patterns = list.flatMap((one) => (one?.includes("*") ? [wildcard(one)] : []))
  return (value) => exact.has(value) || (value !== null && patterns.some((fits) => fits(value)))
}
