import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value : []).filter(isObject)

const topFields = new Set([
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "guardrailConfig",
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "performanceConfig",
  "promptVariables",
  "requestMetadata",
  "serviceTier",
])
const blockKinds = new Set([
  "text",
  "image",
  "document",
  "video",
  "audio",
  "toolUse",
  "toolResult",
  "reasoningContent",
  "cachePoint",
  "guardContent",
])
const inferenceFields = new Set(["maxTokens", "temperature", "topP", "stopSequences"])

const checkBlock = (block: JsonObject, names: Set<string>): string | undefined => {
  const kinds = Object.keys(block)
  if (kinds.length !== 1 || !blockKinds.has(kinds[0] ?? "")) return `a block of ${kinds.join("+")}`
  if (typeof block.text === "string" && block.text.trim() === "")
    return "The text field in the ContentBlock object is blank"
  const { document, toolUse, toolResult, image, cachePoint } = block
  if (isObject(document)) {
    const name = String(document.name)
    if (!/^[a-zA-Z0-9()[\]-]+(?: [a-zA-Z0-9()[\]-]+)*$/.test(name) || name.length > 200)
      return `document name ${JSON.stringify(name)}`
    if (names.has(name)) return "Duplicate document names"
    names.add(name)
  }
  if (isObject(image) && (!isObject(image.source) || !["png", "jpeg", "gif", "webp"].includes(String(image.format))))
    return "image"
  if (isObject(toolUse) && !isObject(toolUse.input))
    return "The format of the value at toolUse.input is invalid. Provide a json object"
  if (isObject(toolUse) && !/^[a-zA-Z0-9_-]{1,64}$/.test(String(toolUse.name))) return "toolUse.name"
  if (isObject(cachePoint) && cachePoint.type !== "default") return "cachePoint"
  if (isObject(toolResult)) {
    if (!Array.isArray(toolResult.content) || toolResult.content.length === 0) return "toolResult.content"
    for (const inner of listOf(toolResult.content)) {
      const problem = checkBlock(inner, names)
      if (problem) return problem
    }
    if (toolResult.status === "error" && listOf(toolResult.content).some((inner) => inner.image))
      return "image in an error result"
  }
  return undefined
}

const checkTurns = (messages: readonly JsonObject[], model: string): string | undefined => {
  const names = new Set<string>()
  let open: string[] = []
  for (const [at, { role, content }] of messages.entries()) {
    if (role !== (at % 2 === 0 ? "user" : "assistant"))
      return "A conversation must alternate between user and assistant roles, and start with a user message"
    const blocks = listOf(content)
    if (blocks.length === 0) return "The content field is empty"
    for (const block of blocks) {
      const problem = checkBlock(block, names)
      if (problem) return problem
    }
    if (blocks.some(({ document }) => document) && !blocks.some(({ text }) => text))
      return "a message with a document must also have a text"
    const results = blocks.flatMap(({ toolResult }) => (isObject(toolResult) ? [String(toolResult.toolUseId)] : []))
    if (JSON.stringify(results) !== JSON.stringify(open))
      return `Expected toolResult blocks for ${open.join()}, got ${results.join()}`
    open = blocks.flatMap(({ toolUse }) => (isObject(toolUse) ? [String(toolUse.toolUseId)] : []))
    if (model.includes("mistral.") && open.some((id) => !/^[a-zA-Z0-9]{9}$/.test(id)))
      return "Tool call id must be a-z, A-Z, 0-9, with a length of 9"
  }
  return open.length > 0 ? "toolUse without toolResult" : undefined
}

const points = (value: Json | undefined): number =>
  Array.isArray(value)
    ? value.reduce((sum: number, entry) => sum + points(entry), 0)
    : isObject(value)
      ? (value.cachePoint === undefined ? 0 : 1) + points(value.content)
      : 0

/** What Converse refuses, as its own validation does; undefined = fine. */
export const converseProblem = (body: JsonObject, model: string): string | undefined => {
  const odd = Object.keys(body).find((name) => !topFields.has(name))
  if (odd) return `extraneous key [${odd}] is not permitted`
  const messages = listOf(body.messages)
  if (messages.length === 0) return "messages is empty"
  for (const block of listOf(body.system)) {
    const problem = checkBlock(block, new Set())
    if (problem) return problem
  }
  const oddSetting = Object.keys(isObject(body.inferenceConfig) ? body.inferenceConfig : {}).find(
    (name) => !inferenceFields.has(name),
  )
  if (oddSetting) return `extraneous key [${oddSetting}] is not permitted in inferenceConfig`
  const { temperature } = isObject(body.inferenceConfig) ? body.inferenceConfig : {}
  if (typeof temperature === "number" && temperature > 1) return "temperature must be at most 1"
  const config = isObject(body.toolConfig) ? body.toolConfig : undefined
  if (config && listOf(config.tools).length === 0) return "toolConfig.tools is empty"
  const toolBlocks = messages.some(({ content }) =>
    listOf(content).some(({ toolUse, toolResult }) => toolUse || toolResult),
  )
  if (toolBlocks && !config)
    return "The toolConfig field must be defined when using toolUse and toolResult content blocks."
  for (const { toolSpec } of listOf(config?.tools)) {
    if (toolSpec === undefined) continue
    const { name, description, inputSchema } = isObject(toolSpec) ? toolSpec : {}
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(name))) return `tool name ${String(name)}`
    if (description !== undefined && String(description).trim() === "") return "toolSpec.description is blank"
    if (!isObject(inputSchema) || !isObject(inputSchema.json) || inputSchema.json.type !== "object")
      return "inputSchema.json.type must be object"
  }
  if (points(body.system ?? []) + points(body.messages) + points(config?.tools ?? []) > 4)
    return "too many cache points"
  return checkTurns(messages, model)
}

/** What InvokeModel refuses of a body for Claude. */
export const invokeProblem = (body: JsonObject): string | undefined => {
  if (body.anthropic_version !== "bedrock-2023-05-31") return "anthropic_version: Field required"
  for (const name of ["model", "stream", "service_tier", "metadata_extra", "mcp_servers", "container"])
    if (body[name] !== undefined) return `${name}: Extra inputs are not permitted`
  if (typeof body.max_tokens !== "number") return "max_tokens: Field required"
  for (const tool of listOf(body.tools))
    if ("eager_input_streaming" in tool) return "tools.0.eager_input_streaming: Extra inputs are not permitted"
  if (isObject(body.tool_choice) && "disable_parallel_tool_use" in body.tool_choice)
    return "tool_choice.disable_parallel_tool_use: Extra inputs are not permitted"
  const text = JSON.stringify(body.messages ?? "")
  if (text.includes('"type":"url"')) return "URL sources are not supported"
  const betas = Array.isArray(body.anthropic_beta) ? body.anthropic_beta : []
  return betas.some((beta) => String(beta).startsWith("claude-code-")) ? "invalid beta flag" : undefined
}
