import { isObject, type JsonObject } from "../../../src/contract/json.ts"
import { rulesFor } from "./model-rules.ts"
import { badRequest, errorBody, type Refusal } from "./refusal.ts"
import { validateMessages } from "./validate-messages.ts"
import { validateFormat, validateTools } from "./validate-tools.ts"

type Kind = "string" | "integer" | "decimal" | "boolean" | "object" | "array" | "any"

/** The top-level fields of the API and their types; whatever else comes is refused. */
const fields: Readonly<Record<string, Kind>> = {
  model: "string",
  messages: "array",
  audio: "object",
  frequency_penalty: "decimal",
  function_call: "any",
  functions: "array",
  logit_bias: "object",
  logprobs: "boolean",
  max_completion_tokens: "integer",
  max_tokens: "integer",
  metadata: "object",
  modalities: "array",
  n: "integer",
  parallel_tool_calls: "boolean",
  prediction: "object",
  presence_penalty: "decimal",
  prompt_cache_key: "string",
  prompt_cache_options: "object",
  prompt_cache_retention: "string",
  reasoning_effort: "string",
  response_format: "object",
  safety_identifier: "string",
  seed: "integer",
  service_tier: "string",
  stop: "any",
  store: "boolean",
  stream: "boolean",
  stream_options: "object",
  temperature: "decimal",
  tool_choice: "any",
  tools: "array",
  top_logprobs: "integer",
  top_p: "decimal",
  user: "string",
  verbosity: "string",
  web_search_options: "object",
}

const bounds: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
  n: [1, 128],
  top_logprobs: [0, 20],
  max_tokens: [1, Number.MAX_SAFE_INTEGER],
  max_completion_tokens: [1, Number.MAX_SAFE_INTEGER],
}

const kindOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "decimal"
  return typeof value
}

const article = (kind: string) => `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`

const hasKind = (value: unknown, kind: Kind): boolean =>
  kind === "any" || kindOf(value) === kind || (kind === "decimal" && kindOf(value) === "integer")

const checkFields = (body: JsonObject): Refusal | undefined => {
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(fields, name))
  if (unknown.length > 0)
    return badRequest(`Unrecognized request argument${unknown.length > 1 ? "s" : ""} supplied: ${unknown.join(", ")}`)
  for (const [name, value] of Object.entries(body)) {
    const kind = fields[name] ?? "any"
    if (value === null && kind !== "array" && name !== "model") continue
    if (!hasKind(value, kind)) {
      const wanted = kind === "array" ? "an array of objects" : article(kind)
      const problem = `expected ${wanted}, but got ${article(kindOf(value))} instead.`
      return badRequest(`Invalid type for '${name}': ${problem}`, name, "invalid_type")
    }
    const range = bounds[name]
    if (range === undefined || typeof value !== "number") continue
    const word = kind === "integer" ? "integer" : "decimal"
    const low = `Invalid '${name}': ${word} below minimum value. Expected a value >= ${range[0]}, but got ${value} instead.`
    const high = `Invalid '${name}': ${word} above maximum value. Expected a value <= ${range[1]}, but got ${value} instead.`
    if (value < range[0]) return badRequest(low, name, `${word}_below_min_value`)
    if (value > range[1]) return badRequest(high, name, `${word}_above_max_value`)
  }
  return undefined
}

const unsupported = (name: string, hint = "") =>
  badRequest(`Unsupported parameter: '${name}' is not supported with this model.${hint}`, name, "unsupported_parameter")

const checkReasoning = (body: JsonObject, model: string): Refusal | undefined => {
  const rules = rulesFor(model)
  const effort = body.reasoning_effort
  if (!rules.reasoning)
    return effort == null ? undefined : badRequest("Unrecognized request argument supplied: reasoning_effort")
  if (body.max_tokens != null) return unsupported("max_tokens", " Use 'max_completion_tokens' instead.")
  if (typeof effort === "string" && !rules.efforts.includes(effort)) {
    const known = rules.efforts.map((name) => `'${name}'`).join(", ")
    const problem = `'reasoning_effort' does not support '${effort}' with this model. Supported values are: ${known}.`
    return badRequest(`Unsupported value: ${problem}`, "reasoning_effort", "unsupported_value")
  }
  const samples = rules.samplesWithoutEffort && effort === "none"
  if (!samples && typeof body.temperature === "number" && body.temperature !== 1) {
    const problem = `'temperature' does not support ${body.temperature} with this model. Only the default (1) value is supported.`
    return badRequest(`Unsupported value: ${problem}`, "temperature", "unsupported_value")
  }
  for (const name of ["top_p", "logprobs"]) if (!samples && body[name] != null) return unsupported(name)
  for (const name of ["frequency_penalty", "presence_penalty", "logit_bias", "top_logprobs", "stop"])
    if (body[name] != null) return unsupported(name)
  if (/^o\d/.test(model) && body.parallel_tool_calls != null) return unsupported("parallel_tool_calls")
  const calls = Array.isArray(body.tools) && body.tools.some((tool) => isObject(tool) && tool.type === "function")
  if (!rules.toolsWhileReasoning && calls && effort !== "none")
    return badRequest(
      `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. Please use /v1/responses instead.`,
      "reasoning_effort",
    )
  return undefined
}

const checkCombinations = (body: JsonObject, model: string): Refusal | undefined => {
  const rules = rulesFor(model)
  if (body.max_tokens != null && body.max_completion_tokens != null)
    return badRequest(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      "max_tokens",
    )
  if (body.stream_options != null && body.stream !== true)
    return badRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
  if (isObject(body.stream_options))
    for (const name of Object.keys(body.stream_options))
      if (!["include_usage", "include_obfuscation"].includes(name))
        return badRequest(`Unknown parameter: 'stream_options.${name}'.`, `stream_options.${name}`, "unknown_parameter")
  if (typeof body.top_logprobs === "number" && body.logprobs !== true)
    return badRequest("'top_logprobs' is only allowed when 'logprobs' is enabled.", "top_logprobs")
  if (Array.isArray(body.stop) && body.stop.length > 4)
    return badRequest(
      `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${body.stop.length} instead.`,
      "stop",
      "array_above_max_length",
    )
  if (body.prompt_cache_options != null && !rules.cacheOptions)
    return badRequest("Unknown parameter: 'prompt_cache_options'.", "prompt_cache_options", "unknown_parameter")
  if (body.prompt_cache_retention != null && !rules.cacheRetention) return unsupported("prompt_cache_retention")
  if (rules.search)
    for (const name of ["temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias"])
      if (body[name] != null) return badRequest(`Model incompatible request argument supplied: ${name}`)
  return undefined
}

/** What the real API would refuse, in its own words; undefined = fine. */
export const validateRequest = (body: JsonObject): Refusal | undefined => {
  const { model, messages } = body
  if (model === undefined || model === "") return badRequest("you must provide a model parameter")
  if (messages === undefined)
    return badRequest("Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
  const wrong = checkFields(body)
  if (wrong !== undefined) return wrong
  const name = String(model)
  const rules = rulesFor(name)
  if (rules.responsesOnly)
    return {
      status: 404,
      body: errorBody(
        "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?",
        "invalid_request_error",
        "model",
        null,
      ),
    }
  return (
    checkCombinations(body, name) ??
    checkReasoning(body, name) ??
    validateMessages(Array.isArray(messages) ? messages : [], { breakpoints: rules.cacheOptions }) ??
    validateTools(body) ??
    validateFormat(body)
  )
}
