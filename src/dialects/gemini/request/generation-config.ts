import {
  type ChatRequest,
  type EncodeTarget,
  isObject,
  type Json,
  type JsonObject,
  type ResponseFormat,
} from "../../../contract/index.ts"
import { asksFor, dropSampling } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { encodeThinking } from "./thinking.ts"

/** ai.google.dev, generationConfig: up to five stop sequences. */
const mostStops = 5

/** The one keyword that `responseJsonSchema` lacks. */
const withoutConst = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutConst)
  if (!isObject(value)) return value
  const out: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    if (key === "const") out.enum = [inner]
    else out[key] = withoutConst(inner)
  }
  return out
}

export interface Structured {
  readonly config: JsonObject
  /** Said in the system prompt, where the API cannot be told. */
  readonly instruction?: string
}

const json = { responseMimeType: "application/json" }

/** How the answer's form is asked for. Beside function tools older models take no schema, and no model does when a call is forced. */
export const encodeFormat = (
  format: ResponseFormat | undefined,
  target: EncodeTarget,
  tools: { readonly declared: boolean; readonly forced: boolean },
): Structured => {
  if (!format || format.type === "text") return { config: {} }
  if (format.type === "opaque") {
    if (format.dialect === dialectName && isObject(format.data)) return { config: format.data }
    target.lose({
      path: "response_format",
      action: "dropped",
      code: "format_unsupported",
      reason: "the upstream has no such format",
    })
    return { config: {} }
  }
  const schema = format.type === "json-schema" ? withoutConst(format.schema) : undefined
  if (tools.declared && (tools.forced || !target.profile.toolsWithSchema)) {
    target.lose({
      path: "response_format",
      action: "approximated",
      code: "format_approximated",
      reason: "not together with tools here; asked for in words",
    })
    const form = schema === undefined ? "" : ` that follows this JSON Schema: ${JSON.stringify(schema)}`
    return { config: {}, instruction: `When you answer in text, write one JSON object${form} and nothing else.` }
  }
  return { config: schema === undefined ? json : { ...json, responseJsonSchema: schema } }
}

const stops = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const stop = request.stop?.filter((sequence) => sequence !== "") ?? []
  if (stop.length > mostStops)
    target.lose({
      path: "stop",
      action: "clamped",
      code: "parameter_clamped",
      reason: `the upstream takes ${mostStops} stop sequences`,
    })
  return stop.length === 0 ? {} : { stopSequences: stop.slice(0, mostStops) }
}

const outputLimit = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const asked = request.maxOutputTokens
  if (asked === undefined) return {}
  if (target.maxOutput === undefined || asked <= target.maxOutput) return { maxOutputTokens: asked }
  const reason = `${asked} to ${target.maxOutput}, the model's largest output`
  target.lose({ path: "max_tokens", action: "clamped", code: "parameter_clamped", reason })
  return { maxOutputTokens: target.maxOutput }
}

const sampling = ({ sampling: asked, choices }: ChatRequest, target: EncodeTarget): JsonObject => {
  const reason = "the upstream's API has no such field"
  dropSampling(asked, ["minP", "topA", "repetitionPenalty", "logitBias"], reason, target.lose)
  const highest = target.profile.maxTemperature ?? 2
  if ((asked.temperature ?? 0) > highest)
    target.lose({
      path: "temperature",
      action: "clamped",
      code: "parameter_clamped",
      reason: `${asked.temperature} to ${highest}`,
    })
  const all: Readonly<Record<string, Json | undefined>> = {
    temperature: asked.temperature === undefined ? undefined : Math.min(asked.temperature, highest),
    topP: asked.topP,
    topK: asksFor(asked, "topK") ? asked.topK : undefined,
    seed: asked.seed,
    frequencyPenalty: asksFor(asked, "frequencyPenalty") ? asked.frequencyPenalty : undefined,
    presencePenalty: asksFor(asked, "presencePenalty") ? asked.presencePenalty : undefined,
    responseLogprobs: asked.logprobs ? true : undefined,
    logprobs: asked.logprobs && asksFor(asked, "topLogprobs") ? asked.topLogprobs : undefined,
    candidateCount: (choices ?? 1) > 1 ? choices : undefined,
  }
  const out: JsonObject = {}
  for (const [field, value] of Object.entries(all)) if (value !== undefined) out[field] = value
  return out
}

/** What losses call the fields of `generationConfig`. */
const usualNames: Readonly<Record<string, string>> = {
  topP: "top_p",
  topK: "top_k",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  responseLogprobs: "logprobs",
  logprobs: "top_logprobs",
  candidateCount: "n",
  maxOutputTokens: "max_tokens",
  stopSequences: "stop",
  responseMimeType: "response_format",
  responseJsonSchema: "response_format",
  responseModalities: "modalities",
  thinkingConfig: "reasoning",
}

/** `generationConfig`, without the fields that the model refuses. */
export const encodeGenerationConfig = (request: ChatRequest, target: EncodeTarget, format: JsonObject): JsonObject => {
  const thinkingConfig = encodeThinking(request, target)
  const modalities = request.modalities?.map((modality) => modality.toUpperCase()) ?? []
  const config: JsonObject = {
    ...outputLimit(request, target),
    ...sampling(request, target),
    ...stops(request, target),
    ...format,
    // Text alone is what happens anyway; text-only models refuse the field's other values with a clear message.
    ...(modalities.some((modality) => modality !== "TEXT") ? { responseModalities: modalities } : {}),
    ...(thinkingConfig ? { thinkingConfig } : {}),
  }
  for (const field of target.profile.dropFields ?? []) {
    if (config[field] === undefined) continue
    delete config[field]
    target.lose({
      path: usualNames[field] ?? field,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the model refuses this field",
    })
  }
  return config
}
