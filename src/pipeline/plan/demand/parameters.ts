import { type ChatRequest, isObject, type Json, type Sampling } from "../../../contract/index.ts"

/** Reads one of a body's fields; undefined where it is not there. */
type ReadMember = (key: string) => Json | undefined

/** Fields of all formats that mean one request parameter, in OpenRouter's words (openrouter.ai/docs, parameters). */
const plain: Readonly<Record<string, string>> = {
  temperature: "temperature",
  top_p: "top_p",
  top_k: "top_k",
  min_p: "min_p",
  top_a: "top_a",
  frequency_penalty: "frequency_penalty",
  presence_penalty: "presence_penalty",
  repetition_penalty: "repetition_penalty",
  seed: "seed",
  logit_bias: "logit_bias",
  top_logprobs: "top_logprobs",
  stop: "stop",
  stop_sequences: "stop",
  max_tokens: "max_tokens",
  max_completion_tokens: "max_tokens",
  max_output_tokens: "max_tokens",
  tool_choice: "tool_choice",
  function_call: "tool_choice",
  toolConfig: "tool_choice",
  tool_config: "tool_choice",
  parallel_tool_calls: "parallel_tool_calls",
  verbosity: "verbosity",
  web_search_options: "web_search_options",
  include_reasoning: "include_reasoning",
  reasoning_effort: "reasoning",
}

/** Gemini's, inside `generationConfig`; both spellings, without their underscores. */
const gemini: Readonly<Record<string, string>> = {
  temperature: "temperature",
  topp: "top_p",
  topk: "top_k",
  seed: "seed",
  stopsequences: "stop",
  maxoutputtokens: "max_tokens",
  presencepenalty: "presence_penalty",
  frequencypenalty: "frequency_penalty",
  logprobs: "top_logprobs",
  responselogprobs: "logprobs",
  responseschema: "structured_outputs",
  responsejsonschema: "structured_outputs",
  thinkingconfig: "reasoning",
}

/** Fields whose value decides what they ask for. */
const read: Readonly<Record<string, ((value: Json, add: (word: string) => void) => void) | undefined>> = {
  tools: (value, add) => void (Array.isArray(value) && value.length > 0 && add("tools")),
  functions: (value, add) => void (Array.isArray(value) && value.length > 0 && add("tools")),
  logprobs: (value, add) => void (value !== false && add("logprobs")),
  reasoning: (value, add) =>
    void (isObject(value) && value.enabled !== false && value.effort !== "none" && add("reasoning")),
  thinking: (value, add) => void (isObject(value) && value.type !== "disabled" && add("reasoning")),
  response_format: readFormat,
  output_format: readFormat,
  text(value, add) {
    if (!isObject(value)) return
    if (value.format !== undefined) readFormat(value.format, add)
    if (typeof value.verbosity === "string") add("verbosity")
  },
  output_config(value, add) {
    if (!isObject(value)) return
    if (value.format !== undefined) readFormat(value.format, add)
    if (typeof value.effort === "string") add("reasoning")
  },
  generationConfig: readGemini,
  generation_config: readGemini,
}

function readFormat(value: Json, add: (word: string) => void): void {
  if (!isObject(value) || typeof value.type !== "string" || value.type === "text") return
  add("response_format")
  if (value.type === "json_schema") add("structured_outputs")
}

function readGemini(value: Json, add: (word: string) => void): void {
  if (!isObject(value)) return
  for (const [key, member] of Object.entries(value)) {
    const word = gemini[key.replaceAll("_", "").toLowerCase()]
    if (word !== undefined && member !== null && member !== false) add(word)
  }
  if (value.responseMimeType === "application/json" || value.response_mime_type === "application/json")
    add("response_format")
}

/** The request parameters that a body sends, whatever its format, as far as its top-level fields tell. */
export function parametersOfBody(keys: Iterable<string>, member: ReadMember): readonly string[] {
  const found = new Set<string>()
  const add = (word: string) => void found.add(word)
  for (const key of keys) {
    const reader = Object.hasOwn(read, key) ? read[key] : undefined
    const word = Object.hasOwn(plain, key) ? plain[key] : undefined
    if (!reader && word === undefined) continue
    const value = member(key)
    if (value === undefined || value === null) continue
    if (reader) reader(value, add)
    else add(word!)
  }
  // How tools are to be chosen means nothing without any.
  if (!found.has("tools")) for (const word of ["tool_choice", "parallel_tool_calls"]) found.delete(word)
  return [...found]
}

const sampling: Readonly<Record<keyof Sampling, string>> = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  minP: "min_p",
  topA: "top_a",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  repetitionPenalty: "repetition_penalty",
  seed: "seed",
  logitBias: "logit_bias",
  logprobs: "logprobs",
  topLogprobs: "top_logprobs",
}

/** The same of a request that was decoded, or made by a plugin. */
export function parametersOfRequest(request: ChatRequest): readonly string[] {
  const found: string[] = []
  for (const [key, word] of Object.entries(sampling)) {
    const value = request.sampling[key as keyof Sampling]
    if (value !== undefined && value !== false) found.push(word)
  }
  const { tools, responseFormat, reasoning } = request
  if (tools && tools.length > 0) {
    found.push("tools")
    if (request.toolChoice !== undefined) found.push("tool_choice")
    if (request.parallelToolCalls !== undefined) found.push("parallel_tool_calls")
  }
  if (responseFormat && responseFormat.type !== "text") found.push("response_format")
  if (responseFormat?.type === "json-schema") found.push("structured_outputs")
  if (reasoning && reasoning.enabled !== false && reasoning.effort !== "none") found.push("reasoning")
  if (request.maxOutputTokens !== undefined) found.push("max_tokens")
  if (request.stop) found.push("stop")
  if (request.verbosity !== undefined) found.push("verbosity")
  return found
}
