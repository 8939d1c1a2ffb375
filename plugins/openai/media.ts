import {
  type MediaEndpoint,
  openAiImageQuirks,
  openAiImages,
  openAiSpeech,
  openAiTranscription,
  type SpeechQuirks,
} from "signalbox/dialects"
import type { Abilities } from "signalbox/plugin"

/** platform.openai.com/docs/guides/text-to-speech: `tts-1` and `tts-1-hd` take no instructions. */
const speechQuirks = (model: string): SpeechQuirks =>
  /^tts-1/.test(model) ? { voice: "alloy", instructions: false } : { voice: "alloy" }

const images = /image|dall-e/i
const speech = /tts/i
const transcription = /whisper|transcribe/i

/** Images, speech and transcription. Behind a host of one's own any name may mean any model. */
export const mediaAbilities = (endpoint: MediaEndpoint, ownHost: boolean): Abilities => {
  const serves = (names: RegExp) => (ownHost ? {} : { serves: (model: string) => names.test(model) })
  return {
    images: { ...openAiImages(endpoint, openAiImageQuirks), ...serves(images) },
    speech: { ...openAiSpeech(endpoint, speechQuirks), ...serves(speech) },
    transcription: { ...openAiTranscription(endpoint), ...serves(transcription) },
  }
}
