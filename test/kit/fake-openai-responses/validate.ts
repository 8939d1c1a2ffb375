import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

/** What the real API refuses, in its words where they are known. */
export interface Refusal {
  readonly message: string
  readonly param: string | null
  readonly code: string | null
}

const topLevel = new Set(
  "model input instructions stream stream_options include max_output_tokens max_tool_calls metadata parallel_tool_calls prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store temperature text tool_choice tools top_logprobs top_p truncation user previous_response_id conversation background prompt".split(
    " ",
  ),
)
const itemFields: Readonly<Record<string, readonly string[]>> = {
  message: ["role", "content", "id", "status", "phase"],
  function_call: ["id", "call_id", "name", "arguments", "status", "namespace"],
  function_call_output: ["id", "call_id", "output", "status"],
  custom_tool_call: ["id", "call_id", "name", "input", "status"],
  custom_tool_call_output: ["id", "call_id", "output"],
  reasoning: ["id", "summary", "content", "encrypted_content", "status"],
}
const parts: Readonly<Record<string, readonly string[]>> = {
  input_text: ["text", "prompt_cache_breakpoint"],
  input_image: ["image_url", "file_id", "detail", "prompt_cache_breakpoint"],
  input_file: ["file_data", "file_url", "file_id", "filename", "detail", "prompt_cache_breakpoint"],
  output_text: ["text", "annotations", "logprobs"],
  refusal: ["refusal"],
}

const refuse = (message: string, param: string | null = null, code: string | null = null): Refusal => ({
  message,
  param,
  code,
})
const unknown = (path: string) => refuse(`Unknown parameter: '${path}'.`, path, "unknown_parameter")
const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Encrypted reasoning of this fake tells what it was, as the real one does to its maker. */
export const encryptedOf = (thought: string): string => `gAAAA${Bun.hash(thought).toString(36)}==`

const checkContent = (role: string, content: Json | undefined, path: string): Refusal | undefined => {
  if (typeof content === "string") return undefined
  if (!Array.isArray(content))
    return refuse(`Missing required parameter: '${path}'.`, path, "missing_required_parameter")
  for (const [index, part] of list(content).entries()) {
    const type = String(part.type)
    const here = `${path}[${index}]`
    const wanted = role === "assistant" ? /^(?:output_text|refusal)$/ : /^input_/
    if (!parts[type] || !wanted.test(type))
      return refuse(`Invalid value: '${type}'. Supported values are: 'input_text' …`, here, "invalid_value")
    for (const key of Object.keys(part))
      if (key !== "type" && !parts[type].includes(key)) return unknown(`${here}.${key}`)
    if (type === "input_file" && part.file_data !== undefined && !String(part.file_data).startsWith("data:"))
      return refuse(`Invalid '${here}.file_data': expected a data URL.`, here, "invalid_value")
    if (type === "input_file" && part.file_data !== undefined && typeof part.filename !== "string")
      return refuse(`Missing required parameter: '${here}.filename'.`, here, "missing_required_parameter")
  }
  return undefined
}

const checkItem = (item: JsonObject, path: string): Refusal | undefined => {
  const type = String(item.type ?? (item.role === undefined ? "nothing" : "message"))
  const fields = itemFields[type]
  if (!fields) return refuse(`Invalid value: '${type}'.`, `${path}.type`, "invalid_value")
  for (const key of Object.keys(item)) if (key !== "type" && !fields.includes(key)) return unknown(`${path}.${key}`)
  if (type === "message") {
    if (!["user", "assistant", "system", "developer"].includes(String(item.role)))
      return refuse(`Invalid value: '${String(item.role)}'.`, `${path}.role`, "invalid_value")
    return checkContent(String(item.role), item.content, `${path}.content`)
  }
  if (type === "function_call" && typeof item.arguments !== "string")
    return refuse(`Missing required parameter: '${path}.arguments'.`, path, "missing_required_parameter")
  if (type === "reasoning") {
    if (!Array.isArray(item.summary))
      return refuse(`Missing required parameter: '${path}.summary'.`, path, "missing_required_parameter")
    if (!/^gAAAA[a-z0-9]+==$/.test(String(item.encrypted_content)))
      return refuse("The encrypted content could not be verified.", path, "invalid_encrypted_content")
  }
  if (typeof item.id === "string" && type === "function_call" && !item.id.startsWith("fc"))
    return refuse(`Invalid '${path}.id': '${item.id}'. Expected an ID that begins with 'fc'.`, `${path}.id`)
  return undefined
}

const checkInput = (input: Json | undefined): Refusal | undefined => {
  if (typeof input === "string") return undefined
  const items = list(input)
  if (items.length === 0) return refuse("Missing required parameter: 'input'.", "input", "missing_required_parameter")
  const open = new Set<string>()
  for (const [index, item] of items.entries()) {
    const wrong = checkItem(item, `input[${index}]`)
    if (wrong) return wrong
    const id = String(item.call_id)
    if (/_call$/.test(String(item.type))) open.add(id)
    if (/_output$/.test(String(item.type)) && !open.delete(id))
      return refuse(`No tool call found for function call output with call_id ${id}.`, "input")
    if (item.type === "reasoning" && (items[index + 1] === undefined || items[index + 1]?.role === "user"))
      return refuse(`Item '${String(item.id)}' of type 'reasoning' was provided without its required following item.`)
  }
  return open.size > 0 ? refuse(`No tool output found for function call ${[...open].join()}.`, "input") : undefined
}

const toolFields: Readonly<Record<string, readonly string[]>> = {
  function: ["name", "description", "parameters", "strict", "defer_loading"],
  custom: ["name", "description", "format"],
  web_search: ["filters", "user_location", "search_context_size", "external_web_access", "search_content_types"],
}

const checkTools = (tools: readonly JsonObject[]): Refusal | undefined => {
  for (const [index, tool] of tools.entries()) {
    const type = String(tool.type)
    if (!toolFields[type]) return refuse(`Invalid value: '${type}'.`, `tools[${index}].type`, "invalid_value")
    for (const key of Object.keys(tool))
      if (key !== "type" && !toolFields[type].includes(key)) return unknown(`tools[${index}].${key}`)
    if (type === "function" && !/^[a-zA-Z0-9_-]{1,64}$/.test(String(tool.name)))
      return refuse(`Invalid 'tools[${index}].name': string does not match pattern.`, `tools[${index}].name`)
  }
  return undefined
}

export const validate = (body: JsonObject): Refusal | undefined => {
  for (const key of Object.keys(body)) if (!topLevel.has(key)) return unknown(key)
  if (typeof body.model !== "string") return refuse("you must provide a model parameter")
  if (typeof body.max_output_tokens === "number" && body.max_output_tokens < 16)
    return refuse(
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.",
      "max_output_tokens",
    )
  if (body.store !== false) return refuse("the gateway must not let answers be stored")
  return checkInput(body.input) ?? checkTools(list(body.tools))
}
