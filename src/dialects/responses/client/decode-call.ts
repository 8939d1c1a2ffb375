import type { JsonObject, Message, ToolCallContent } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { decodeContent } from "./decode-content.ts"
import { withExtras } from "./extras.ts"
import type { Namespaces } from "./namespaces.ts"

/** Ids and states name an item of one answer; nobody can use them in the next request. */
const forgetIdentity = (item: Fields): void => {
  for (const read of ["type", "id", "status"]) item.any(read)
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)

/** `function_call` or `custom_tool_call`. */
export const decodeCall = (raw: JsonObject, path: string, index: number, namespaces: Namespaces): ToolCallContent => {
  const item = new Fields(raw, path)
  const kind = raw.type === "custom_tool_call" ? "custom" : "function"
  const name = item.string("name")
  if (name === undefined) throw invalid(`${path}.name`, "must be a string")
  const space = item.string("namespace")
  const id = item.string("call_id") || item.string("id") || `call_${index}`
  forgetIdentity(item)
  const text = textOf(item.any(kind === "custom" ? "input" : "arguments"))
  return {
    type: "tool-call",
    id,
    name: namespaces.flat(space, name),
    // Calls without arguments come back as "" where an upstream streamed them so.
    arguments: kind === "function" && text.trim() === "" ? "{}" : text,
    kind,
    ...withExtras(item.rest()),
  }
}

/** `function_call_output` or `custom_tool_call_output`. */
export const decodeResult = (raw: JsonObject, path: string): Message => {
  const item = new Fields(raw, path)
  const callId = item.string("call_id")
  if (!callId) throw invalid(`${path}.call_id`, "is missing: an output names the call it answers")
  forgetIdentity(item)
  const output = item.any("output")
  const isStructure = typeof output === "object" && !Array.isArray(output)
  const content = decodeContent(isStructure ? JSON.stringify(output) : output, `${path}.output`)
  const name = item.string("name")
  return { role: "tool", callId, content, ...defined({ name }), ...withExtras(item.rest()) }
}
