import {
  appendFields,
  decodeTranscriptionReply,
  dropAsked,
  dropParameter,
  formFile,
  jsonReply,
  type MediaEndpoint,
  madeFormat,
  postForm,
  postJson,
  readSpeech,
} from "signalbox/dialects"
import {
  type Ability,
  GatewayError,
  type SpeechReply,
  type SpeechRequest,
  type TranscriptionReply,
  type TranscriptionRequest,
} from "signalbox/plugin"

/** docs.x.ai/docs/guides/voice: one speaking model, chosen by its voice. */
const usualVoice = "eve"

/** Speech by `/tts`. */
export const xaiSpeech = (endpoint: MediaEndpoint): Ability<SpeechRequest, SpeechReply> => ({
  async run(request, call) {
    const format = madeFormat(request, ["mp3", "wav", "pcm"], call)
    if (request.instructions !== undefined)
      dropParameter(call, "instructions", "the upstream takes speech tags inside the text instead")
    const body = {
      text: request.input,
      voice_id: request.voice ?? usualVoice,
      language: "auto",
      output_format: { codec: format },
      ...(request.speed === undefined ? {} : { speed: request.speed }),
      ...request.extras,
    }
    return readSpeech(await postJson(call, endpoint, "tts", body, "*/*"), format, request.input, call)
  },
})

/** Transcription by `/stt`, which times words whether asked or not. */
export const xaiTranscription = (endpoint: MediaEndpoint): Ability<TranscriptionRequest, TranscriptionReply> => ({
  async run(request, call) {
    if (request.task === "translate")
      throw new GatewayError("unsupported_parameter", "xAI does not translate; ask a whisper model", { param: "model" })
    dropAsked(call, { prompt: request.prompt, temperature: request.temperature }, "the upstream takes none")
    const { response_format: _, ...extras } = request.extras ?? {}
    const form = new FormData()
    appendFields(form, { language: request.language, ...extras })
    // Fields behind the file are not read.
    form.append("file", formFile(request.file))
    return decodeTranscriptionReply(await jsonReply(await postForm(call, endpoint, "stt", form)))
  },
})
