import { type ChatRequest, type EncodeTarget, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { dropForeignExtras } from "../../translate/index.ts"
import { dialectName, geminiToolNames } from "../formats.ts"
import { encodeContents } from "./contents.ts"
import { encodeFormat, encodeGenerationConfig } from "./generation-config.ts"
import { encodeTools } from "./tools.ts"

/** A breakpoint has no form in this API. */
const dropBreakpoints = ({ cache, messages, tools = [] }: ChatRequest, lose: EncodeTarget["lose"]): void => {
  const places = [
    ...(cache === undefined ? [] : [""]),
    ...messages.flatMap(({ content }, index) =>
      content.flatMap((part, at) => (part.cache === undefined ? [] : [`messages[${index}].content[${at}].`])),
    ),
    ...tools.flatMap((tool, index) => ("cache" in tool && tool.cache !== undefined ? [`tools[${index}].`] : [])),
  ]
  for (const place of places)
    lose({
      path: `${place}cache_control`,
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: "the upstream caches by itself",
    })
}

const dropUnsupported = (request: ChatRequest, { lose }: EncodeTarget): void => {
  const drop = (path: string, reason: string) =>
    lose({ path, action: "dropped", code: "parameter_unsupported", reason })
  dropBreakpoints(request, lose)
  if (request.metadata && Object.keys(request.metadata).length > 0) drop("metadata", "the upstream has no such field")
  if (request.user !== undefined) drop("user", "the upstream has no such field")
  if (request.promptCacheKey !== undefined) drop("prompt_cache_key", "the upstream caches by itself")
  if (request.verbosity !== undefined) drop("verbosity", "the upstream has no such field")
  dropForeignExtras(request.extras, dialectName, "", lose)
}

/** `auto` and `default` are what happens without the field. */
const serviceTier = ({ serviceTier: tier }: ChatRequest): JsonObject =>
  tier === undefined || tier === "auto" || tier === "default" ? {} : { serviceTier: tier }

/** A chat request as the body of `:generateContent` and `:streamGenerateContent`; the model's name is part of the URL. */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile, lose } = target
  const names = geminiToolNames(request)
  dropUnsupported(request, target)
  const { system, contents } = encodeContents(request, { profile, names, lose })
  const { tools, toolConfig, declared, forced } = encodeTools(request, profile, names, lose)
  const format = encodeFormat(request.responseFormat, target, { declared, forced })
  const instructions = [...system, ...(format.instruction ? [{ text: format.instruction }] : [])]
  if (profile.noSystem) contents[0]?.parts.unshift(...instructions.splice(0))
  const { generationConfig: own, toolConfig: ownTools, ...extras } = request.extras?.[dialectName] ?? {}
  const config = { ...encodeGenerationConfig(request, target, format.config), ...(isObject(own) ? own : {}) }
  const body: JsonObject = {
    contents: contents.map(({ role, parts }): JsonObject => ({ role, parts })),
    ...(instructions.length > 0 ? { systemInstruction: { parts: instructions } } : {}),
    ...(tools ? { tools } : {}),
    ...(toolConfig || isObject(ownTools)
      ? { toolConfig: { ...(isObject(ownTools) ? ownTools : {}), ...toolConfig } }
      : {}),
    ...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
    ...serviceTier(request),
    ...extras,
  }
  for (const [field, value] of Object.entries(profile.extraBody ?? {})) body[field] ??= value as Json
  return body
}
