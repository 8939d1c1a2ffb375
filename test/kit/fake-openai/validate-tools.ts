import { isObject, type Json, type JsonObject } from "../../../src/contract/json.ts"
import { badRequest, type Refusal } from "./refusal.ts"

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/** Strict schemas close every object and require every property. */
const strictProblem = (schema: Json | undefined, path: string): string | undefined => {
  if (!isObject(schema)) return undefined
  if (schema.type === "object" || isObject(schema.properties)) {
    if (schema.additionalProperties !== false)
      return `In context=(${path}), 'additionalProperties' is required to be supplied and to be false.`
    const properties = isObject(schema.properties) ? schema.properties : {}
    const required = Array.isArray(schema.required) ? schema.required : []
    const missing = Object.keys(properties).find((name) => !required.includes(name))
    if (missing !== undefined)
      return `In context=(${path}), 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    for (const [name, inner] of Object.entries(properties)) {
      const problem = strictProblem(inner, `${path}${path ? ", " : ""}'properties', '${name}'`)
      if (problem !== undefined) return problem
    }
  }
  return strictProblem(schema.items, `${path}${path ? ", " : ""}'items'`)
}

const checkFunction = (tool: JsonObject, path: string): Refusal | undefined => {
  const target = isObject(tool.function) ? tool.function : undefined
  if (target === undefined || typeof target.name !== "string")
    return badRequest(
      `Missing required parameter: '${path}.function.name'.`,
      `${path}.function.name`,
      "missing_required_parameter",
    )
  for (const name of Object.keys(target))
    if (!["name", "description", "parameters", "strict"].includes(name))
      return badRequest(
        `Unknown parameter: '${path}.function.${name}'.`,
        `${path}.function.${name}`,
        "unknown_parameter",
      )
  if (!namePattern.test(target.name))
    return badRequest(
      `Invalid '${path}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${path}.function.name`,
      "invalid_value",
    )
  const { parameters } = target
  const problem =
    parameters != null && (!isObject(parameters) || parameters.type !== "object")
      ? `schema must be a JSON Schema of 'type: "object"', got 'type: "${isObject(parameters) ? String(parameters.type ?? "None") : "None"}"'.`
      : target.strict === true
        ? strictProblem(parameters, "")
        : undefined
  return problem === undefined
    ? undefined
    : badRequest(
        `Invalid schema for function '${target.name}': ${problem}`,
        `${path}.function.parameters`,
        "invalid_function_parameters",
      )
}

/** `tools` and everything that only makes sense beside them. */
export const validateTools = (body: JsonObject): Refusal | undefined => {
  const { tools } = body
  if (tools == null) {
    for (const name of ["tool_choice", "parallel_tool_calls"])
      if (body[name] != null && !(name === "tool_choice" && body[name] === "none"))
        return badRequest(
          `Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`,
          name,
          "invalid_value",
        )
    return undefined
  }
  if (!Array.isArray(tools)) return undefined
  if (tools.length === 0)
    return badRequest(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "tools",
      "empty_array",
    )
  for (const [index, tool] of tools.entries()) {
    const type = isObject(tool) ? String(tool.type) : ""
    if (!["function", "custom"].includes(type))
      return badRequest(
        `Invalid value: '${type}'. Supported values are: 'function' and 'custom'.`,
        `tools[${index}].type`,
        "invalid_value",
      )
    const wrong = type === "function" && isObject(tool) ? checkFunction(tool, `tools[${index}]`) : undefined
    if (wrong !== undefined) return wrong
  }
  const choice = body.tool_choice
  const words = ["none", "auto", "required"]
  if (typeof choice === "string" && !words.includes(choice))
    return badRequest(
      `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
      "tool_choice",
      "invalid_value",
    )
  return undefined
}

/** `response_format`. */
export const validateFormat = (body: JsonObject): Refusal | undefined => {
  const format = body.response_format
  if (!isObject(format)) return undefined
  const type = String(format.type)
  if (!["text", "json_object", "json_schema"].includes(type))
    return badRequest(
      `Invalid value: '${type}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      "response_format.type",
      "invalid_value",
    )
  if (type === "json_object" && !/json/i.test(JSON.stringify(body.messages)))
    return badRequest(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      "messages",
    )
  if (type !== "json_schema") return undefined
  const named = isObject(format.json_schema) ? format.json_schema : {}
  if (typeof named.name !== "string" || !namePattern.test(named.name))
    return badRequest(
      "Missing required parameter: 'response_format.json_schema.name'.",
      "response_format.json_schema.name",
      "missing_required_parameter",
    )
  const problem = named.strict === true ? strictProblem(named.schema, "") : undefined
  return problem === undefined
    ? undefined
    : badRequest(`Invalid schema for response_format '${named.name}': ${problem}`, "response_format", null)
}
