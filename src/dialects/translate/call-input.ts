import { isObject, type Json, type JsonObject, type ToolCallContent } from "../../contract/index.ts"
import { wrapCustomInput } from "./custom-tools.ts"
import type { Lose } from "./losses.ts"

/** The arguments of a call for upstreams that take an object instead of JSON text. Blank = no arguments. */
export const callInput = (content: ToolCallContent, path: string, lose: Lose): JsonObject => {
  if (content.kind === "custom") return wrapCustomInput(content.arguments)
  if (content.arguments.trim() === "") return {}
  try {
    const parsed = JSON.parse(content.arguments) as Json
    if (isObject(parsed)) return parsed
  } catch {
    // Falls through: what is not JSON is as little an object as a JSON list is.
  }
  lose({ path, action: "dropped", code: "message_approximated", reason: "the call's arguments are not a JSON object" })
  return {}
}
