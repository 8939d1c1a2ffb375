import {
  type Ability,
  type AbilityCall,
  isObject,
  type JsonObject,
  type SpeechFormat,
  type SpeechReply,
  type SpeechRequest,
} from "../../../contract/index.ts"
import { badReply, jsonReply, type MediaEndpoint, postJson } from "../../media/endpoint.ts"
import { plainMime } from "../../media/file.ts"
import { dropParameter } from "../../media/losses.ts"
import { counted, decodeTokens } from "../../media/usage.ts"
import { type PcmFormat, wrapWav } from "../../media/wav.ts"
import { speechMimes } from "../formats.ts"

/** In what a vendor's speech differs from OpenAI's. */
export interface SpeechQuirks {
  /** Below the endpoint. Default `audio/speech`. */
  readonly path?: string
  /** Taken when the client names none. Absent: the field is left out, and the vendor decides. */
  readonly voice?: string
  /** Default `voice`. */
  readonly voiceField?: string
  /** Formats that it makes, the one to fall back to first. Default: all. */
  readonly formats?: readonly SpeechFormat[]
  /** `false`: has no such parameter. */
  readonly speed?: false
  readonly instructions?: false
  /** Which types count as the answer. Default: any. */
  readonly accept?: string
}

/** Characters as vendors bill them. */
export const charactersOf = (input: string): number => [...input].length

/** The format that is asked for: the client's, or the vendor's own with a report. */
export const madeFormat = (
  { format }: SpeechRequest,
  formats: readonly SpeechFormat[] | undefined,
  call: AbilityCall,
): SpeechFormat => {
  const [usual] = formats ?? []
  if (usual === undefined || formats?.includes(format)) return format
  call.lose({
    path: "response_format",
    action: "approximated",
    code: "format_approximated",
    reason: `the upstream makes no ${format}; ${usual} was asked for`,
  })
  return usual
}

const encode = (request: SpeechRequest, format: SpeechFormat, quirks: SpeechQuirks, call: AbilityCall): JsonObject => {
  const { speed, instructions } = request
  if (speed !== undefined && quirks.speed === false) dropParameter(call, "speed", "the upstream speaks at one speed")
  if (instructions !== undefined && quirks.instructions === false)
    dropParameter(call, "instructions", "the upstream's models take no instructions")
  const voice = request.voice ?? quirks.voice
  return {
    model: call.model,
    input: request.input,
    ...(voice === undefined ? {} : { [quirks.voiceField ?? "voice"]: voice }),
    response_format: format,
    ...(speed === undefined || quirks.speed === false ? {} : { speed }),
    ...(instructions === undefined || quirks.instructions === false ? {} : { instructions }),
    ...request.extras,
  }
}

/** Types that differ from the usual word, but not in what they are. */
const sameAs: Readonly<Record<string, SpeechFormat>> = { "audio/ogg": "opus", "audio/l16": "pcm", "audio/x-pcm": "pcm" }

/** What the bytes are: as the upstream says, where it says something about audio. */
const mimeOf = (declared: string | undefined, asked: SpeechFormat, call: AbilityCall): string => {
  if (declared === undefined || !declared.startsWith("audio/")) return speechMimes[asked]
  const mime = declared === "audio/l16" ? speechMimes.pcm : declared
  if (declared !== speechMimes[asked] && sameAs[declared] !== asked)
    call.lose({
      path: "response_format",
      action: "approximated",
      code: "format_approximated",
      reason: `the upstream answered with ${declared}`,
    })
  return mime
}

/** Audio that comes as base64 inside JSON (Mistral's `audio_data`). */
const fromJson = async (response: Response, asked: SpeechFormat, characters: number): Promise<SpeechReply> => {
  const reply = await jsonReply(response)
  const base64 = reply.audio_data ?? reply.audio
  if (typeof base64 !== "string" || base64 === "") throw badReply("The upstream answered without audio")
  const usage = isObject(reply.usage) ? decodeTokens(reply.usage, "audio", { characters }) : counted({ characters })
  return { mime: speechMimes[asked], body: Uint8Array.from(Buffer.from(base64, "base64")), usage }
}

/** The audio once its first bytes are there: as long as there are none, another upstream may still be asked. */
const begun = async (response: Response): Promise<ReadableStream<Uint8Array>> => {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined
  for (;;) {
    const first = await reader?.read()
    if (!reader || !first || first.done) throw badReply("The upstream answered without audio")
    if (first.value.length === 0) continue
    return new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(first.value),
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    })
  }
}

export const readSpeech = async (
  response: Response,
  asked: SpeechFormat,
  input: string,
  call: AbilityCall,
): Promise<SpeechReply> => {
  const characters = charactersOf(input)
  const declared = response.headers.get("content-type") ?? undefined
  const mime = plainMime(declared)
  if (mime === "application/json") return fromJson(response, asked, characters)
  // A proxy's page about its trouble, with status 200.
  if (mime !== undefined && /^text\/|\/(?:json|xml)$|\+(?:json|xml)$/.test(mime))
    throw badReply(`The upstream answered with ${mime} instead of audio`)
  return { mime: mimeOf(mime, asked, call), body: await begun(response), usage: counted({ characters }) }
}

/** Raw PCM as a WAV file; its header says how long it is, so all of it must be there first. */
export const asWav = async (reply: SpeechReply, format: PcmFormat): Promise<SpeechReply> => {
  const pcm =
    reply.body instanceof Uint8Array ? reply.body : new Uint8Array(await new Response(reply.body).arrayBuffer())
  if (pcm.length === 0) throw badReply("The upstream answered without audio")
  return { ...reply, mime: speechMimes.wav, body: wrapWav(pcm, format) }
}

/** Speech by OpenAI's route. The bytes are passed on as they come. */
export const openAiSpeech = (
  endpoint: MediaEndpoint,
  quirksOf: SpeechQuirks | ((model: string) => SpeechQuirks) = {},
): Ability<SpeechRequest, SpeechReply> => ({
  async run(request, call) {
    const quirks = typeof quirksOf === "function" ? quirksOf(call.model) : quirksOf
    const format = madeFormat(request, quirks.formats, call)
    const body = encode(request, format, quirks, call)
    const response = await postJson(call, endpoint, quirks.path ?? "audio/speech", body, quirks.accept ?? "*/*")
    return readSpeech(response, format, request.input, call)
  },
})
