import { isObject, type Json, type JsonObject } from "../../../src/contract/json.ts"
import { badRequest, type Refusal } from "./refusal.ts"

const roles = ["system", "assistant", "user", "function", "tool", "developer"]

const allowed: Readonly<Record<string, readonly string[]>> = {
  system: ["role", "content", "name"],
  developer: ["role", "content", "name"],
  user: ["role", "content", "name"],
  assistant: ["role", "content", "name", "refusal", "tool_calls", "function_call", "audio", "annotations"],
  tool: ["role", "content", "tool_call_id"],
  function: ["role", "content", "name"],
}

/** Part types by role, and the fields of each. */
const userParts: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  image_url: ["image_url"],
  input_audio: ["input_audio"],
  file: ["file"],
}
const textParts = { text: ["text"] }
const assistantParts = { text: ["text"], refusal: ["refusal"] }

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(", ")
const unknownField = (path: string) => badRequest(`Unknown parameter: '${path}'.`, path, "unknown_parameter")

const checkMedia = (part: JsonObject, path: string): Refusal | undefined => {
  if (part.type === "file") {
    const file = isObject(part.file) ? part.file : {}
    if (file.file_id === undefined && file.file_data === undefined)
      return badRequest(
        `Missing required parameter: '${path}.file.file_id'.`,
        `${path}.file.file_id`,
        "missing_required_parameter",
      )
    if (typeof file.file_data === "string" && !file.file_data.startsWith("data:"))
      return badRequest(
        `Invalid '${path}.file.file_data': expected a base64-encoded data URL with a MIME type.`,
        `${path}.file.file_data`,
        "invalid_value",
      )
  }
  if (part.type === "image_url") {
    const image = isObject(part.image_url) ? part.image_url : undefined
    if (image === undefined)
      return badRequest(
        `Invalid type for '${path}.image_url': expected an object, but got a string instead.`,
        `${path}.image_url`,
        "invalid_type",
      )
    if (typeof image.url !== "string" || !/^(https?:|data:image\/)/.test(image.url))
      return badRequest(
        "Invalid image URL: expected a valid URL, but got a value with an invalid format.",
        `${path}.image_url.url`,
        "invalid_value",
      )
  }
  if (part.type === "input_audio" && (!isObject(part.input_audio) || !("format" in part.input_audio)))
    return badRequest(
      `Missing required parameter: '${path}.input_audio.format'.`,
      `${path}.input_audio.format`,
      "missing_required_parameter",
    )
  return undefined
}

const checkParts = (
  parts: readonly Json[],
  known: Readonly<Record<string, readonly string[]>>,
  path: string,
  breakpoints: boolean,
): Refusal | undefined => {
  for (const [index, part] of parts.entries()) {
    const here = `${path}[${index}]`
    if (!isObject(part)) return badRequest(`Invalid type for '${here}': expected an object.`, here, "invalid_type")
    const type = String(part.type)
    const names = known[type]
    if (names === undefined)
      return badRequest(
        `Invalid value: '${type}'. Supported values are: ${list(Object.keys(known))}.`,
        `${here}.type`,
        "invalid_value",
      )
    for (const name of Object.keys(part))
      if (name !== "type" && !names.includes(name) && !(breakpoints && name === "prompt_cache_breakpoint"))
        return unknownField(`${here}.${name}`)
    if (type === "text" && typeof part.text !== "string")
      return badRequest(`Invalid type for '${here}.text': expected a string.`, `${here}.text`, "invalid_type")
    const media = checkMedia(part, here)
    if (media !== undefined) return media
  }
  return undefined
}

const checkContent = (message: JsonObject, path: string, breakpoints: boolean): Refusal | undefined => {
  const { role, content } = message
  const carriesElse = message.tool_calls != null || message.function_call != null || message.refusal != null
  if (content == null)
    return role === "assistant" && (carriesElse || message.audio != null)
      ? undefined
      : badRequest(`Invalid value for 'content': expected a string, got null.`, `${path}.content`)
  if (typeof content === "string") return undefined
  if (!Array.isArray(content))
    return badRequest(
      `Invalid type for '${path}.content': expected one of a string or array of objects.`,
      `${path}.content`,
      "invalid_type",
    )
  if (content.length === 0)
    return badRequest(
      `Invalid '${path}.content': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      `${path}.content`,
      "empty_array",
    )
  const known = role === "user" ? userParts : role === "assistant" ? assistantParts : textParts
  return checkParts(content, known, `${path}.content`, breakpoints)
}

const checkCalls = (calls: Json | undefined, path: string): Refusal | undefined => {
  if (calls == null) return undefined
  if (!Array.isArray(calls) || calls.length === 0)
    return badRequest(
      `Invalid '${path}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      `${path}.tool_calls`,
      "empty_array",
    )
  for (const [index, call] of calls.entries()) {
    const here = `${path}.tool_calls[${index}]`
    if (!isObject(call) || typeof call.id !== "string")
      return badRequest(`Missing required parameter: '${here}.id'.`, `${here}.id`, "missing_required_parameter")
    if (call.id.length > 40)
      return badRequest(
        `Invalid '${here}.id': string too long. Expected a string with maximum length 40, but got a string with length ${call.id.length} instead.`,
        `${here}.id`,
        "string_above_max_length",
      )
    for (const name of Object.keys(call))
      if (!["id", "type", "function", "custom"].includes(name)) return unknownField(`${here}.${name}`)
    if (call.type === "custom") continue
    const target = isObject(call.function) ? call.function : {}
    if (typeof target.name !== "string" || typeof target.arguments !== "string")
      return badRequest(
        `Missing required parameter: '${here}.function.arguments'.`,
        `${here}.function`,
        "missing_required_parameter",
      )
  }
  return undefined
}

const callIds = (message: JsonObject): readonly string[] =>
  Array.isArray(message.tool_calls) ? message.tool_calls.filter(isObject).map((call) => String(call.id)) : []

/** Every call is answered before anything else is said, and nothing is answered that was not called. */
const checkPairs = (messages: readonly JsonObject[]): Refusal | undefined => {
  let open = new Set<string>()
  const unanswered = (index: number) =>
    badRequest(
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(", ")}`,
      `messages.[${index}].role`,
    )
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(String(message.tool_call_id)))
        return badRequest(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        )
      continue
    }
    if (open.size > 0) return unanswered(index)
    if (message.role === "assistant") open = new Set(callIds(message))
  }
  return open.size > 0 ? unanswered(messages.length) : undefined
}

/** The conversation as the API wants it. */
export const validateMessages = (
  messages: readonly Json[],
  { breakpoints }: { readonly breakpoints: boolean },
): Refusal | undefined => {
  if (messages.length === 0)
    return badRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
      "empty_array",
    )
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) return badRequest(`Invalid type for '${path}': expected an object.`, path, "invalid_type")
    const role = String(message.role)
    const names = allowed[role]
    if (names === undefined)
      return badRequest(
        `Invalid value: '${role}'. Supported values are: ${list(roles)}.`,
        `${path}.role`,
        "invalid_value",
      )
    for (const name of Object.keys(message)) if (!names.includes(name)) return unknownField(`${path}.${name}`)
    const wrong = checkContent(message, path, breakpoints) ?? checkCalls(message.tool_calls, path)
    if (wrong !== undefined) return wrong
  }
  return checkPairs(messages.filter(isObject))
}
