import type { ChatRequest, EncodeTarget, JsonObject } from "../../../contract/index.ts"
import { askedReasoning, effortToBudget, type Lose } from "../../translate/index.ts"

/** Output limit of the 2.5 models, for shares of it when nobody says another. */
const usualOutput = 65_536

const lowest = (target: EncodeTarget): string => target.profile.effortMap?.minimal ?? "minimal"

const level = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile, lose } = target
  const asked = askedReasoning(request.reasoning)
  if (!asked?.on) {
    lose({
      path: "reasoning",
      action: "approximated",
      code: "reasoning_approximated",
      reason: "the model always thinks; sent with its lowest level",
    })
    return { thinkingLevel: lowest(target) }
  }
  // OpenRouter sends token budgets as they are; a request with both is refused.
  if (asked.budget !== undefined) return { thinkingBudget: asked.budget }
  const effort = asked.effort ?? "medium"
  const word = profile.effortMap?.[effort] ?? effort
  if (word !== effort)
    lose({
      path: "reasoning.effort",
      action: "approximated",
      code: "reasoning_approximated",
      reason: `the model has no level "${effort}"; sent as "${word}"`,
    })
  return { thinkingLevel: word }
}

const budget = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile, lose } = target
  const bounds = profile.thinkingBudget ?? { min: 1, max: 24_576 }
  const asked = askedReasoning(request.reasoning)
  if (!asked?.on) {
    if (!profile.thinkingMandatory) return { thinkingBudget: 0 }
    lose({
      path: "reasoning",
      action: "approximated",
      code: "reasoning_approximated",
      reason: `the model always thinks; sent with ${bounds.min} tokens`,
    })
    return { thinkingBudget: bounds.min }
  }
  if (asked.budget === undefined) {
    const output = request.maxOutputTokens ?? target.maxOutput ?? usualOutput
    return { thinkingBudget: effortToBudget(asked.effort ?? "medium", output, bounds) }
  }
  const allowed = Math.min(bounds.max, Math.max(bounds.min, asked.budget))
  if (allowed !== asked.budget)
    lose({
      path: "reasoning.max_tokens",
      action: "clamped",
      code: "reasoning_approximated",
      reason: `${asked.budget} to ${allowed}, the model's bounds`,
    })
  return { thinkingBudget: allowed }
}

/** `thinkingConfig`: a level from Gemini 3 on, a budget in tokens on 2.5. Undefined where the request says nothing. */
export const encodeThinking = (request: ChatRequest, target: EncodeTarget): JsonObject | undefined => {
  const asked = askedReasoning(request.reasoning)
  if (asked === undefined) return undefined
  const kind = target.profile.thinking ?? "level"
  const lose: Lose = target.lose
  if (kind === "none") {
    if (asked.on)
      lose({ path: "reasoning", action: "dropped", code: "reasoning_unsupported", reason: "the model does not reason" })
    return undefined
  }
  const includeThoughts = asked.on && !request.reasoning?.exclude
  return { ...(kind === "budget" ? budget(request, target) : level(request, target)), includeThoughts }
}
