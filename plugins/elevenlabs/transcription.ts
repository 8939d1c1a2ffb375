import {
  appendFields,
  counted,
  decodeTranscriptionReply,
  dropAsked,
  formFile,
  jsonReply,
  type MediaEndpoint,
  needsTimes,
  postForm,
} from "signalbox/dialects"
import {
  type Ability,
  GatewayError,
  isObject,
  type JsonObject,
  type TranscriptionReply,
  type TranscriptionRequest,
} from "signalbox/plugin"

/** The list holds the spaces between words, and sounds like `(laughter)`, as words of another type. */
const spokenWords = (reply: JsonObject): JsonObject => {
  const words = Array.isArray(reply.words) ? reply.words.filter(isObject) : []
  return { ...reply, words: words.filter(({ type }) => type === undefined || type === "word") }
}

/** elevenlabs.io/docs/api-reference/speech-to-text. */
export const transcription = (endpoint: MediaEndpoint): Ability<TranscriptionRequest, TranscriptionReply> => ({
  async run(request, call) {
    if (request.task === "translate")
      throw new GatewayError("unsupported_parameter", "ElevenLabs does not translate; ask a whisper model", {
        param: "model",
      })
    dropAsked(call, { prompt: request.prompt }, "the upstream takes no prompt")
    const { response_format: own, ...extras } = request.extras ?? {}
    const form = new FormData()
    appendFields(form, {
      model_id: call.model,
      language_code: request.language,
      temperature: request.temperature,
      // Asked for always: the end of the last word tells what was billed.
      timestamps_granularity: "word",
      ...(own === undefined ? {} : { diarize: true }),
      ...extras,
    })
    form.append("file", formFile(request.file))
    const raw = spokenWords(await jsonReply(await postForm(call, endpoint, "v1/speech-to-text", form)))
    const { words, ...reply } = decodeTranscriptionReply({ ...raw, language: raw.language_code ?? null })
    const seconds = reply.durationSeconds ?? lengthOf(raw) ?? words?.at(-1)?.end
    return {
      ...reply,
      ...(words === undefined || !needsTimes(request) ? {} : { words }),
      ...(seconds === undefined ? {} : { durationSeconds: seconds, usage: counted({ seconds }) }),
    }
  },
})

const lengthOf = (raw: JsonObject): number | undefined =>
  typeof raw.audio_duration_secs === "number" ? raw.audio_duration_secs : undefined
