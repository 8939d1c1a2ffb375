import type { ChatRequest, Effort, EncodeTarget, JsonObject, ReasoningRequest } from "../../../contract/index.ts"

/** Share of the output limit that each effort may think with; the ratios that OpenRouter documents. */
const shares: readonly (readonly [Effort, number])[] = [
  ["minimal", 0.1],
  ["low", 0.2],
  ["medium", 0.5],
  ["high", 0.8],
  ["xhigh", 0.95],
]

/** The effort nearest to a budget. Without a known output limit, 32,000 tokens count as the whole. */
const nearestEffort = (budget: number, limit: number): Effort => {
  if (budget <= 0) return "none"
  let best: Effort = "minimal"
  let distance = Number.POSITIVE_INFINITY
  for (const [effort, share] of shares) {
    const away = Math.abs(budget / limit - share)
    if (away < distance) [best, distance] = [effort, away]
  }
  return best
}

interface Wish {
  /** As the upstream spells it; undefined = only on or off was asked for. */
  readonly effort?: string
  readonly on: boolean
}

/** What was asked for as an effort of this upstream, with losses for what had to be bent. */
const resolveWish = (reasoning: ReasoningRequest, request: ChatRequest, target: EncodeTarget, path: string): Wish => {
  const { profile } = target
  let effort: Effort | undefined = reasoning.effort
  if (effort === undefined && reasoning.budget !== undefined) {
    effort = nearestEffort(reasoning.budget, request.maxOutputTokens ?? target.maxOutput ?? 32_000)
    const takesBudget =
      profile.reasoningFormat === "qwen" || (profile.reasoningFormat === "chat-template" && profile.budgetField)
    if (!takesBudget)
      target.lose({
        path,
        action: "approximated",
        code: "reasoning_approximated",
        reason: `the upstream knows efforts, not budgets: ${effort}`,
      })
  }
  if (reasoning.enabled === false) effort = "none"
  if (effort === "none" && profile.thinkingMandatory) {
    target.lose({
      path,
      action: "approximated",
      code: "reasoning_approximated",
      reason: "the model always reasons: lowest effort",
    })
    const lowest: Effort =
      profile.effortMap?.minimal === undefined && profile.effortMap?.low === undefined ? "low" : "minimal"
    return { on: true, effort: profile.effortMap?.[lowest] ?? lowest }
  }
  if (effort === undefined) return { on: true }
  return { on: effort !== "none", effort: profile.effortMap?.[effort] ?? effort }
}

/** `effort` where only a switch exists: the level is lost. */
const switchOnly = (wish: Wish, target: EncodeTarget, path: string) => {
  if (wish.on && wish.effort !== undefined)
    target.lose({
      path,
      action: "approximated",
      code: "reasoning_approximated",
      reason: "the upstream can only switch reasoning on or off",
    })
}

const effortField = (wish: Wish): JsonObject =>
  wish.on && wish.effort !== undefined ? { reasoning_effort: wish.effort } : {}

const hasFunctionTools = (request: ChatRequest): boolean =>
  (request.tools ?? []).some((tool) => tool.type === "function")

/** True when this request will not reason: it asked for none, or the model cannot while tools are offered. */
export const reasonsNot = (request: ChatRequest, target: EncodeTarget): boolean =>
  request.reasoning?.effort === "none" ||
  request.reasoning?.enabled === false ||
  (target.profile.reasoningWithTools === false && hasFunctionTools(request))

/** Models that refuse tools together with reasoning, even with the reasoning they do by default. */
const withoutReasoning = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { effort, budget, enabled } = request.reasoning ?? {}
  const asked = (effort !== undefined && effort !== "none") || budget !== undefined || enabled
  if (asked)
    target.lose({
      path: "reasoning",
      action: "dropped",
      code: "reasoning_unsupported",
      reason: "the model cannot reason while function tools are offered",
    })
  return { reasoning_effort: target.profile.effortMap?.none ?? "none" }
}

/** The request for reasoning in the upstream's own form (`profile.reasoningFormat`). */
export const encodeReasoningRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { reasoning } = request
  const { profile } = target
  const path = "reasoning"
  if (profile.reasoningWithTools === false && hasFunctionTools(request)) return withoutReasoning(request, target)
  if (!reasoning) return {}
  const { effort, budget, enabled, summary, exclude } = reasoning
  // Hiding the reasoning is the gateway's work; it asks nothing of the upstream.
  if (effort === undefined && budget === undefined && enabled === undefined && summary === undefined)
    return profile.reasoningFormat === "openrouter" && exclude !== undefined ? { reasoning: { exclude } } : {}
  const format = profile.reasoningFormat ?? "effort"
  if (format === "openrouter") {
    const mapped = effort === undefined ? undefined : (profile.effortMap?.[effort] ?? effort)
    const wanted: JsonObject = {}
    for (const [key, value] of Object.entries({
      effort: mapped,
      max_tokens: mapped === undefined ? budget : undefined,
      enabled,
      exclude,
      summary,
    }))
      if (value !== undefined) wanted[key] = value
    if (mapped !== undefined && budget !== undefined)
      target.lose({
        path: `${path}.max_tokens`,
        action: "dropped",
        code: "parameter_conflict",
        reason: "effort and budget exclude each other",
      })
    return { reasoning: wanted }
  }
  if (summary !== undefined)
    target.lose({
      path: `${path}.summary`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "chat completions show no summaries",
    })
  if (effort === undefined && budget === undefined && enabled === undefined) return {}
  if (format === "none") {
    target.lose({
      path,
      action: "dropped",
      code: "reasoning_unsupported",
      reason: "the upstream has no switch for reasoning",
    })
    return {}
  }
  const wish = resolveWish(reasoning, request, target, path)
  const thinking = { type: wish.on ? "enabled" : "disabled" }
  switch (format) {
    case "deepseek":
      return { thinking, ...effortField(wish) }
    case "zai":
      if (profile.effortMap) return { thinking, ...effortField(wish) }
      switchOnly(wish, target, path)
      return { thinking }
    case "together":
      return { reasoning: { enabled: wish.on }, ...effortField(wish) }
    case "qwen":
      if (budget === undefined) switchOnly(wish, target, path)
      return { enable_thinking: wish.on, ...(wish.on && budget !== undefined ? { thinking_budget: budget } : {}) }
    case "moonshot":
      switchOnly(wish, target, path)
      // `keep` leaves the reasoning of earlier turns in (platform.moonshot.ai/docs, thinking models).
      return { thinking: wish.on ? { ...thinking, keep: "all" } : thinking }
    case "chat-template": {
      const limit = wish.on && budget !== undefined && profile.budgetField ? { [profile.budgetField]: budget } : {}
      if (Object.keys(limit).length === 0) switchOnly(wish, target, path)
      return { [profile.templateField ?? "chat_template_kwargs"]: { enable_thinking: wish.on }, ...limit }
    }
    default:
      return { reasoning_effort: wish.effort ?? (wish.on ? "medium" : "none") }
  }
}
