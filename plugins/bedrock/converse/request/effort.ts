import { askedReasoning, budgetToEffort, openAiProfile } from "signalbox/dialects"
import type { ChatRequest, EncodeTarget, JsonObject } from "signalbox/plugin"
import { isGptOss, isNova2, isOpenAi } from "../../models.ts"

export interface EffortFields {
  readonly additional: JsonObject
  /** Fields of `inferenceConfig` that this effort excludes. */
  readonly refused: readonly string[]
}

interface Style {
  /** The model's word for an effort; undefined = thinking off. */
  readonly words: Readonly<Record<string, string | undefined>>
  write(word: string | undefined): JsonObject
  readonly refused?: (word: string | undefined) => readonly string[]
}

const threeLevels = { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" }

/** How each family is told how much to think (docs.aws.amazon.com: Nova extended thinking; Bedrock, OpenAI models). */
const styleOf = (model: string): Style | undefined => {
  if (isNova2(model))
    return {
      words: threeLevels,
      write: (word) => ({
        reasoningConfig: word === undefined ? { type: "disabled" } : { type: "enabled", maxReasoningEffort: word },
      }),
      refused: (word) => (word === "high" ? ["maxTokens", "temperature", "topP"] : []),
    }
  if (isGptOss(model))
    return {
      words: { ...threeLevels, none: "low" },
      write: (word) => (word === undefined ? {} : { reasoning_effort: word }),
    }
  if (!isOpenAi(model)) return undefined
  const { effortMap = {} } = openAiProfile(model.slice("openai.".length))
  const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
  return {
    words: Object.fromEntries(efforts.map((effort) => [effort, effortMap[effort] ?? effort])),
    write: (word) => (word === undefined ? {} : { reasoning: { effort: word } }),
  }
}

/** Thinking of models other than Claude: by effort only, in each family's own field. */
export const encodeEffort = (request: ChatRequest, { model, lose, maxOutput }: EncodeTarget): EffortFields => {
  const asked = askedReasoning(request.reasoning)
  if (asked === undefined) return { additional: {}, refused: [] }
  const style = styleOf(model)
  if (!style) {
    if (asked.on)
      lose({
        path: "reasoning",
        action: "dropped",
        code: "reasoning_unsupported",
        reason: "the model cannot be told how to reason here",
      })
    return { additional: {}, refused: [] }
  }
  const effort = !asked.on
    ? "none"
    : asked.budget === undefined
      ? (asked.effort ?? "medium")
      : budgetToEffort(asked.budget, request.maxOutputTokens ?? maxOutput ?? 32_000)
  const word = style.words[effort]
  if (asked.on && asked.budget !== undefined)
    lose({
      path: "reasoning.max_tokens",
      action: "approximated",
      code: "reasoning_approximated",
      reason: `the model takes efforts only; sent as "${word}"`,
    })
  else if (word !== undefined && word !== effort)
    lose({
      path: "reasoning.effort",
      action: "approximated",
      code: "reasoning_approximated",
      reason: `the model has no effort "${effort}"; sent as "${word}"`,
    })
  return { additional: style.write(word), refused: style.refused?.(word) ?? [] }
}
