import type { Usage } from "../contract/usage.ts"

/** Five times the largest context there is; at the dearest price that may be configured still an amount of money. */
const mostTokens = 50_000_000
/** No single answer costs as much; in nano-dollars it is well within what a number counts exactly. */
const mostUsd = 100_000

const isCount = (tokens: number): boolean => Number.isInteger(tokens) && tokens >= 0 && tokens <= mostTokens
const isCost = (usd: number | undefined): boolean => usd === undefined || (usd >= 0 && usd <= mostUsd)

/**
 * Counts come from upstreams and plugins. One that no answer can have would empty a budget, or be no money at all: it counts as nothing,
 * and the usage as an estimate, so that nobody learns from it. What is right comes back as it is.
 */
export function believable(usage: Usage): Usage {
  const { input, output, reportedCostUsd } = usage
  if (
    isCount(input.fresh) &&
    isCount(input.cacheRead) &&
    isCount(input.cacheWrite) &&
    isCount(input.cacheWrite1h) &&
    isCount(input.audio) &&
    isCount(input.image) &&
    isCount(output.text) &&
    isCount(output.reasoning) &&
    isCount(output.audio) &&
    isCount(output.image) &&
    isCost(reportedCostUsd)
  )
    return usage
  const { reportedCostUsd: _, ...rest } = usage
  return {
    ...rest,
    input: mended(input),
    output: mended(output),
    estimated: true,
    ...(reportedCostUsd !== undefined && isCost(reportedCostUsd) ? { reportedCostUsd } : {}),
  }
}

const mended = <T extends Readonly<Record<string, number>>>(counts: T): T =>
  Object.fromEntries(
    Object.entries(counts).map(([bucket, tokens]) => {
      const whole = Math.ceil(tokens)
      return [bucket, isCount(whole) ? whole : 0]
    }),
  ) as unknown as T
