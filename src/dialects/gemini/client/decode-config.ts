import type { ChatRequest, Effort, JsonObject, ReasoningRequest, ResponseFormat } from "../../../contract/index.ts"
import { defined, Fields } from "../../body/fields.ts"
import { dialectName } from "../formats.ts"
import { jsonSchema } from "./schema.ts"

const efforts: ReadonlySet<string> = new Set(["minimal", "low", "medium", "high", "xhigh", "max"])

/** A level or a budget in tokens; budget -1 leaves it to the model, 0 is off. Levels that nobody knows are for Gemini alone. */
const decodeThinking = (config: Fields, unread: JsonObject): ReasoningRequest | undefined => {
  const raw = config.object("thinkingConfig")
  if (!raw) return undefined
  const thinking = new Fields(raw, "generationConfig.thinkingConfig")
  const budget = thinking.integer("thinkingBudget", -1)
  const level = thinking.string("thinkingLevel")?.toLowerCase()
  const shown = thinking.boolean("includeThoughts")
  const isKnown = level !== undefined && efforts.has(level)
  const unknown = level !== undefined && !isKnown && level !== "thinking_level_unspecified"
  if (unknown || Object.keys(thinking.rest()).length > 0) {
    unread.thinkingConfig = raw
    return undefined
  }
  const exclude = shown === false ? { exclude: true } : {}
  if (isKnown) return { effort: level as Effort, ...exclude }
  if (budget === 0) return { effort: "none" }
  if (budget !== undefined && budget > 0) return { budget, ...exclude }
  return budget === -1 || shown === true ? { enabled: true, ...exclude } : { ...exclude }
}

const decodeFormat = (config: Fields): ResponseFormat | undefined => {
  const mime = config.string("responseMimeType")?.toLowerCase()
  const older = config.object("responseSchema")
  const schema = config.object("responseJsonSchema") ?? config.object("_responseJsonSchema")
  const any = schema ?? (older && jsonSchema(older))
  if (mime === "application/json" || (mime === undefined && any))
    return any ? { type: "json-schema", name: "response", schema: any } : { type: "json-object" }
  if (mime === undefined || mime === "text/plain") return undefined
  // One word out of a list (`text/x.enum`), and what is not text at all.
  const data = defined({ responseMimeType: mime, responseSchema: older, responseJsonSchema: schema })
  return { type: "opaque", dialect: dialectName, data: data as JsonObject }
}

export type DecodedConfig = Pick<
  ChatRequest,
  "sampling" | "maxOutputTokens" | "stop" | "choices" | "modalities" | "reasoning" | "responseFormat"
>

/** `generationConfig`: what has a general meaning, and the rest, which only Gemini knows (`speechConfig`, `mediaResolution` …). */
export const decodeConfig = (
  raw: JsonObject | undefined,
): { readonly fields: DecodedConfig; readonly rest: JsonObject } => {
  const config = new Fields(raw ?? {}, "generationConfig")
  const unread: JsonObject = {}
  const stop = config.strings("stopSequences")
  const modalities = config.strings("responseModalities")?.map((modality) => modality.toLowerCase())
  const fields = {
    sampling: defined({
      temperature: config.number("temperature"),
      topP: config.number("topP"),
      topK: config.number("topK"),
      seed: config.integer("seed", Number.MIN_SAFE_INTEGER),
      frequencyPenalty: config.number("frequencyPenalty"),
      presencePenalty: config.number("presencePenalty"),
      logprobs: config.boolean("responseLogprobs"),
      topLogprobs: config.integer("logprobs", 0),
    }),
    ...defined({
      maxOutputTokens: config.integer("maxOutputTokens", 1),
      choices: config.integer("candidateCount", 1),
      stop: stop && stop.length > 0 ? stop : undefined,
      modalities: modalities && modalities.length > 0 ? modalities : undefined,
      reasoning: decodeThinking(config, unread),
      responseFormat: decodeFormat(config),
    }),
  }
  return { fields, rest: { ...config.rest(), ...unread } }
}
