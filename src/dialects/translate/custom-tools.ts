import type { JsonObject, Tool } from "../../contract/index.ts"

type CustomTool = Extract<Tool, { type: "custom" }>

/** A free-text tool for upstreams that know only functions: one argument, `input`, holds the text. */
export const customToolSchema = (tool: CustomTool): JsonObject => ({
  type: "object",
  properties: {
    input: {
      type: "string",
      description:
        tool.format === undefined || tool.format === null
          ? "The tool's whole input as plain text"
          : `The tool's whole input as plain text, in this format: ${JSON.stringify(tool.format)}`,
    },
  },
  required: ["input"],
  additionalProperties: false,
})

export const wrapCustomInput = (input: string): JsonObject => ({ input })

/** The free text inside the arguments that a model wrote for a wrapped tool; the arguments themselves if they are not of that form. */
export const unwrapCustomInput = (argumentsText: string): string => {
  try {
    const parsed: unknown = JSON.parse(argumentsText)
    if (typeof parsed === "object" && parsed !== null && "input" in parsed && typeof parsed.input === "string")
      return parsed.input
  } catch {
    // A model that wrote plain text instead of JSON wrote what the tool wants.
  }
  return argumentsText
}

export const customToolNames = (tools: readonly Tool[] | undefined): ReadonlySet<string> =>
  new Set((tools ?? []).flatMap((tool) => (tool.type === "custom" ? [tool.name] : [])))
