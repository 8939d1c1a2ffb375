import type { ChatRequest, Effort, JsonObject, Profile } from "../../../contract/index.ts"
import {
  type ActiveEffort,
  type AskedReasoning,
  askedReasoning,
  budgetToEffort,
  effortToBudget,
  type Lose,
} from "../../translate/index.ts"

export interface Thinking {
  /** The `thinking` field; absent = the model's own habit. */
  readonly thinking?: JsonObject
  /** `output_config.effort`. */
  readonly effort?: string
  /** The request asks the model to think: forced tools, sampling and prefill are refused then. */
  readonly active: boolean
}

const smallestBudget = 1024

/** Anthropic's efforts start at `low`. */
const effortWord = (effort: ActiveEffort, profile: Profile, lose: Lose): string => {
  const word = profile.effortMap?.[effort] ?? (effort === "minimal" ? "low" : effort)
  if (word !== effort)
    lose({
      path: "reasoning.effort",
      action: "approximated",
      code: "reasoning_approximated",
      reason: `the model has no effort "${effort}"; sent as "${word}"`,
    })
  return word
}

const activeEffort = (effort: Effort | undefined): ActiveEffort | undefined => (effort === "none" ? undefined : effort)

/** An effort alone: the model thinks, or does not, as it usually does. */
const habitual = (asked: AskedReasoning, kind: Profile["thinking"], profile: Profile, lose: Lose): Thinking => {
  const effort = asked.on ? asked.effort : undefined
  if (effort !== undefined && kind === "adaptive") return { effort: effortWord(effort, profile, lose), active: false }
  lose({
    path: "output_config.effort",
    action: "dropped",
    code: "reasoning_unsupported",
    reason: "the model cannot be told an effort",
  })
  return { active: false }
}

const adaptive = (request: ChatRequest, profile: Profile, maxTokens: number, lose: Lose): Thinking => {
  const asked = askedReasoning(request.reasoning)
  if (!asked?.on) return { active: false }
  let effort = asked.effort ?? activeEffort(request.reasoning?.effort)
  if (asked.budget !== undefined && effort === undefined) {
    effort = budgetToEffort(asked.budget, maxTokens)
    lose({
      path: "reasoning.max_tokens",
      action: "approximated",
      code: "reasoning_approximated",
      reason: `the model takes efforts only; sent as "${effort}"`,
    })
  }
  // Newest models omit the text of their thinking unless it is asked for.
  const display = request.reasoning?.display ?? (request.reasoning?.exclude ? "omitted" : "summarized")
  return {
    thinking: { type: "adaptive", display },
    ...(effort === undefined ? {} : { effort: effortWord(effort, profile, lose) }),
    active: true,
  }
}

/** A budget must be at least 1024 and less than `max_tokens`, which is never raised: the caller's budget pays for no more. */
const budgeted = (request: ChatRequest, maxTokens: number, lose: Lose): Thinking => {
  const asked = askedReasoning(request.reasoning)
  if (!asked?.on) return { active: false }
  if (maxTokens <= smallestBudget) {
    lose({
      path: "reasoning",
      action: "dropped",
      code: "reasoning_unsupported",
      reason: `thinking needs an output limit over ${smallestBudget} tokens`,
    })
    return { active: false }
  }
  const wanted = asked.budget ?? effortToBudget(asked.effort ?? "medium", maxTokens)
  const budget = Math.max(smallestBudget, Math.min(wanted, Math.floor(maxTokens * 0.95)))
  if (asked.budget !== undefined && budget !== asked.budget)
    lose({
      path: "reasoning.max_tokens",
      action: "clamped",
      code: "reasoning_approximated",
      reason: `to ${budget}: 1024 at least, below the output limit`,
    })
  const display = request.reasoning?.display
  const shown = display === undefined ? {} : { display }
  return { thinking: { type: "enabled", budget_tokens: budget, ...shown }, active: true }
}

const off = (profile: Profile, lose: Lose): Thinking => {
  if (!profile.thinkingMandatory) return { thinking: { type: "disabled" }, active: false }
  lose({
    path: "reasoning",
    action: "approximated",
    code: "reasoning_approximated",
    reason: "the model always thinks; sent with its lowest effort",
  })
  return { effort: "low", active: false }
}

/** How Anthropic's models are told to think: adaptive with an effort (4.6 and later), with a budget (before), or not at all. */
export const encodeThinking = (request: ChatRequest, profile: Profile, maxTokens: number, lose: Lose): Thinking => {
  const asked = askedReasoning(request.reasoning)
  const kind = profile.thinking ?? "budget"
  const verbose = request.verbosity
  if (verbose !== undefined && kind !== "adaptive")
    lose({
      path: "verbosity",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream has no such field",
    })
  if (asked === undefined) {
    // OpenRouter documents verbosity as Anthropic's effort.
    return verbose !== undefined && kind === "adaptive" ? { effort: verbose, active: false } : { active: false }
  }
  if (verbose !== undefined && kind === "adaptive")
    lose({
      path: "verbosity",
      action: "dropped",
      code: "parameter_conflict",
      reason: "the upstream has one effort for thinking and answer",
    })
  if (request.reasoning?.implicit) return habitual(asked, kind, profile, lose)
  if (kind === "none") {
    if (asked.on)
      lose({ path: "reasoning", action: "dropped", code: "reasoning_unsupported", reason: "the model does not reason" })
    return { active: false }
  }
  if (!asked.on) return off(profile, lose)
  return kind === "adaptive" ? adaptive(request, profile, maxTokens, lose) : budgeted(request, maxTokens, lose)
}
