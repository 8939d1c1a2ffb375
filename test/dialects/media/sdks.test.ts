import { afterAll, describe, expect, test } from "bun:test"
import { createOpenAI } from "@ai-sdk/openai"
import { generateImage, generateSpeech, transcribe } from "ai"
import OpenAI, { toFile } from "openai"
import { mock } from "../../../plugins/mock/index.ts"
import { emptyUsage, type Json } from "../../../src/contract/index.ts"
import {
  decodeImageEdit,
  decodeImageGeneration,
  decodeSpeech,
  decodeTranscription,
  encodeImageEvents,
  encodeImageReply,
  encodeSpeechEvents,
  encodeTranscription,
  encodeTranscriptionEvents,
  requestyFace,
} from "../../../src/dialects/index.ts"
import { abilityCall, tinyPng } from "../../kit/media.ts"

const { images, speech, transcription } = mock.create({ id: "mock", headers: {}, options: {} }).abilities ?? {}
const events = { headers: { "content-type": "text/event-stream" } }
const bodyOf = async (request: Request): Promise<Json | FormData> =>
  (request.headers.get("content-type") ?? "").startsWith("multipart/") ? request.formData() : request.json()

const paint = async (request: Request, edit: boolean): Promise<Response> => {
  const body = await bodyOf(request)
  const decoded = await (edit ? decodeImageEdit(body) : decodeImageGeneration(body as Json))
  const reply = await images!.run(decoded.request, abilityCall("image").call)
  const answer = {
    reply,
    request: decoded.request,
    usage: reply.usage ?? emptyUsage,
    costUsd: 0.01,
    createdSeconds: 1_790_000_000,
    face: requestyFace,
    lose: () => {},
  }
  return decoded.events
    ? new Response(await encodeImageEvents(answer), events)
    : Response.json(await encodeImageReply(answer))
}

const speak = async (request: Request): Promise<Response> => {
  const decoded = decodeSpeech(await request.json())
  const reply = await speech!.run(decoded.request, abilityCall("speech").call)
  if (decoded.events)
    return new Response(
      encodeSpeechEvents(reply, () => ({ usage: emptyUsage, costUsd: 0 })),
      events,
    )
  return new Response(reply.body as ReadableStream<Uint8Array>, { headers: { "content-type": reply.mime } })
}

const hear = async (request: Request, task: "transcribe" | "translate"): Promise<Response> => {
  const decoded = await decodeTranscription(await bodyOf(request), task)
  const reply = await transcription!.run(decoded.request, abilityCall("transcribe").call)
  const answer = { reply, request: decoded.request, usage: reply.usage ?? emptyUsage, costUsd: 0.001 }
  if (decoded.events) return new Response(encodeTranscriptionEvents(answer), events)
  const { body, mime } = encodeTranscription(answer)
  return new Response(body, { headers: { "content-type": mime } })
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    switch (new URL(request.url).pathname) {
      case "/v1/images/generations":
        return paint(request, false)
      case "/v1/images/edits":
        return paint(request, true)
      case "/v1/audio/speech":
        return speak(request)
      case "/v1/audio/transcriptions":
        return hear(request, "transcribe")
      case "/v1/audio/translations":
        return hear(request, "translate")
      default:
        return new Response("", { status: 404 })
    }
  },
})
afterAll(() => server.stop(true))

const baseURL = `http://127.0.0.1:${server.port}/v1`
const client = new OpenAI({ apiKey: "k", baseURL, maxRetries: 0 })
const vercel = createOpenAI({ apiKey: "k", baseURL })
const png = () => toFile(Buffer.from(tinyPng, "base64"), "a.png", { type: "image/png" })
const isPng = (base64: string | undefined) => base64?.startsWith("iVBORw0KGgo") === true

describe("the official SDK", () => {
  test("images.generate", async () => {
    const reply = await client.images.generate({ model: "mock/image", prompt: "a fox", n: 2 })
    expect(reply.data?.map(({ b64_json }) => isPng(b64_json))).toEqual([true, true])
    expect(reply.usage?.total_tokens).toBe(0)
    const urls = await client.images.generate({ model: "mock/image", prompt: "a fox", response_format: "url" })
    expect(urls.data?.[0]?.url).toStartWith("data:image/png;base64,")
  })

  test("images.generate as a stream", async () => {
    const stream = await client.images.generate({ model: "mock/image", prompt: "a fox", stream: true })
    const seen: string[] = []
    for await (const event of stream) seen.push(`${event.type} ${isPng(event.b64_json)}`)
    expect(seen).toEqual(["image_generation.completed true"])
  })

  test("images.edit with several images and a mask", async () => {
    const edit = (files: number) =>
      Promise.all(Array.from({ length: files }, png)).then(async (image) =>
        client.images.edit({ model: "mock/image", prompt: "add a hat", image, mask: await png() }),
      )
    const [one, two] = [await edit(1), await edit(2)]
    expect(isPng(one.data?.[0]?.b64_json)).toBe(true)
    // The second picture arrived: the mock paints by what it is given.
    expect(two.data?.[0]?.b64_json).not.toBe(one.data?.[0]?.b64_json)
  })

  test("audio.speech.create", async () => {
    const asked = { model: "mock/speech", voice: "alloy", input: "Hello", response_format: "wav" } as const
    const bytes = new Uint8Array(await (await client.audio.speech.create(asked)).arrayBuffer())
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("RIFF")
    const sse = await (await client.audio.speech.create({ ...asked, stream_format: "sse" })).text()
    const deltas = [...sse.matchAll(/"audio":"([^"]+)"/g)].map(([, one]) => Buffer.from(one ?? "", "base64"))
    expect(new Uint8Array(Buffer.concat(deltas))).toEqual(bytes)
  })

  test("audio.transcriptions.create in every format", async () => {
    const file = await toFile(Buffer.alloc(16_000), "talk.mp3")
    const common = { model: "mock/transcribe", file } as const
    const heard = "Heard 16000 bytes of audio/mpeg. That was talk.mp3."
    const json = await client.audio.transcriptions.create({ ...common, response_format: "json" })
    expect([json.text, json.usage]).toEqual([heard, { type: "duration", seconds: 1, cost: 0.001 } as never])
    const verbose = await client.audio.transcriptions.create({
      ...common,
      response_format: "verbose_json",
      timestamp_granularities: ["word", "segment"],
    })
    expect([verbose.duration, verbose.segments?.length, verbose.words?.length]).toEqual([1, 2, 8])
    expect(await client.audio.transcriptions.create({ ...common, response_format: "text" })).toBe(`${heard}\n`)
    const srt = await client.audio.transcriptions.create({ ...common, response_format: "srt" })
    expect(srt).toStartWith("1\n00:00:00,000 --> 00:00:00,625\nHeard 16000 bytes of audio/mpeg.\n")
    const vtt = await client.audio.transcriptions.create({ ...common, response_format: "vtt" })
    expect(vtt).toStartWith("WEBVTT\n\n00:00:00.000 --> ")
  })

  test("audio.transcriptions.create as a stream, and audio.translations.create", async () => {
    const file = await toFile(Buffer.alloc(16_000), "talk.mp3")
    const stream = await client.audio.transcriptions.create({ model: "m", file, stream: true })
    const seen: string[] = []
    for await (const event of stream) seen.push(event.type)
    expect(seen).toEqual(["transcript.text.delta", "transcript.text.done"])
    const translated = await client.audio.translations.create({ model: "m", file })
    expect(translated.text).toStartWith("Translated 16000 bytes")
  })
})

describe("the AI SDK", () => {
  test("generateImage, plain and with a picture to change", async () => {
    const made = await generateImage({ model: vercel.image("gpt-image-1"), prompt: "a fox" })
    expect(isPng(made.image.base64)).toBe(true)
    const prompt = { text: "add a hat", images: [Buffer.from(tinyPng, "base64")] }
    const edited = await generateImage({ model: vercel.image("gpt-image-1"), prompt })
    expect(isPng(edited.image.base64)).toBe(true)
    expect(edited.image.base64).not.toBe(made.image.base64)
  })

  test("generateSpeech", async () => {
    const asked = { model: vercel.speech("tts-1"), text: "Hello", outputFormat: "wav" }
    const { audio } = await generateSpeech(asked)
    expect(new TextDecoder().decode(audio.uint8Array.subarray(0, 4))).toBe("RIFF")
  })

  test("transcribe", async () => {
    const wav = Buffer.concat([Buffer.from("RIFF0000WAVEfmt "), Buffer.alloc(28), Buffer.alloc(8000)])
    wav.writeUInt32LE(8000, 28)
    for (const model of ["whisper-1", "gpt-4o-transcribe"]) {
      const heard = await transcribe({ model: vercel.transcription(model), audio: wav })
      expect(heard.text).toStartWith("Heard 8044 bytes of audio/wav.")
    }
  })
})
