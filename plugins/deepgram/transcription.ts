import {
  badReply,
  counted,
  dropAsked,
  jsonReply,
  type MediaEndpoint,
  type TimedWord,
  withQuery,
} from "signalbox/dialects"
import {
  type Ability,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type TranscriptionReply,
  type TranscriptionRequest,
} from "signalbox/plugin"

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
const first = (value: Json | undefined): JsonObject => (Array.isArray(value) ? objectOf(value[0]) : {})

/** With smart formatting a word has its spelling in `punctuated_word`. */
const wordsOf = (value: Json | undefined): readonly TimedWord[] =>
  (Array.isArray(value) ? value.filter(isObject) : []).flatMap(({ word, punctuated_word: written, start, end }) => {
    const text = written ?? word
    return typeof text === "string" && typeof start === "number" && typeof end === "number"
      ? [{ word: text, start, end }]
      : []
  })

const decode = (raw: JsonObject): TranscriptionReply => {
  const channel = first(objectOf(raw.results).channels)
  const best = first(channel.alternatives)
  if (typeof best.transcript !== "string") throw badReply("Deepgram answered without a transcript")
  const words = wordsOf(best.words)
  const { duration } = objectOf(raw.metadata)
  return {
    text: best.transcript,
    words,
    ...(typeof channel.detected_language === "string" ? { language: channel.detected_language } : {}),
    ...(typeof duration === "number" ? { durationSeconds: duration, usage: counted({ seconds: duration }) } : {}),
  }
}

const queryOf = (request: TranscriptionRequest, model: string): Record<string, string> => {
  const { response_format: diarized, ...extras } = request.extras ?? {}
  const query: Record<string, string> = { model, smart_format: "true" }
  if (request.language === undefined) query.detect_language = "true"
  else query.language = request.language
  if (diarized !== undefined) query.diarize = "true"
  for (const [name, value] of Object.entries(extras))
    query[name] = typeof value === "object" ? JSON.stringify(value) : String(value)
  return query
}

/** Transcription by `/listen`: the audio is the body, everything else stands in the address. */
export const transcription = (endpoint: MediaEndpoint): Ability<TranscriptionRequest, TranscriptionReply> => ({
  serves: (model) => !model.startsWith("aura"),
  async run(request, call) {
    if (request.task === "translate")
      throw new GatewayError("unsupported_parameter", "Deepgram does not translate; ask a whisper model", {
        param: "model",
      })
    dropAsked(call, { prompt: request.prompt, temperature: request.temperature }, "the upstream takes none")
    const { url, headers } = withQuery(endpoint, queryOf(request, call.model))("listen", call.model)
    const { bytes, mime } = request.file
    const response = await call.send({
      url,
      headers: { accept: "application/json", "content-type": mime, ...headers },
      body: bytes,
    })
    return decode(await jsonReply(response))
  },
})
