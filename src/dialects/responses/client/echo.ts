import { type ChatRequest, gatewayExtras, isObject, type JsonObject } from "../../../contract/index.ts"

/** Fields of a request that its response repeats, and what stands there when the request left them out. */
const defaults: JsonObject = {
  background: false,
  frequency_penalty: null,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  presence_penalty: null,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: null,
  store: false,
  temperature: null,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  // As OpenAI prints it; clients of an earlier generation know no null here.
  top_logprobs: 0,
  top_p: null,
  truncation: "disabled",
  user: null,
}

const echoKey = "responses_echo"

/** Clients demand `parameters` of a function that they are told about, even where they left it out. */
const completeTool = (tool: unknown): JsonObject[] => {
  if (!isObject(tool)) return []
  return [
    tool.type === "function" ? { ...tool, parameters: tool.parameters ?? null, strict: tool.strict ?? null } : tool,
  ]
}

/** What the response to this body repeats of it; kept among the gateway's own fields, so that no upstream gets it twice. */
export const keepEcho = (body: JsonObject, metadata: ChatRequest["metadata"]): JsonObject => {
  const said = Object.keys(defaults).filter((key) => body[key] !== undefined && body[key] !== null)
  const echo: JsonObject = Object.fromEntries(said.map((key) => [key, body[key] ?? null]))
  if (Array.isArray(echo.tools)) echo.tools = echo.tools.flatMap(completeTool)
  if (metadata) echo.metadata = { ...metadata }
  return { [echoKey]: echo }
}

/** The fields that a response repeats, every one of them present. */
export const echoOf = (request: ChatRequest): JsonObject => {
  const kept = request.extras?.[gatewayExtras]?.[echoKey]
  const said = isObject(kept) ? kept : {}
  const whole = (key: "text" | "reasoning") => ({
    [key]: { ...Object(defaults[key]), ...Object(said[key]) } as JsonObject,
  })
  return { ...defaults, ...said, ...whole("text"), ...whole("reasoning") }
}
