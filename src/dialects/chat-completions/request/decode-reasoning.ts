import { type Effort, isObject, type JsonObject, type ReasoningRequest } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"

const efforts: Readonly<Record<string, Effort>> = {
  none: "none",
  min: "minimal", // Requesty's spelling
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
}

interface Wish {
  readonly effort?: Effort
  readonly budget?: number
}

/** An effort word, or a number of tokens as Requesty's `reasoning_effort` allows. Undefined: a word of another vendor. */
const readEffort = (value: unknown): Wish | undefined => {
  if (typeof value === "number" && Number.isFinite(value)) return { budget: Math.max(0, Math.floor(value)) }
  if (typeof value !== "string") return undefined
  const effort = efforts[value.toLowerCase()]
  if (effort) return { effort }
  return /^\d+(\.\d+)?$/.test(value.trim()) ? { budget: Math.floor(Number(value)) } : undefined
}

/** Anthropic's `thinking`, which Roo and Cline send on this route. */
const readThinking = (thinking: JsonObject | undefined): ReasoningRequest => {
  if (!thinking) return {}
  const budget = typeof thinking.budget_tokens === "number" ? thinking.budget_tokens : undefined
  if (thinking.type === "disabled") return { enabled: false }
  return { enabled: true, ...defined({ budget }) }
}

const readObject = (raw: JsonObject | undefined): ReasoningRequest => {
  if (!raw) return {}
  const fields = new Fields(raw, "reasoning")
  const wish = readEffort(fields.any("effort")) ?? {}
  const budget = fields.integer("max_tokens", 0)
  const summary = fields.any("summary")
  return {
    ...wish,
    ...defined({ enabled: fields.boolean("enabled"), exclude: fields.boolean("exclude") }),
    ...(budget === undefined ? {} : { budget }),
    ...(summary === "auto" || summary === "concise" || summary === "detailed" ? { summary } : {}),
  }
}

/**
 * All the ways to ask for reasoning as one: OpenRouter's object, `reasoning_effort`, Anthropic's `thinking` and
 * `output_config.effort`, the old `include_reasoning`. What is not understood goes back to `rest`.
 */
export const decodeReasoningRequest = (request: Fields, rest: JsonObject): ReasoningRequest | undefined => {
  const object = readObject(request.object("reasoning"))
  const rawEffort = request.any("reasoning_effort")
  const short = readEffort(rawEffort)
  if (rawEffort !== undefined && !short) {
    if (typeof rawEffort !== "string") throw invalid("reasoning_effort", "must be an effort or a number of tokens")
    rest.reasoning_effort = rawEffort
  }
  if (object.effort && short?.effort && object.effort !== short.effort)
    throw invalid("reasoning_effort", "says something else than reasoning.effort; send one of them")
  const output = request.any("output_config")
  const outputEffort = isObject(output) ? readEffort(output.effort) : undefined
  if (isObject(output)) {
    const { effort: _read, ...others } = output
    const remaining = outputEffort ? others : output
    if (Object.keys(remaining).length > 0) rest.output_config = remaining
  }
  const include = request.boolean("include_reasoning")
  const merged: ReasoningRequest = {
    ...readThinking(request.object("thinking")),
    ...outputEffort,
    ...short,
    ...object,
    ...(include === false ? { exclude: true } : {}),
  }
  return Object.keys(merged).length > 0 ? merged : undefined
}
