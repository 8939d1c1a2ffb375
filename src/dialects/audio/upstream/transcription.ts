import {
  type Ability,
  type AbilityCall,
  emptyUsage,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type TranscriptionReply,
  type TranscriptionRequest,
  type TranscriptionSegment,
  type Usage,
} from "../../../contract/index.ts"
import { appendFields, badReply, formFile, jsonReply, type MediaEndpoint, postForm } from "../../media/endpoint.ts"
import { counted, decodeTokens } from "../../media/usage.ts"
import type { TimedWord } from "../subtitles.ts"
import { needsTimes } from "../transcription-reply.ts"

/** In what a vendor's transcription differs from OpenAI's. */
export interface TranscriptionQuirks {
  /** `verbose`: knows `verbose_json`. `none`: gives the text only. `diarized`: always times, with speakers. Default `verbose`. */
  readonly times?: "verbose" | "none" | "diarized"
  /** Times come without being asked for a format: only `timestamp_granularities` is sent (Mistral). */
  readonly granularitiesOnly?: boolean
  /** Lists are parts of the same name, without brackets behind it. */
  readonly bareLists?: boolean
  /** `false`: cannot translate into English. */
  readonly translation?: false
  readonly prompt?: false
  readonly path?: string
}

/** platform.openai.com/docs/guides/speech-to-text: only whisper has times and translates; the diarizing model times speakers. */
export const openAiTranscriptionQuirks = (model: string): TranscriptionQuirks => {
  if (/diarize/i.test(model)) return { times: "diarized", translation: false, prompt: false }
  if (/whisper/i.test(model)) return {}
  return /transcribe/i.test(model) ? { times: "none", translation: false } : {}
}

const unsupported = (words: string, param: string): GatewayError =>
  new GatewayError("unsupported_parameter", words, { param })

/** What this model cannot do is another one's to try; pretending would give subtitles without times. */
const check = (request: TranscriptionRequest, quirks: TranscriptionQuirks, model: string): void => {
  if (request.task === "translate" && quirks.translation === false)
    throw unsupported(`${model} does not translate; ask a whisper model`, "model")
  if (quirks.times === "none" && needsTimes(request))
    throw unsupported(`${model} gives no times; ask for response_format json or text`, "response_format")
}

const formatFields = (request: TranscriptionRequest, quirks: TranscriptionQuirks): Record<string, Json> => {
  if (quirks.granularitiesOnly) return needsTimes(request) ? { timestamp_granularities: wanted(request) } : {}
  if (quirks.times === "diarized")
    return { response_format: needsTimes(request) ? "diarized_json" : "json", chunking_strategy: "auto" }
  if (quirks.times === "none" || !needsTimes(request)) return { response_format: "json" }
  return { response_format: "verbose_json", timestamp_granularities: wanted(request) }
}

/** Segments unless only words are asked for, since subtitles are made of them. */
const wanted = ({ granularities }: TranscriptionRequest): string[] =>
  granularities.length === 0 ? ["segment"] : [...granularities]

const encode = (request: TranscriptionRequest, quirks: TranscriptionQuirks, call: AbilityCall): FormData => {
  const { prompt, extras: { response_format: own, ...extras } = {} } = request
  if (own !== undefined && quirks.times !== "diarized")
    call.lose({
      path: "response_format",
      action: "approximated",
      code: "format_approximated",
      reason: "the upstream tells no speakers",
    })
  if (prompt !== undefined && quirks.prompt === false)
    call.lose({ path: "prompt", action: "dropped", code: "parameter_unsupported", reason: "the model takes no prompt" })
  const form = new FormData()
  form.append("file", formFile(request.file))
  const fields = {
    model: call.model,
    // A translation has one language, that of its result.
    language: request.task === "translate" ? undefined : request.language,
    prompt: quirks.prompt === false ? undefined : prompt,
    temperature: request.temperature,
    ...formatFields(request, quirks),
    ...extras,
  }
  appendFields(form, fields, quirks.bareLists ? "" : "[]")
  if (request.task === "translate" && request.language !== undefined)
    call.lose({
      path: "language",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "translations are told no language",
    })
  return form
}

const number = (value: Json | undefined): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

const decodeSegment = (raw: Json): readonly TranscriptionSegment[] => {
  if (!isObject(raw) || typeof raw.text !== "string") return []
  const { start, end, text, ...extras } = raw
  const segment = { start: number(start) ?? 0, end: number(end) ?? number(start) ?? 0, text }
  return [Object.keys(extras).length === 0 ? segment : { ...segment, extras }]
}

const decodeWord = (raw: Json): readonly TimedWord[] => {
  if (!isObject(raw)) return []
  const word = raw.word ?? raw.text
  const [start, end] = [number(raw.start), number(raw.end)]
  return typeof word !== "string" || start === undefined ? [] : [{ word, start, end: end ?? start }]
}

/** By tokens or by seconds, whichever the upstream says. Mistral's token counts stand beside its seconds. */
const decodeUsage = (raw: Json | undefined, duration: number | undefined): Usage | undefined => {
  const usage: JsonObject = isObject(raw) ? raw : {}
  const seconds = number(usage.seconds) ?? number(usage.prompt_audio_seconds) ?? duration
  const counters = seconds === undefined ? undefined : { seconds }
  if (usage.input_tokens !== undefined || usage.prompt_tokens !== undefined)
    return decodeTokens(usage, "text", counters ?? {})
  const cost = number(usage.cost)
  if (counters === undefined) return cost === undefined ? undefined : { ...emptyUsage, reportedCostUsd: cost }
  return cost === undefined ? counted(counters) : { ...counted(counters), reportedCostUsd: cost }
}

export const decodeTranscriptionReply = (raw: JsonObject): TranscriptionReply => {
  if (typeof raw.text !== "string") throw badReply("The upstream answered without a text")
  const segments = Array.isArray(raw.segments) ? raw.segments.flatMap(decodeSegment) : undefined
  const words = Array.isArray(raw.words) ? raw.words.flatMap(decodeWord) : undefined
  const duration = number(raw.duration)
  const usage = decodeUsage(raw.usage, duration)
  return {
    text: raw.text,
    ...(typeof raw.language === "string" && raw.language !== "" ? { language: raw.language } : {}),
    ...(duration === undefined ? {} : { durationSeconds: duration }),
    ...(segments === undefined || (segments.length === 0 && words !== undefined) ? {} : { segments }),
    ...(words === undefined ? {} : { words }),
    ...(usage === undefined ? {} : { usage }),
  }
}

/** Transcription and translation by OpenAI's routes: the upstream is asked for what the client's format needs. */
export const openAiTranscription = (
  endpoint: MediaEndpoint,
  quirksOf: TranscriptionQuirks | ((model: string) => TranscriptionQuirks) = openAiTranscriptionQuirks,
): Ability<TranscriptionRequest, TranscriptionReply> => ({
  async run(request, call) {
    const quirks = typeof quirksOf === "function" ? quirksOf(call.model) : quirksOf
    check(request, quirks, call.model)
    const route = request.task === "translate" ? "audio/translations" : "audio/transcriptions"
    const response = await postForm(call, endpoint, quirks.path ?? route, encode(request, quirks, call))
    const reply = decodeTranscriptionReply(await jsonReply(response))
    if (needsTimes(request) && reply.segments === undefined && reply.words === undefined && reply.text.trim() !== "")
      throw unsupported(`${call.model} gave no times; ask for response_format json or text`, "response_format")
    return reply
  },
})
