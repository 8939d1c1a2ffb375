import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

/** What the real API refuses. Undefined = the request is fine. */
export type Refusal = string | undefined

const topLevel = new Set(
  "contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent serviceTier labels".split(
    " ",
  ),
)
const partFields = new Set(
  "text inlineData fileData functionCall functionResponse thought thoughtSignature executableCode codeExecutionResult videoMetadata".split(
    " ",
  ),
)
const configFields = new Set(
  "maxOutputTokens temperature topP topK stopSequences seed frequencyPenalty presencePenalty responseLogprobs logprobs candidateCount responseMimeType responseJsonSchema responseSchema responseModalities speechConfig thinkingConfig mediaResolution".split(
    " ",
  ),
)

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Signatures of this fake cover the call or text, as the real ones do. */
export const signatureOf = (content: string): string => `c2ln${Bun.hash(content).toString(36)}`

const sentinel = "skip_thought_signature_validator"
const isThird = (model: string) => !/gemini-(?:1|2)|gemma/.test(model)

const unknownName = (name: string, at: string): string =>
  `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`

const checkPart = (part: JsonObject, at: string): Refusal => {
  for (const key of Object.keys(part)) if (!partFields.has(key)) return unknownName(key, at)
  const data = [
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
  ]
  if (data.filter((key) => part[key] !== undefined).length !== 1)
    return `${at}: required oneof field 'data' must have one initialized field`
  if (part.text === "" && part.thoughtSignature === undefined)
    return `${at}: Unable to submit request because it has an empty text parameter`
  if (isObject(part.inlineData) && (!part.inlineData.mimeType || !part.inlineData.data))
    return `${at}.inlineData: mimeType and data are required`
  if (isObject(part.fileData)) {
    const uri = String(part.fileData.fileUri)
    if (!/^(?:gs:|https:\/\/(?:generativelanguage\.googleapis|www\.youtube)\.com|https:\/\/youtu\.be)/.test(uri))
      return "Cannot fetch content from the provided URL."
  }
  if (isObject(part.functionResponse) && !part.functionResponse.name)
    return "GenerateContentRequest.contents.parts.function_response.name: Name cannot be empty."
  return undefined
}

const looksLikeSchema = (value: Json | undefined): boolean =>
  isObject(value)
    ? "$ref" in value || Object.values(value).some(looksLikeSchema)
    : Array.isArray(value) && value.some(looksLikeSchema)

/** Whether a part carries the signature that it was given; the vendor does not say what it covers. */
export type SignatureCheck = (signature: Json | undefined, part: JsonObject) => boolean

const coversArguments: SignatureCheck = (signature, { functionCall }) =>
  signature === signatureOf(JSON.stringify(isObject(functionCall) ? functionCall.args : {}))

const checkCalls = (model: string, calls: readonly JsonObject[], index: number, isSigned: SignatureCheck): Refusal => {
  const first = calls[0]
  if (!first || !isThird(model)) return undefined
  const signature = first.thoughtSignature
  if (signature === sentinel || isSigned(signature, first)) return undefined
  const name = isObject(first.functionCall) ? first.functionCall.name : ""
  return signature === undefined
    ? `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Function call \`${name}\`, position ${index + 1}.`
    : "Thought signature is not valid"
}

const checkContents = (model: string, body: JsonObject, isSigned: SignatureCheck): Refusal => {
  const contents = list(body.contents)
  if (contents.length === 0) return "GenerateContentRequest.contents: contents is not specified"
  let calls: JsonObject[] = []
  for (const [index, content] of contents.entries()) {
    const parts = list(content.parts)
    if (content.role !== "user" && content.role !== "model") return "Please use a valid role: user, model."
    if (content.role === contents[index - 1]?.role)
      return "Please ensure that multiturn requests alternate between user and model."
    if (index === 0 && content.role !== "user") return "Please ensure that the first content is of role user."
    if (parts.length === 0) return `contents[${index}].parts must not be empty.`
    for (const [at, part] of parts.entries()) {
      const refusal = checkPart(part, `contents[${index}].parts[${at}]`)
      if (refusal) return refusal
      if (looksLikeSchema(isObject(part.functionResponse) ? part.functionResponse.response : undefined))
        return "Unable to parse function response: unexpected $ref"
    }
    const responses = parts.filter((part) => part.functionResponse !== undefined)
    if (content.role === "user") {
      if (responses.length !== calls.length)
        return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."
      for (const [at, response] of responses.entries()) {
        const call = calls[at]?.functionCall
        const answer = response.functionResponse
        if (isObject(call) && isObject(answer) && (call.name !== answer.name || call.id !== answer.id))
          return "Function response does not match its function call."
      }
    }
    calls = parts.filter((part) => part.functionCall !== undefined)
    const refusal = checkCalls(model, calls, index, isSigned)
    if (refusal) return refusal
  }
  return calls.length > 0 ? "Please ensure that function call turn is followed by a function response turn." : undefined
}

const checkConfig = (model: string, body: JsonObject): Refusal => {
  const config = isObject(body.generationConfig) ? body.generationConfig : {}
  for (const key of Object.keys(config)) if (!configFields.has(key)) return unknownName(key, "generation_config")
  if (Array.isArray(config.stopSequences) && config.stopSequences.length > 5) return "stop_sequences: at most 5 allowed"
  if (/2\.5/.test(model) && (config.frequencyPenalty !== undefined || config.presencePenalty !== undefined))
    return "Penalty is not enabled for this model"
  const thinking = isObject(config.thinkingConfig) ? config.thinkingConfig : {}
  if (thinking.thinkingLevel !== undefined && thinking.thinkingBudget !== undefined)
    return "You can only set only one of thinking budget and thinking level."
  if (thinking.thinkingLevel !== undefined && !isThird(model)) return "Thinking level is not supported for this model."
  if (
    thinking.thinkingLevel !== undefined &&
    !["minimal", "low", "medium", "high"].includes(String(thinking.thinkingLevel))
  )
    return `Invalid value at 'generation_config.thinking_config.thinking_level': ${thinking.thinkingLevel}`
  if (thinking.thinkingBudget === 0 && (isThird(model) || /pro/.test(model)))
    return "Budget 0 is invalid. This model only works in thinking mode."
  const functions = list(body.tools).some((tool) => tool.functionDeclarations !== undefined)
  if (functions && config.responseMimeType === "application/json" && !isThird(model))
    return "Function calling with a response mime type: 'application/json' is unsupported"
  return undefined
}

const checkTools = (body: JsonObject): Refusal => {
  const names = new Set<Json>()
  for (const tool of list(body.tools))
    for (const declaration of list(tool.functionDeclarations)) {
      for (const key of Object.keys(declaration))
        if (!["name", "description", "parameters", "parametersJsonSchema", "response", "behavior"].includes(key))
          return unknownName(key, "tools[0].function_declarations[0]")
      if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(String(declaration.name)))
        return `Invalid function name: ${declaration.name}`
      names.add(declaration.name ?? null)
    }
  const config =
    isObject(body.toolConfig) && isObject(body.toolConfig.functionCallingConfig)
      ? body.toolConfig.functionCallingConfig
      : {}
  if (config.mode !== undefined && !["AUTO", "ANY", "NONE", "VALIDATED"].includes(String(config.mode)))
    return `Invalid mode ${config.mode}`
  for (const name of Array.isArray(config.allowedFunctionNames) ? config.allowedFunctionNames : [])
    if (!names.has(name)) return `Function calling config: allowed function ${name} is not declared`
  return undefined
}

export const validate = (model: string, body: JsonObject, isSigned = coversArguments): Refusal => {
  for (const key of Object.keys(body)) if (!topLevel.has(key)) return unknownName(key, "")
  const system = isObject(body.systemInstruction) ? list(body.systemInstruction.parts) : []
  if (system.length > 0 && /gemma/.test(model)) return "Developer instruction is not enabled for this model"
  return checkContents(model, body, isSigned) ?? checkConfig(model, body) ?? checkTools(body)
}
