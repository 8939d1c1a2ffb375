import type { Lose } from "signalbox/dialects"
import type { ChatRequest, JsonObject, Profile } from "signalbox/plugin"
import { answerToolName, dialectName } from "../formats.ts"

export interface Structured {
  /** The tool whose arguments are the answer. */
  readonly tool?: JsonObject
  /** Said in the system prompt. */
  readonly instruction?: string
}

const openSchema: JsonObject = { type: "object", additionalProperties: true }

/** How a structured answer is asked for where the model has no field of its own for it: with a tool, or in words. */
export const encodeStructured = (request: ChatRequest, profile: Profile, lose: Lose): Structured => {
  const asked = request.responseFormat
  if (!asked || asked.type === "text") return {}
  if (asked.type === "opaque") {
    if (asked.dialect !== dialectName)
      lose({
        path: "response_format",
        action: "dropped",
        code: "format_unsupported",
        reason: "the upstream has no such format",
      })
    return {}
  }
  // Claude's own field, written with its settings.
  if (asked.type === "json-schema" && profile.nativeSchema !== false) return {}
  const schema = asked.type === "json-schema" ? asked.schema : openSchema
  const name = answerToolName(request, profile)
  if (name !== undefined) {
    const about = asked.type === "json-schema" ? asked.description?.trim() : undefined
    const description = about || "Gives the answer in the form that the user asked for."
    const json = schema.type === "object" ? schema : { ...schema, type: "object" }
    return {
      tool: { toolSpec: { name, description, inputSchema: { json } } },
      instruction: `Give your final answer by calling the tool "${name}", not as text.`,
    }
  }
  lose({
    path: "response_format",
    action: "approximated",
    code: "format_approximated",
    reason: "the model has neither schemas nor tools here; it is asked in words",
  })
  const form = asked.type === "json-schema" ? ` It must match this JSON Schema: ${JSON.stringify(schema)}` : ""
  return { instruction: `Answer with one JSON object and nothing else: no Markdown fence, no text around it.${form}` }
}
