import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

/** What the real API refuses. Undefined = the request is fine. */
export type Refusal = string | undefined

const chatFields = new Set(
  "model messages stream tools strict_tools documents citation_options response_format safety_mode max_tokens stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs tool_choice thinking priority".split(
    " ",
  ),
)

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const unknownField = (body: JsonObject, known: ReadonlySet<string>): Refusal => {
  const name = Object.keys(body).find((key) => !known.has(key))
  return name === undefined ? undefined : `unknown field: parameter '${name}' is not a valid field`
}

const partTypes: Readonly<Record<string, readonly string[]>> = {
  system: ["text"],
  user: ["text", "image_url"],
  assistant: ["text", "thinking"],
  tool: ["text", "document"],
}

const checkContent = (model: string, role: string, content: Json | undefined, at: string): Refusal => {
  if (content === "") return "invalid request: message must be at least 1 token long"
  if (typeof content === "string") return undefined
  if (!Array.isArray(content) || content.length === 0) return `invalid request: ${at} must have content`
  for (const part of list(content)) {
    if (!partTypes[role]?.includes(String(part.type)))
      return `invalid request: invalid content type ${part.type} in ${at}`
    if (part.type === "text" && (typeof part.text !== "string" || part.text.trim() === ""))
      return `invalid request: ${at} has an empty text`
    if (part.type === "image_url" && !/vision/.test(model)) return `image content is not supported for model ${model}`
    if (part.type === "image_url" && !isObject(part.image_url)) return `invalid request: ${at} has an invalid image_url`
  }
  return undefined
}

const checkMessages = (model: string, body: JsonObject): Refusal => {
  const messages = list(body.messages)
  if (messages.length === 0) return "invalid request: list of messages must not be empty"
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    const role = String(message.role)
    if (!(role in partTypes)) return `invalid request: invalid role '${role}' in ${at}`
    for (const key of Object.keys(message))
      if (!["role", "content", "tool_calls", "tool_plan", "tool_call_id", "citations"].includes(key))
        return `unknown field: ${at}.${key}`
    const calls = list(message.tool_calls)
    if (role !== "tool" && open.length > 0) return `invalid request: tool call id ${open[0]} has no tool result`
    if (role === "tool") {
      if (!open.includes(String(message.tool_call_id)))
        return `invalid request: tool_call_id ${message.tool_call_id} was not called`
      open = open.filter((id) => id !== message.tool_call_id)
    }
    if (calls.length > 0 && typeof message.content === "string")
      return `invalid request: ${at} carries tool_calls; say the plan in tool_plan`
    if (message.content !== undefined || calls.length === 0) {
      const refusal = checkContent(model, role, message.content, at)
      if (refusal) return refusal
    }
    for (const call of calls) {
      if (call.type !== "function" || !isObject(call.function) || typeof call.function.arguments !== "string")
        return `invalid request: ${at} has an invalid tool call`
      open.push(String(call.id))
    }
  }
  if (open.length > 0) return `invalid request: tool call id ${open[0]} has no tool result`
  const last = messages.at(-1)?.role
  const speaks = messages.some(({ role }) => role === "user" || role === "tool")
  return speaks || last === "assistant"
    ? undefined
    : "message must be at least 1 token long or tool results must be specified."
}

const checkTools = (model: string, body: JsonObject): Refusal => {
  const tools = list(body.tools)
  if (body.tools !== undefined && tools.length === 0) return "invalid request: tools must not be empty"
  for (const tool of tools) {
    const name = isObject(tool.function) ? String(tool.function.name) : ""
    if (!/^[A-Za-z_]\w*$/.test(name))
      return `invalid request: tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit (provided name: '${name}').`
    if (!isObject(tool.function) || !isObject(tool.function.parameters))
      return "invalid request: parameters are required"
    const { required } = tool.function.parameters
    if (body.strict_tools === true && (!Array.isArray(required) || required.length === 0))
      return "invalid request: strict_tools needs at least one required parameter in each tool"
  }
  if (body.tool_choice === undefined) return undefined
  if (body.tool_choice !== "REQUIRED" && body.tool_choice !== "NONE")
    return "invalid request: tool_choice must be one of REQUIRED, NONE"
  if (tools.length === 0) return "invalid request: tool_choice needs tools"
  return /^command-r(-plus)?$/.test(model) ? `tool_choice is not supported for model ${model}` : undefined
}

const within = (body: JsonObject, name: string, least: number, most: number): Refusal => {
  const value = body[name]
  if (value === undefined || (typeof value === "number" && value >= least && value <= most)) return undefined
  return `invalid request: ${name} must be between ${least} and ${most} inclusive.`
}

const checkFields = (model: string, body: JsonObject): Refusal => {
  if (body.frequency_penalty !== undefined && body.presence_penalty !== undefined)
    return "invalid request: cannot specify both frequency_penalty and presence_penalty."
  if (Array.isArray(body.stop_sequences) && body.stop_sequences.length > 5)
    return "invalid request: at most 5 stop_sequences"
  const format = isObject(body.response_format) ? body.response_format : {}
  if (format.type === "json_object" && (body.tools !== undefined || body.documents !== undefined))
    return "invalid request: response_format is not supported with tools or documents"
  if (format.type !== undefined && format.type !== "json_object")
    return `invalid request: response_format ${format.type}`
  if (body.thinking !== undefined && !/reasoning/.test(model)) return `thinking is not supported for model ${model}`
  const ids = list(body.documents).map(({ id }) => id)
  if (new Set(ids).size < ids.length) return "invalid request: duplicate document ID"
  return (
    within(body, "frequency_penalty", 0, 1) ??
    within(body, "presence_penalty", 0, 1) ??
    within(body, "p", 0.01, 0.99) ??
    within(body, "k", 0, 500) ??
    within(body, "temperature", 0, 2)
  )
}

export const validateChat = (body: JsonObject): Refusal => {
  const model = String(body.model ?? "")
  if (model === "") return "a model parameter is required for this endpoint."
  return (
    unknownField(body, chatFields) ?? checkMessages(model, body) ?? checkTools(model, body) ?? checkFields(model, body)
  )
}

const embedFields = new Set(
  "model texts images inputs input_type embedding_types output_dimension max_tokens truncate priority".split(" "),
)

export const validateEmbed = (body: JsonObject): Refusal => {
  const unknown = unknownField(body, embedFields)
  if (unknown) return unknown
  if (!["search_document", "search_query", "classification", "clustering", "image"].includes(String(body.input_type)))
    return "valid input_type must be provided with the provided model"
  if (!Array.isArray(body.embedding_types)) return "embedding_types parameter is required"
  const given = [body.texts, body.inputs].filter(Array.isArray)
  if (given.length !== 1 || given[0] === undefined) return "invalid request: exactly one of texts, images, inputs"
  if (given[0].length > 96)
    return `invalid request: total number of texts must be at most 96 - received ${given[0].length}`
  return undefined
}

export const validateRerank = (body: JsonObject): Refusal => {
  const unknown = unknownField(body, new Set("model query documents top_n max_tokens_per_doc priority".split(" ")))
  if (unknown) return unknown
  if (!Array.isArray(body.documents) || body.documents.length === 0)
    return "invalid request: list of documents must not be empty"
  if (!body.documents.every((document) => typeof document === "string"))
    return "invalid request: documents must be strings"
  if (typeof body.top_n === "number" && (body.top_n < 1 || body.top_n > body.documents.length))
    return `invalid request: return_top_n is invalid, value must be between 1 and ${body.documents.length}`
  return undefined
}
