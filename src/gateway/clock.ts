/** By so much the time of day may be ahead before it is followed: more than what its small corrections come to. */
const mostBehindMs = 1000

/** Milliseconds of a clock that nobody sets, for durations and deadlines. */
export const steadyNow = (): number => performance.now()

/**
 * Milliseconds UTC with fractions that never go back. It runs with a clock that nobody sets, so that requests which follow each other have
 * times that do, and follows the time of day where that is ahead: a machine that slept, or that learned the time after the gateway began,
 * must not count this month's money in another one, nor let in keys that have expired.
 */
export function createClock(timeOfDay: () => number, steady = steadyNow): () => number {
  let begin = timeOfDay() - steady()
  return () => {
    const at = begin + steady()
    const behind = timeOfDay() - at
    if (behind <= mostBehindMs) return at
    begin += behind
    return at + behind
  }
}
