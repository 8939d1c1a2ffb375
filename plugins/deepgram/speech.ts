import {
  dropAsked,
  dropExtras,
  dropParameter,
  type MediaEndpoint,
  madeFormat,
  postJson,
  readSpeech,
  withQuery,
} from "signalbox/dialects"
import type { Ability, AbilityCall, SpeechFormat, SpeechReply, SpeechRequest } from "signalbox/plugin"

/** developers.deepgram.com/docs/tts-media-output-settings. */
const outputs: Readonly<Record<SpeechFormat, Readonly<Record<string, string>>>> = {
  mp3: { encoding: "mp3" },
  opus: { encoding: "opus", container: "ogg" },
  aac: { encoding: "aac" },
  flac: { encoding: "flac" },
  wav: { encoding: "linear16", container: "wav" },
  pcm: { encoding: "linear16", container: "none", sample_rate: "24000" },
}

/** A model is a family and a voice in one name: `aura-2` with the voice `thalia-en` is `aura-2-thalia-en`. */
const modelOf = ({ voice }: SpeechRequest, call: AbilityCall): string => {
  if (voice === undefined) return call.model
  if (/^aura(?:-\d+)?$/.test(call.model)) return `${call.model}-${voice}`
  if (!call.model.includes(voice)) dropParameter(call, "voice", "the name of the model is its voice")
  return call.model
}

/** Speech by `/speak`. */
export const speech = (endpoint: MediaEndpoint): Ability<SpeechRequest, SpeechReply> => ({
  serves: (model) => model.startsWith("aura"),
  async run(request, call) {
    const { speed, instructions, input, extras } = request
    dropAsked(call, { speed, instructions }, "the upstream has no such parameter")
    dropExtras(call, extras)
    const format = madeFormat(request, undefined, call)
    const asked = withQuery(endpoint, { model: modelOf(request, call), ...outputs[format] })
    return readSpeech(await postJson(call, asked, "speak", { text: input }, "*/*"), format, input, call)
  },
})
