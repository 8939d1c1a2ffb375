import { Elysia } from "elysia"
import { emptyUsage } from "../../contract/index.ts"
import {
  decodeSpeech,
  decodeTranscription,
  encodeSpeechEvents,
  encodeTranscription,
  encodeTranscriptionEvents,
} from "../../dialects/audio/index.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { answerCall, type CallRoute, eventType } from "./call.ts"
import { readFormOrJson, readJson } from "./read.ts"

const speech: CallRoute<"speech"> = {
  ability: "speech",
  api: "speech",
  async read(services, request) {
    const { body, read } = await readJson(services, request)
    const decoded = decodeSpeech(body)
    return { ...decoded, read, text: decoded.request.input }
  },
  write({ outcome: { reply, exchange, costUsd }, asked }) {
    if (!asked.events) return { body: reply.body, contentType: reply.mime }
    const end = () => ({ usage: exchange.usage ?? emptyUsage, costUsd })
    return { body: encodeSpeechEvents(reply, end), contentType: eventType }
  },
}

const transcription = (task: "transcribe" | "translate"): CallRoute<"transcription"> => ({
  ability: "transcription",
  api: "transcription",
  async read(services, request) {
    const { body, read } = await readFormOrJson(services, request)
    const { pipeline } = services
    const load = (url: string, param: string) => pipeline.fetchFile(url, param, request.signal)
    const decoded = await decodeTranscription(body, task, load)
    return { ...decoded, read, text: decoded.request.prompt ?? "" }
  },
  write({ outcome: { reply, exchange, costUsd }, asked }) {
    const answer = { reply, request: asked.request, usage: exchange.usage ?? emptyUsage, costUsd }
    if (asked.events) return { body: encodeTranscriptionEvents(answer), contentType: eventType }
    const { body, mime } = encodeTranscription(answer)
    return { body, contentType: mime }
  },
})

/** `POST {prefix}/audio/speech`, `/audio/transcriptions` and `/audio/translations`. */
export const audio = (services: HttpServices, { face, prefix }: FaceMount) => {
  const transcribe = transcription("transcribe")
  const translate = transcription("translate")
  return new Elysia({ name: `audio ${prefix}` })
    .post(`${prefix}/audio/speech`, ({ request }) => answerCall(services, face, speech, request), {
      parse: "none",
      detail: { summary: "Speak a text", tags: ["Inference"] },
    })
    .post(`${prefix}/audio/transcriptions`, ({ request }) => answerCall(services, face, transcribe, request), {
      parse: "none",
      detail: { summary: "Write down what is spoken", tags: ["Inference"] },
    })
    .post(`${prefix}/audio/translations`, ({ request }) => answerCall(services, face, translate, request), {
      parse: "none",
      detail: { summary: "Write down in English what is spoken", tags: ["Inference"] },
    })
}
