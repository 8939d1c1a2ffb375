import {
  type Ability,
  type AbilityCall,
  isObject,
  type Json,
  type JsonObject,
  type SpeechReply,
  type SpeechRequest,
} from "../../../contract/index.ts"
import { decodeUsage } from "../../gemini/reply/usage.ts"
import { badReply, jsonReply, type MediaEndpoint, postJson } from "../../media/endpoint.ts"
import { dropAsked, dropExtras } from "../../media/losses.ts"
import { pcmRate, wrapWav } from "../../media/wav.ts"
import { speechMimes } from "../formats.ts"
import { charactersOf, madeFormat } from "./speech.ts"

/** Models that speak, as `gemini-2.5-flash-preview-tts`. */
export const isGeminiSpeechModel = (model: string): boolean => /gemini.*tts/i.test(model)

/** ai.google.dev/gemini-api/docs/speech-generation. */
const usualVoice = "Kore"
const usualRate = 24_000

const encode = (request: SpeechRequest, call: AbilityCall): JsonObject => {
  const { input, instructions, extras } = request
  dropAsked(call, { speed: request.speed }, "Gemini speaks at the speed that the text asks for")
  dropExtras(call, extras, ["language"])
  // Directions stand in front of the text, as the vendor's guide writes them.
  const text = instructions === undefined ? input : `${instructions}: ${input}`
  return {
    contents: [{ role: "user", parts: [{ text }] }],
    generationConfig: {
      responseModalities: ["AUDIO"],
      speechConfig: {
        voiceConfig: { prebuiltVoiceConfig: { voiceName: request.voice ?? usualVoice } },
        ...(typeof extras?.language === "string" ? { languageCode: extras.language } : {}),
      },
    },
  }
}

const objects = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

interface Audio {
  readonly mime: string
  readonly bytes: Uint8Array
}

/** All audio of an answer; long texts come in several parts. */
const audioOf = (reply: JsonObject): Audio => {
  const parts = objects(reply.candidates).flatMap(({ content }) =>
    objects(isObject(content) ? content.parts : undefined),
  )
  const data = parts.map(({ inlineData }) => inlineData).filter(isObject)
  const bytes = data.map((part) => Buffer.from(typeof part.data === "string" ? part.data : "", "base64"))
  const mime = data.map((part) => part.mimeType).find((value) => typeof value === "string") ?? ""
  const whole = Uint8Array.from(Buffer.concat(bytes))
  if (whole.length === 0) throw badReply("Gemini answered without audio")
  return { mime: String(mime).toLowerCase(), bytes: whole }
}

/** Raw PCM, which Gemini gives, is wrapped for clients that want a file. */
const inFormat = ({ mime, bytes }: Audio, format: "wav" | "pcm"): Omit<SpeechReply, "usage"> => {
  const isPcm = mime === "" || /^audio\/(?:l16|pcm)/.test(mime)
  if (!isPcm) return { mime: mime.split(";")[0] ?? mime, body: bytes }
  if (format === "pcm") return { mime: speechMimes.pcm, body: bytes }
  return { mime: speechMimes.wav, body: wrapWav(bytes, { rate: pcmRate(mime, usualRate) }) }
}

/** Speech by Gemini's speaking models; `endpoint` is asked for the path `generateContent`. */
export const geminiSpeech = (endpoint: MediaEndpoint): Ability<SpeechRequest, SpeechReply> => ({
  serves: isGeminiSpeechModel,
  async run(request, call) {
    const format = madeFormat(request, ["wav", "pcm"], call)
    const reply = await jsonReply(await postJson(call, endpoint, "generateContent", encode(request, call)))
    const usage = decodeUsage(reply.usageMetadata, { characters: charactersOf(request.input) })
    return { ...inFormat(audioOf(reply), format === "pcm" ? "pcm" : "wav"), usage }
  },
})
