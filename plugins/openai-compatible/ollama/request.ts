import {
  askedReasoning,
  customToolSchema,
  dropForeignExtras,
  dropSampling,
  type Lose,
  settleTools,
} from "signalbox/dialects"
import type { ChatRequest, EncodeTarget, Json, JsonObject, Tool } from "signalbox/plugin"
import { encodeMessages } from "./messages.ts"
import { dialectName } from "./names.ts"

const drop = (lose: Lose, path: string, reason: string) =>
  lose({ path, action: "dropped", code: "parameter_unsupported", reason })

const encodeTool = (tool: Tool, path: string, lose: Lose): JsonObject | undefined => {
  if (tool.type === "opaque" || tool.type === "web-search") {
    const code = tool.type === "opaque" ? "tool_unsupported" : "search_unsupported"
    lose({ path, action: "dropped", code, reason: "the upstream has no tools of its own" })
    return undefined
  }
  dropForeignExtras(tool.extras, dialectName, `${path}.`, lose)
  if (tool.type === "custom")
    lose({
      path,
      action: "approximated",
      code: "tool_approximated",
      reason: "a free-text tool became a function with one text argument",
    })
  else if (tool.strict) drop(lose, `${path}.function.strict`, "the upstream knows no strict tools")
  const parameters = tool.type === "custom" ? customToolSchema(tool) : tool.parameters
  return {
    type: "function",
    function: {
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description.toWellFormed() }),
      parameters: parameters ?? { type: "object", properties: {} },
    },
  }
}

/** The model chooses as it likes; of a named tool only that one is left to choose. */
const encodeTools = (request: ChatRequest, lose: Lose): JsonObject => {
  const { tools: settled, choice } = settleTools(request)
  if (choice === "none") return {}
  const named = typeof choice === "object" && "name" in choice ? choice.name : undefined
  const all = request.tools ?? []
  const tools = settled
    .filter((tool) => named === undefined || ("name" in tool && tool.name === named))
    .map((tool) => encodeTool(tool, `tools[${all.indexOf(tool)}]`, lose))
    .filter((tool) => tool !== undefined)
  if (tools.length === 0) return {}
  if (choice !== undefined && choice !== "auto")
    lose({
      path: "tool_choice",
      action: "approximated",
      code: "tool_choice_unsupported",
      reason: "the upstream's model cannot be made to call a tool",
    })
  if (request.parallelToolCalls === false) drop(lose, "parallel_tool_calls", "the upstream has no such switch")
  return { tools }
}

/** docs.ollama.com/modelfile: the parameters of a model, beside those that the operator set. */
const encodeOptions = (request: ChatRequest, target: EncodeTarget, own: JsonObject): JsonObject => {
  const { sampling } = request
  dropSampling(
    sampling,
    ["topA", "logitBias", "logprobs", "topLogprobs"],
    "the upstream has no such field",
    target.lose,
  )
  const options: Readonly<Record<string, Json | undefined>> = {
    num_predict: request.maxOutputTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    repeat_penalty: sampling.repetitionPenalty,
    seed: sampling.seed,
    stop: request.stop === undefined ? undefined : [...request.stop],
  }
  const set = Object.entries(options).filter((field): field is [string, Json] => field[1] !== undefined)
  return { ...own, ...Object.fromEntries(set) }
}

const encodeFormat = ({ responseFormat: format }: ChatRequest, lose: Lose): JsonObject => {
  if (format?.type === "json-object") return { format: "json" }
  if (format?.type === "json-schema") return { format: format.schema }
  if (format?.type === "opaque")
    lose({
      path: "response_format",
      action: "dropped",
      code: "format_unsupported",
      reason: `only ${format.dialect} upstreams understand it`,
    })
  return {}
}

/** gpt-oss takes words and cannot stop; every other model is switched (docs.ollama.com/capabilities/thinking). */
const encodeThink = (request: ChatRequest, { model, lose }: EncodeTarget): JsonObject => {
  const asked = askedReasoning(request.reasoning)
  if (!asked) return {}
  const approximate = (reason: string) =>
    lose({ path: "reasoning", action: "approximated", code: "reasoning_approximated", reason })
  if (!/gpt-oss/i.test(model)) {
    if (asked.on && request.reasoning?.enabled === undefined)
      approximate("the upstream can only switch reasoning on or off")
    return { think: asked.on }
  }
  const words: Readonly<Record<string, string>> = { minimal: "low", xhigh: "high", max: "high" }
  const effort = asked.on ? (asked.effort ?? "medium") : "low"
  if (!asked.on || asked.budget !== undefined || words[effort] !== undefined)
    approximate("the model takes low, medium and high")
  return { think: words[effort] ?? effort }
}

const dropUnknown = (request: ChatRequest, lose: Lose): void => {
  const { choices = 1, modalities, serviceTier, verbosity, user, metadata, promptCacheKey, cache } = request
  const fields = { service_tier: serviceTier, verbosity, user, metadata, prompt_cache_key: promptCacheKey }
  for (const [path, value] of Object.entries(fields))
    if (value !== undefined) drop(lose, path, "the upstream has no such field")
  if (choices > 1) drop(lose, "n", "the upstream gives one answer per request")
  if (modalities?.some((modality) => modality !== "text")) drop(lose, "modalities", "the upstream answers in text only")
  if (cache)
    lose({
      path: "cache_control",
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: "the upstream caches by itself",
    })
  dropForeignExtras(request.extras, dialectName, "", lose)
}

/** What the operator set for all requests to this server. */
export interface OwnSettings {
  /** Of `options`: the size of the context window. */
  readonly options: JsonObject
  /** Beside `options`: how long the model stays in memory. */
  readonly top: JsonObject
}

/** A chat request as the body of `POST /api/chat` (docs.ollama.com/api/chat). */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget, own: OwnSettings): JsonObject => {
  const { lose, profile } = target
  dropUnknown(request, lose)
  const options = encodeOptions(request, target, own.options)
  return {
    model: target.model,
    messages: encodeMessages(request, { profile, lose }),
    ...encodeTools(request, lose),
    ...encodeFormat(request, lose),
    ...encodeThink(request, target),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...own.top,
    // Streams unless told not to.
    stream: request.stream,
  }
}
