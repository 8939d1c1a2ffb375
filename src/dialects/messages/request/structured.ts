import type { ChatRequest, JsonObject, Profile } from "../../../contract/index.ts"
import type { Lose } from "../../translate/index.ts"
import { dialectName, jsonToolName } from "../formats.ts"
import { cleanSchema } from "./schema.ts"

export interface Structured {
  /** `output_config.format`. */
  readonly format?: JsonObject
  /** The tool whose arguments are the answer. */
  readonly tool?: JsonObject
  /** Said in the system prompt. */
  readonly instruction?: string
}

const objectOnly = "Answer with one JSON object and nothing else: no Markdown fence, no text around it."

const openSchema: JsonObject = { type: "object", additionalProperties: true }

/** How a structured answer is asked for: natively, with the one-tool trick where the model cannot, or in words for plain JSON mode. */
export const encodeStructured = (request: ChatRequest, profile: Profile, lose: Lose): Structured => {
  const asked = request.responseFormat
  if (!asked || asked.type === "text") return {}
  if (asked.type === "opaque") {
    if (asked.dialect === dialectName) return { format: asked.data as JsonObject }
    lose({
      path: "response_format",
      action: "dropped",
      code: "format_approximated",
      reason: "the upstream has no such format",
    })
    return {}
  }
  const name = jsonToolName(request, profile)
  if (name !== undefined) {
    const schema = asked.type === "json-schema" ? asked.schema : openSchema
    const about = asked.type === "json-schema" ? asked.description : undefined
    return {
      tool: {
        name,
        description: about ?? "Gives the answer in the form that the user asked for.",
        input_schema: schema.type === "object" ? schema : { ...schema, type: "object" },
      },
      instruction: `Give your final answer by calling the tool "${name}", not as text.`,
    }
  }
  if (asked.type === "json-object") {
    lose({
      path: "response_format",
      action: "approximated",
      code: "format_unsupported",
      reason: "the upstream has no plain JSON mode; it is asked in words",
    })
    return { instruction: objectOnly }
  }
  const schema = cleanSchema(asked.schema, "response_format.json_schema.schema", lose)
  if (asked.description !== undefined && schema.description === undefined) schema.description = asked.description
  return { format: { type: "json_schema", schema } }
}
