import {
  asWav,
  dropParameter,
  type MediaEndpoint,
  madeFormat,
  postJson,
  readSpeech,
  withQuery,
} from "signalbox/dialects"
import {
  type Ability,
  type AbilityCall,
  isObject,
  type JsonObject,
  type SpeechFormat,
  type SpeechReply,
  type SpeechRequest,
} from "signalbox/plugin"

/** elevenlabs.io/docs/api-reference/text-to-speech: `output_format` names codec, rate and bits. PCM as OpenAI gives it. */
const outputFormats: Readonly<Partial<Record<SpeechFormat, string>>> = {
  mp3: "mp3_44100_128",
  opus: "opus_48000_128",
  pcm: "pcm_24000",
  wav: "pcm_24000",
}
const pcmRate = 24_000

/** "Rachel", the voice of the vendor's own examples. */
const usualVoice = "21m00Tcm4TlvDq8ikWAM"

/** Speeds outside of this are refused. */
const slowest = 0.7
const fastest = 1.2

const made: readonly SpeechFormat[] = ["mp3", "opus", "pcm", "wav"]

const speedOf = ({ speed }: SpeechRequest, call: AbilityCall): number | undefined => {
  if (speed === undefined) return undefined
  const nearest = Math.min(fastest, Math.max(slowest, speed))
  if (nearest !== speed)
    call.lose({
      path: "speed",
      action: "clamped",
      code: "parameter_clamped",
      reason: `the upstream takes ${slowest} to ${fastest}`,
    })
  return nearest
}

const encode = (request: SpeechRequest, call: AbilityCall): JsonObject => {
  if (request.instructions !== undefined) dropParameter(call, "instructions", "the upstream takes no instructions")
  const { voice_settings: given, ...extras } = request.extras ?? {}
  const speed = speedOf(request, call)
  const settings = { ...(isObject(given) ? given : {}), ...(speed === undefined ? {} : { speed }) }
  return {
    text: request.input,
    model_id: call.model,
    ...extras,
    ...(Object.keys(settings).length === 0 ? {} : { voice_settings: settings }),
  }
}

/** Speech by `/v1/text-to-speech/{voice}`; the bytes are passed on as they come. */
export const speech = (endpoint: MediaEndpoint): Ability<SpeechRequest, SpeechReply> => ({
  async run(request, call) {
    const format = madeFormat(request, made, call)
    const path = `v1/text-to-speech/${encodeURIComponent(request.voice ?? usualVoice)}`
    const withFormat = withQuery(endpoint, { output_format: outputFormats[format] })
    const response = await postJson(call, withFormat, path, encode(request, call), "*/*")
    if (format !== "wav") return readSpeech(response, format, request.input, call)
    return asWav(await readSpeech(response, "pcm", request.input, call), { rate: pcmRate })
  },
})
