import type { SpeechFormat } from "../../contract/index.ts"

/** The formats of speech, and how each is named in headers. */
export const speechMimes: Readonly<Record<SpeechFormat, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/opus",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
}

export const speechFormats = Object.keys(speechMimes) as readonly SpeechFormat[]

export const isSpeechFormat = (format: string): format is SpeechFormat => Object.hasOwn(speechMimes, format)
