import { dropForeignExtras, type Lose } from "signalbox/dialects"
import {
  type ChatRequest,
  type EncodeTarget,
  type Extras,
  isObject,
  type Json,
  type JsonObject,
  type ResponseFormat,
} from "signalbox/plugin"
import { cohereToolNames, dialectName } from "../formats.ts"
import { encodeLimits, encodeSampling, encodeThinking } from "./fields.ts"
import { encodeMessages } from "./messages.ts"
import { encodeTools } from "./tools.ts"

/** Fields that only Cohere has: whoever names one means it, whatever format the rest of the request is in. */
const ownFields = ["documents", "citation_options", "safety_mode", "strict_tools", "priority"]

/** Cohere's fields, and what is left for the report. */
const sortExtras = (extras: Extras | undefined): { readonly own: JsonObject; readonly foreign: Extras } => {
  const own: JsonObject = {}
  const foreign: Record<string, JsonObject> = {}
  for (const [dialect, fields] of Object.entries(extras ?? {}))
    for (const [name, value] of Object.entries(fields)) {
      if (dialect === dialectName || ownFields.includes(name)) own[name] = value
      else foreign[dialect] = { ...foreign[dialect], [name]: value }
    }
  return { own, foreign }
}

const dropUnsupported = (request: ChatRequest, foreign: Extras, lose: Lose): void => {
  const drop = (path: string, reason: string) =>
    lose({ path, action: "dropped", code: "parameter_unsupported", reason })
  const noField = "the upstream has no such field"
  if ((request.choices ?? 1) > 1) drop("n", "the upstream gives one answer per request")
  if (request.metadata && Object.keys(request.metadata).length > 0) drop("metadata", noField)
  if (request.user !== undefined) drop("user", noField)
  if (request.promptCacheKey !== undefined) drop("prompt_cache_key", "the upstream caches by itself")
  if (request.verbosity !== undefined) drop("verbosity", noField)
  if (request.serviceTier !== undefined && !["auto", "default"].includes(request.serviceTier))
    drop("service_tier", noField)
  if (request.modalities?.some((modality) => modality !== "text"))
    drop("modalities", "the upstream answers in text only")
  if (request.cache !== undefined)
    lose({
      path: "cache_control",
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: "the upstream caches by itself",
    })
  dropForeignExtras(foreign, dialectName, "", lose)
}

interface Structured {
  readonly field: JsonObject
  /** Said to the model, where the API cannot be told. */
  readonly instruction?: string
}

/** docs.cohere.com/reference/chat: `response_format` is not supported together with `tools` or `documents`. */
const encodeFormat = (format: ResponseFormat | undefined, isFree: boolean, lose: Lose): Structured => {
  if (!format || format.type === "text") return { field: {} }
  if (format.type === "opaque") {
    if (format.dialect === dialectName && isObject(format.data)) return { field: { response_format: format.data } }
    lose({
      path: "response_format",
      action: "dropped",
      code: "format_unsupported",
      reason: "the upstream has no such format",
    })
    return { field: {} }
  }
  const schema = format.type === "json-schema" ? format.schema : undefined
  if (isFree) {
    const json = { type: "json_object", ...(schema === undefined ? {} : { json_schema: schema }) }
    return { field: { response_format: json } }
  }
  lose({
    path: "response_format",
    action: "approximated",
    code: "format_approximated",
    reason: "not together with tools or documents here; asked for in words",
  })
  const form = schema === undefined ? "" : ` that follows this JSON Schema: ${JSON.stringify(schema)}`
  return { field: {}, instruction: `When you answer in text, write one JSON object${form} and nothing else.` }
}

/** Drops what the operator says is refused and adds what is wanted; a field that the client set stays. */
const finish = (body: JsonObject, { profile, lose }: EncodeTarget): JsonObject => {
  for (const field of profile.dropFields ?? []) {
    if (body[field] === undefined) continue
    delete body[field]
    lose({
      path: field,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the upstream refuses this field",
    })
  }
  for (const [field, value] of Object.entries(profile.extraBody ?? {})) body[field] ??= value as Json
  return body
}

/** A chat request as the body of `POST /v2/chat`. */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { profile, lose } = target
  const names = cohereToolNames(request)
  const { own, foreign } = sortExtras(request.extras)
  dropUnsupported(request, foreign, lose)
  const wantsJson = request.responseFormat !== undefined && request.responseFormat.type !== "text"
  const documents: JsonObject[] = []
  const messages = encodeMessages(request, { profile, names, lose, documents: wantsJson ? undefined : documents })
  const tools = encodeTools(request, { names, profile, lose })
  const isFree = tools.tools === undefined && own.documents === undefined
  const structured = encodeFormat(request.responseFormat, isFree, lose)
  if (structured.instruction) messages.unshift({ role: "system", content: structured.instruction })
  const given = Array.isArray(own.documents) ? own.documents : []
  const body: JsonObject = {
    model: target.model,
    messages,
    ...(request.stream ? { stream: true } : {}),
    ...tools,
    ...structured.field,
    ...encodeLimits(request, target),
    ...encodeSampling(request, target),
    ...encodeThinking(request, target),
    ...own,
    ...(documents.length + given.length > 0 ? { documents: [...given, ...documents] } : {}),
  }
  return finish(body, target)
}
