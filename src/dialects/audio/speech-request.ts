import { isObject, type Json, type SpeechRequest } from "../../contract/index.ts"
import type { DecodedMedia } from "../media/body.ts"
import { defined, extrasOf, Fields, invalid } from "../media/fields.ts"
import { isSpeechFormat, speechFormats } from "./formats.ts"

/** platform.openai.com/docs/api-reference/audio/createSpeech. */
const slowest = 0.25
const fastest = 4

/** A name, or OpenAI's `{ id }` of a voice of one's own. */
const readVoice = (fields: Fields): string | undefined => {
  const voice = fields.any("voice")
  if (voice === undefined || (typeof voice === "string" && voice !== "")) return voice
  if (isObject(voice) && typeof voice.id === "string") return voice.id
  throw invalid("voice", "must be the name of a voice")
}

const readFormat = (fields: Fields): SpeechRequest["format"] => {
  const format = fields.string("response_format") ?? "mp3"
  if (isSpeechFormat(format)) return format
  throw invalid("response_format", `must be one of ${speechFormats.join(", ")}`)
}

const readSpeed = (fields: Fields): number | undefined => {
  const speed = fields.number("speed")
  if (speed === undefined || (speed >= slowest && speed <= fastest)) return speed
  throw invalid("speed", `must be from ${slowest} to ${fastest}`)
}

/** `stream_format: sse` asks for the audio in events. */
const readEvents = (fields: Fields): boolean => {
  const format = fields.string("stream_format") ?? "audio"
  if (format !== "audio" && format !== "sse") throw invalid("stream_format", 'must be "audio" or "sse"')
  return format === "sse"
}

/** `POST /audio/speech`. */
export const decodeSpeech = (body: Json): DecodedMedia<SpeechRequest> => {
  if (!isObject(body)) throw invalid("", "the body must be a JSON object")
  const fields = new Fields(body)
  const input = fields.string("input")
  if (input === undefined || input === "") throw invalid("input", "is missing; send the text to speak")
  const request = defined({
    model: fields.string("model") ?? "",
    input,
    voice: readVoice(fields),
    format: readFormat(fields),
    speed: readSpeed(fields),
    instructions: fields.string("instructions"),
  })
  const events = readEvents(fields)
  return { request: { ...request, ...extrasOf(fields) }, events, losses: [] }
}
