import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

/** What the real API refuses, in its words where they are known. Undefined = the request is fine. */
export type Refusal = string | undefined

const topLevel = new Set(
  "model max_tokens messages system tools tool_choice thinking output_config temperature top_p top_k stop_sequences metadata service_tier stream cache_control container context_management inference_geo speed".split(
    " ",
  ),
)
const blockFields: Readonly<Record<string, readonly string[]>> = {
  text: ["text", "citations"],
  image: ["source"],
  document: ["source", "title", "context", "citations"],
  tool_use: ["id", "name", "input", "caller"],
  tool_result: ["tool_use_id", "content", "is_error"],
  thinking: ["thinking", "signature"],
  redacted_thinking: ["data"],
}
const toolFields = new Set(
  "name description input_schema strict cache_control eager_input_streaming type input_examples defer_loading".split(
    " ",
  ),
)

const blocksOf = (content: Json | undefined): JsonObject[] => (Array.isArray(content) ? content.filter(isObject) : [])

/** Signatures of this fake cover the thinking, as the real ones do. */
export const signatureOf = (thinking: string): string => `sig_${Bun.hash(thinking).toString(36)}`

const checkBlock = (block: JsonObject, at: string): Refusal => {
  const type = String(block.type)
  const fields = blockFields[type]
  if (!fields) return `${at}: Input tag '${type}' found using 'type' does not match any of the expected tags`
  for (const key of Object.keys(block))
    if (key !== "type" && key !== "cache_control" && !fields.includes(key))
      return `${at}.${key}: Extra inputs are not permitted`
  if (type === "text" && String(block.text).trim() === "")
    return `${at}: text content blocks must contain non-whitespace text`
  if ((type === "thinking" || type === "redacted_thinking") && block.cache_control !== undefined)
    return `${at}.cache_control: Extra inputs are not permitted`
  if (type === "thinking" && block.signature !== signatureOf(String(block.thinking)))
    return `${at}: Invalid \`signature\` in \`thinking\` block`
  if (type === "tool_use" && !/^[a-zA-Z0-9_-]{1,64}$/.test(String(block.id)))
    return `${at}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`
  if (type === "tool_use" && !isObject(block.input)) return `${at}.input: Input should be a valid dictionary`
  if (type === "tool_result" && block.is_error === true)
    if (blocksOf(block.content).some((inner) => inner.type !== "text"))
      return `${at}.content: all content must be type "text" if is_error is true`
  for (const [index, inner] of blocksOf(type === "tool_result" ? block.content : undefined).entries()) {
    const refusal = checkBlock(inner, `${at}.content.${index}`)
    if (refusal) return refusal
  }
  return undefined
}

/** Calls of one turn must be answered at the start of the next one, and only those. */
const checkPairs = (calls: readonly JsonObject[], next: JsonObject | undefined, at: string): Refusal => {
  const blocks = blocksOf(next?.content)
  const results = blocks.filter((block) => block.type === "tool_result")
  const ids = new Set(calls.map((call) => call.id))
  for (const call of calls)
    if (!results.some((result) => result.tool_use_id === call.id))
      return `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${call.id}`
  for (const result of results)
    if (!ids.has(result.tool_use_id ?? null))
      return `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${result.tool_use_id}`
  const firstOther = blocks.findIndex((block) => block.type !== "tool_result")
  if (firstOther >= 0 && blocks.slice(firstOther).some((block) => block.type === "tool_result"))
    return `${at}: \`tool_result\` blocks must come first in the content`
  return undefined
}

const adaptiveModels = /4-[678]|(?:opus|sonnet|haiku|fable|mythos)-5/

const checkMessages = (body: JsonObject): Refusal => {
  const messages = blocksOf(body.messages)
  if (messages.length === 0) return "messages: at least one message is required"
  const thinks = isObject(body.thinking) && (body.thinking.type === "enabled" || body.thinking.type === "adaptive")
  const seen = new Set<Json>()
  let calls: readonly JsonObject[] = []
  for (const [index, message] of messages.entries()) {
    const { role } = message
    const system = role === "system" && /opus-(?:4-8|5)|5-5|fable/.test(String(body.model))
    if (role !== "user" && role !== "assistant" && !system)
      return `messages.${index}.role: Input should be 'user' or 'assistant'`
    if (role === messages[index - 1]?.role) return 'messages: roles must alternate between "user" and "assistant"'
    if (index === 0 && role !== "user") return 'messages: first message must use the "user" role'
    const blocks = blocksOf(message.content)
    if (blocks.length === 0 && typeof message.content !== "string")
      return `messages.${index}: content must be non-empty`
    for (const [at, block] of blocks.entries()) {
      const refusal = checkBlock(block, `messages.${index}.content.${at}`)
      if (refusal) return refusal
      if (block.type === "tool_use") {
        if (seen.has(block.id ?? null)) return `messages.${index}.content.${at}: \`tool_use\` ids must be unique`
        seen.add(block.id ?? null)
      }
    }
    const refusal = role === "user" ? checkPairs(calls, message, `messages.${index}`) : undefined
    if (refusal) return refusal
    calls = role === "assistant" ? blocks.filter((block) => block.type === "tool_use") : []
  }
  const last = messages.at(-1)
  if (calls.length > 0) return checkPairs(calls, undefined, `messages.${messages.length}`)
  if (last?.role === "assistant") {
    if (thinks || adaptiveModels.test(String(body.model)))
      return "This model does not support assistant message prefill."
    const text = blocksOf(last.content).at(-1)?.text
    if (typeof text === "string" && text !== text.trimEnd())
      return "messages: final assistant content cannot end with trailing whitespace"
  }
  return checkThinkingKept(body, messages)
}

const checkThinkingKept = (body: JsonObject, messages: readonly JsonObject[]): Refusal => {
  if (!isObject(body.thinking) || body.thinking.type !== "enabled") return undefined
  if (!blocksOf(messages.at(-1)?.content).some((block) => block.type === "tool_result")) return undefined
  const at = messages.findLastIndex((message) => message.role === "assistant")
  const first = blocksOf(messages[at]?.content)[0]
  if (first?.type === "thinking" || first?.type === "redacted_thinking") return undefined
  return `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\``
}

const newest = /(?:opus|sonnet)-5-5|fable-5-[1-9]/

const checkThinking = (body: JsonObject): Refusal => {
  const thinking = isObject(body.thinking) ? body.thinking : {}
  const model = String(body.model)
  const forced = isObject(body.tool_choice) && (body.tool_choice.type === "any" || body.tool_choice.type === "tool")
  const thinks = thinking.type === "enabled" || thinking.type === "adaptive"
  if (forced && (thinks || newest.test(model))) return "Thinking may not be enabled when tool_choice forces tool use."
  if (thinking.type === "disabled" && (newest.test(model) || /fable/.test(model)))
    return `thinking.type: 'disabled' is not supported by ${model}`
  if (thinking.type === "adaptive" && !adaptiveModels.test(model))
    return `thinking.type: adaptive thinking is not supported on this model`
  if (thinking.type === "enabled") {
    if (/5-5|fable/.test(model)) return `thinking.type: 'enabled' is not supported by ${model}`
    const budget = Number(thinking.budget_tokens)
    if (!(budget >= 1024)) return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
    if (budget >= Number(body.max_tokens)) return "`max_tokens` must be greater than `thinking.budget_tokens`"
  }
  const sampling = ["temperature", "top_p", "top_k"].filter((field) => body[field] !== undefined)
  if (sampling.length > 0 && (thinks || /4-[78]|(?:opus|sonnet|fable|haiku)-5/.test(model)))
    return `\`${sampling[0]}\` is not supported by this model or may not be set when thinking is enabled`
  if (Number(body.temperature) > 1) return "temperature: range: 0..1"
  if (body.temperature !== undefined && body.top_p !== undefined)
    return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
  return undefined
}

const checkTools = (body: JsonObject): Refusal => {
  const tools = blocksOf(body.tools)
  if (Array.isArray(body.tools) && tools.length === 0) return "tools: at least one tool is required"
  for (const [index, tool] of tools.entries()) {
    const builtIn = typeof tool.type === "string" && tool.type !== "custom"
    for (const key of Object.keys(tool))
      if (!builtIn && !toolFields.has(key)) return `tools.${index}.custom.${key}: Extra inputs are not permitted`
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(tool.name)))
      return `tools.${index}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
    if (!builtIn && (!isObject(tool.input_schema) || tool.input_schema.type !== "object"))
      return `tools.${index}.custom.input_schema.type: Field required`
  }
  const choice = isObject(body.tool_choice) ? body.tool_choice : undefined
  if (choice && tools.length === 0) return "tool_choice: may only be specified while providing tools"
  if (choice?.type === "tool" && !tools.some((tool) => tool.name === choice.name))
    return `tool_choice: Tool '${choice.name}' not found in provided tools`
  return undefined
}

const breakpoints = (value: Json | undefined): string[] =>
  blocksOf(value).flatMap((block) => [
    ...breakpoints(block.content),
    ...(isObject(block.cache_control) ? [String(block.cache_control.ttl ?? "5m")] : []),
  ])

const checkCache = (body: JsonObject): Refusal => {
  const all = [...breakpoints(body.tools), ...breakpoints(body.system), ...breakpoints(body.messages)]
  if (all.length + (body.cache_control === undefined ? 0 : 1) > 4)
    return `A maximum of 4 blocks with cache_control may be provided. Found ${all.length}.`
  const short = all.indexOf("5m")
  return short >= 0 && all.indexOf("1h", short) >= 0
    ? "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
    : undefined
}

const checkFormat = (value: Json | undefined): Refusal => {
  if (Array.isArray(value)) return value.map(checkFormat).find((refusal) => refusal !== undefined)
  if (!isObject(value)) return undefined
  for (const key of ["minimum", "maximum", "minLength", "maxLength", "pattern", "oneOf", "not"])
    if (key in value && typeof value[key] !== "object") return `output_config.format.schema: '${key}' is not supported`
  if (value.type === "object" && value.additionalProperties !== false)
    return "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"
  return checkFormat(Object.values(value))
}

export const validate = (body: JsonObject): Refusal => {
  for (const key of Object.keys(body)) if (!topLevel.has(key)) return `${key}: Extra inputs are not permitted`
  if (typeof body.model !== "string") return "model: Field required"
  if (typeof body.max_tokens !== "number") return "max_tokens: Field required"
  const config = isObject(body.output_config) ? body.output_config : {}
  if (config.effort !== undefined && !["low", "medium", "high", "xhigh", "max"].includes(String(config.effort)))
    return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"
  return (
    blocksOf(body.system).flatMap((block, index) => checkBlock(block, `system.${index}`) ?? [])[0] ??
    checkMessages(body) ??
    checkThinking(body) ??
    checkTools(body) ??
    checkCache(body) ??
    (isObject(config.format) ? checkFormat(config.format.schema) : undefined)
  )
}
