import {
  base64Of,
  charactersOf,
  counted,
  dropAsked,
  madeFormat,
  needsTimes,
  segmentsOfWords,
  wrapWav,
} from "signalbox/dialects"
import {
  type Ability,
  GatewayError,
  type ImageReply,
  type ImageRequest,
  type SpeechReply,
  type SpeechRequest,
  type TranscriptionReply,
  type TranscriptionRequest,
} from "signalbox/plugin"
import { picture } from "./picture.ts"

const known =
  (name: string) =>
  (model: string): boolean =>
    model.replace(/^mock\//, "") === name

const check = (name: string, model: string): void => {
  if (known(name)(model)) return
  throw new GatewayError("upstream_model_not_found", `The mock provider has no model "${model}" for this.`, {
    provider: "mock",
  })
}

/** `mock/image`: a pattern that depends on the prompt, the pictures to change and the number of the image alone. */
export const images: Ability<ImageRequest, ImageReply> = {
  serves: known("image"),
  async run(request, call) {
    check("image", call.model)
    const { size, quality, style, background, outputFormat } = request
    dropAsked(call, { size, quality, style, background, output_format: outputFormat }, "the mock paints one size only")
    const given = [...request.images, ...(request.mask === undefined ? [] : [request.mask])]
    const seed = [request.prompt, ...given.map(({ bytes }) => base64Of(bytes))].join("\n")
    const made = Array.from({ length: request.count }, (_, index) => ({
      image: { base64: base64Of(picture(`${seed}\n${index}`)), mime: "image/png" },
      revisedPrompt: request.prompt,
    }))
    return { images: made, usage: counted({ images: request.count }) }
  },
}

const rate = 8000
/** Samples of one character, a twentieth of a second. */
const perCharacter = rate / 20

/** A tone whose pitch is that of the character; spaces are silent. */
const toneOf = (character: string): Int16Array => {
  const samples = new Int16Array(perCharacter)
  if (/\s/.test(character)) return samples
  const pitch = 200 + ((character.codePointAt(0) ?? 0) % 64) * 20
  for (let at = 0; at < perCharacter; at++) samples[at] = Math.round(8000 * Math.sin((2 * Math.PI * pitch * at) / rate))
  return samples
}

/** `mock/speech`: a twentieth of a second of sound for each character. */
export const speech: Ability<SpeechRequest, SpeechReply> = {
  serves: known("speech"),
  async run(request, call) {
    check("speech", call.model)
    const { speed, instructions } = request
    dropAsked(call, { speed, instructions }, "the mock speaks in one way only")
    const format = madeFormat(request, ["wav", "pcm"], call)
    const characters = [...request.input]
    const pcm = new Uint8Array(Buffer.concat(characters.map((one) => new Uint8Array(toneOf(one).buffer))))
    const usage = counted({ characters: charactersOf(request.input) })
    if (format === "pcm") return { mime: "audio/pcm", body: pcm, usage }
    return { mime: "audio/wav", body: wrapWav(pcm, { rate }), usage }
  },
}

/** Seconds of a WAV file by its own header; of anything else as if it were 16 kB a second. */
const secondsOf = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isWav = bytes.length >= 44 && view.getUint32(0) === 0x52494646
  const bytesPerSecond = isWav ? view.getUint32(28, true) : 16_000
  return bytesPerSecond > 0 ? Math.max(0, bytes.length - (isWav ? 44 : 0)) / bytesPerSecond : 0
}

/** `mock/transcribe`: says what it was given, with times that fill the length of the audio. */
export const transcription: Ability<TranscriptionRequest, TranscriptionReply> = {
  serves: known("transcribe"),
  async run(request, call) {
    check("transcribe", call.model)
    const { file, task, language, prompt, temperature } = request
    dropAsked(call, { prompt, temperature }, "the mock hears in one way only")
    const seconds = secondsOf(file.bytes)
    const heard = `${task === "translate" ? "Translated" : "Heard"} ${file.bytes.length} bytes of ${file.mime}. That was ${file.name}.`
    const spoken = heard.split(" ")
    const words = spoken.map((word, index) => ({
      word,
      start: (seconds * index) / spoken.length,
      end: (seconds * (index + 1)) / spoken.length,
    }))
    return {
      text: heard,
      language: task === "translate" ? "en" : (language ?? "en"),
      durationSeconds: seconds,
      ...(needsTimes(request) ? { segments: segmentsOfWords(words), words } : {}),
      usage: counted({ seconds }),
    }
  },
}
