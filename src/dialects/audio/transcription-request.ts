import { GatewayError, type Json, type MediaFile, type TranscriptionRequest } from "../../contract/index.ts"
import { type DecodedMedia, jsonFile, type LoadUrl, type MediaBody, readBody } from "../media/body.ts"
import { defined, extrasOf, Fields, invalid } from "../media/fields.ts"

/** docs.requesty.ai, audio transcriptions: larger files are refused with 413. */
export const largestAudioBytes = 32 * 1024 * 1024

const formats = ["json", "text", "srt", "vtt", "verbose_json"] as const
const granularities = ["word", "segment"] as const

/** Answers with speakers: OpenAI's own word for what is else `verbose_json`. */
const diarized = "diarized_json"

const formKinds = { numbers: ["temperature", "known_speaker_count"], flags: ["stream"] } as const

const readFile = async (body: MediaBody, fields: Fields, load?: LoadUrl): Promise<MediaFile> => {
  const given = [fields.any("file"), fields.any("input_audio")]
  const uploaded = body.files.get("file")?.[0]
  if (uploaded !== undefined) return uploaded
  const [file, audio] = given
  if (file !== undefined) {
    // `filename` may stand beside a file that is a plain text.
    const name = fields.any("filename")
    const named = typeof file === "string" && typeof name === "string" ? { data: file, filename: name } : file
    return jsonFile(named, "file", "audio", load)
  }
  if (audio !== undefined) return jsonFile(audio, "input_audio", "audio", load)
  throw invalid("file", "is missing; send the audio as a file of a form, or as a data: URL")
}

const checkSize = (file: MediaFile): MediaFile => {
  if (file.bytes.length === 0) throw invalid("file", "is empty")
  if (file.bytes.length <= largestAudioBytes) return file
  throw new GatewayError(
    "payload_too_large",
    `The audio has ${file.bytes.length} bytes; at most ${largestAudioBytes} (32 MB) are taken. Split or compress it.`,
    { param: "file" },
  )
}

const isFormat = (format: string): format is TranscriptionRequest["format"] =>
  (formats as readonly string[]).includes(format)

const readFormat = (fields: Fields) => {
  const format = fields.string("response_format") ?? "json"
  if (isFormat(format)) return { format }
  // The word itself goes to the upstream that knows it.
  if (format === diarized) return { format: "verbose_json" as const, own: { response_format: format } }
  throw invalid("response_format", `must be one of ${[...formats, diarized].join(", ")}`)
}

const readGranularities = (fields: Fields): TranscriptionRequest["granularities"] => {
  const given = fields.any("timestamp_granularities") ?? []
  return (Array.isArray(given) ? given : [given]).map((value, index) => {
    const known = granularities.find((name) => name === value)
    if (known === undefined) throw invalid(`timestamp_granularities[${index}]`, 'must be "word" or "segment"')
    return known
  })
}

/** `POST /audio/transcriptions` and, as `translate`, `/audio/translations`: a form, or JSON with the audio in base64. */
export const decodeTranscription = async (
  given: Json | FormData,
  task: TranscriptionRequest["task"],
  load?: LoadUrl,
): Promise<DecodedMedia<TranscriptionRequest>> => {
  const body = await readBody(given, formKinds)
  const fields = new Fields(body.fields)
  const file = checkSize(await readFile(body, fields, load))
  const temperature = fields.number("temperature")
  if (temperature !== undefined && (temperature < 0 || temperature > 1))
    throw invalid("temperature", "must be from 0 to 1")
  const { format, own = {} } = readFormat(fields)
  const asked = readGranularities(fields)
  if (asked.length > 0 && format !== "verbose_json")
    throw invalid("timestamp_granularities", 'needs response_format "verbose_json"')
  const events = fields.boolean("stream") ?? false
  const request = defined({
    model: fields.string("model") ?? "",
    task,
    file,
    language: fields.string("language"),
    prompt: fields.string("prompt"),
    temperature,
    granularities: asked,
    format,
  })
  return { request: { ...request, ...extrasOf(fields, own) }, events, losses: [] }
}
