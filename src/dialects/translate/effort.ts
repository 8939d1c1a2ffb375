import type { Effort, ReasoningRequest } from "../../contract/index.ts"

export type ActiveEffort = Exclude<Effort, "none">

/** Share of the output limit that an effort may think for (openrouter.ai/docs reasoning tokens). */
export const effortRatios: Readonly<Record<ActiveEffort, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
}

export interface BudgetBounds {
  readonly min: number
  readonly max: number
}

/** Tokens to think for; clamped to 1024…128000 as OpenRouter does unless a model has its own bounds. */
export const effortToBudget = (
  effort: ActiveEffort,
  outputLimit: number,
  bounds: BudgetBounds = { min: 1024, max: 128_000 },
): number => Math.min(bounds.max, Math.max(bounds.min, Math.floor(outputLimit * effortRatios[effort])))

/** The effort whose share of the output limit is nearest to a budget. */
export const budgetToEffort = (budget: number, outputLimit: number): ActiveEffort => {
  const ratio = budget / Math.max(1, outputLimit)
  const order = ["minimal", "low", "medium", "high", "xhigh"] as const
  let best: ActiveEffort = "minimal"
  for (const effort of order)
    if (Math.abs(effortRatios[effort] - ratio) < Math.abs(effortRatios[best] - ratio)) best = effort
  return best
}

export type AskedReasoning =
  | { readonly on: false }
  | { readonly on: true; readonly effort: ActiveEffort | undefined; readonly budget: number | undefined }

/** What a request says about thinking: nothing, off, or on with an effort or a budget. `enabled` alone is medium. */
export const askedReasoning = (reasoning: ReasoningRequest | undefined): AskedReasoning | undefined => {
  if (!reasoning) return undefined
  const { effort, budget, enabled } = reasoning
  if (effort === "none" || budget === 0 || (enabled === false && effort === undefined && budget === undefined))
    return { on: false }
  if (budget !== undefined) return { on: true, effort: undefined, budget }
  if (effort !== undefined) return { on: true, effort, budget: undefined }
  return enabled ? { on: true, effort: "medium", budget: undefined } : undefined
}
