/** Speech and transcription: what clients send and get, and how upstreams are asked. */
export { isSpeechFormat, speechFormats, speechMimes } from "./formats.ts"
export { encodeSpeechEvents, type SpeechEnd } from "./speech-reply.ts"
export { decodeSpeech } from "./speech-request.ts"
export { encodeSrt, encodeVtt, segmentsOfWords, type TimedWord } from "./subtitles.ts"
export {
  encodeTranscription,
  encodeTranscriptionEvents,
  needsTimes,
  type TranscriptionAnswer,
} from "./transcription-reply.ts"
export { decodeTranscription, largestAudioBytes } from "./transcription-request.ts"
export { geminiSpeech, isGeminiSpeechModel } from "./upstream/gemini.ts"
export { asWav, charactersOf, madeFormat, openAiSpeech, readSpeech, type SpeechQuirks } from "./upstream/speech.ts"
export {
  decodeTranscriptionReply,
  openAiTranscription,
  openAiTranscriptionQuirks,
  type TranscriptionQuirks,
} from "./upstream/transcription.ts"
