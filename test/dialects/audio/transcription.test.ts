import { describe, expect, test } from "bun:test"
import {
  emptyUsage,
  GatewayError,
  type Json,
  type TranscriptionReply,
  type TranscriptionRequest,
} from "../../../src/contract/index.ts"
import {
  createSseDecoder,
  decodeTranscription,
  encodeTranscription,
  encodeTranscriptionEvents,
  largestAudioBytes,
  mediaEndpoint,
  openAiTranscription,
} from "../../../src/dialects/index.ts"
import { counted } from "../../../src/dialects/media/usage.ts"
import { abilityCall, mediaFileOf, startMediaServer } from "../../kit/media.ts"

const wav = new TextEncoder().encode("RIFF0000WAVEfmt ")
const base64 = Buffer.from(wav).toString("base64")
const formOf = (parts: Readonly<Record<string, string | readonly string[] | File>>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts))
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, one as string)
  return form
}

const refusal = async (body: Json | FormData): Promise<GatewayError> => {
  try {
    await decodeTranscription(body, "transcribe")
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error("was taken")
}

describe("a request", () => {
  test("as a form", async () => {
    const form = formOf({
      model: "openai/whisper-1",
      file: new File([wav], "talk.mp3", { type: "application/octet-stream" }),
      language: "de",
      prompt: "Names: Ada",
      temperature: "0.2",
      response_format: "verbose_json",
      "timestamp_granularities[]": ["word", "segment"],
      chunking_strategy: "auto",
      stream: "true",
    })
    const { request, events } = await decodeTranscription(form, "transcribe")
    expect(request).toEqual({
      model: "openai/whisper-1",
      task: "transcribe",
      // The name tells what the type does not.
      file: { bytes: wav, mime: "audio/mpeg", name: "talk.mp3" },
      language: "de",
      prompt: "Names: Ada",
      temperature: 0.2,
      granularities: ["word", "segment"],
      format: "verbose_json",
      extras: { chunking_strategy: "auto" },
    })
    expect(events).toBe(true)
  })

  test("a file without a name or type is known by its bytes", async () => {
    const { request } = await decodeTranscription(formOf({ file: new File([wav], "blob") }), "translate")
    expect(request).toMatchObject({ task: "translate", file: { mime: "audio/wav", name: "blob.wav" }, format: "json" })
  })

  const files: readonly (readonly [string, Json, string, string])[] = [
    ["a data URL", { file: `data:audio/x-wav;base64,${base64}` }, "audio/wav", "audio.wav"],
    ["plain base64", { file: base64, filename: "a.flac" }, "audio/flac", "a.flac"],
    ["an object", { file: { data: base64, mime_type: "audio/ogg" } }, "audio/ogg", "audio.ogg"],
    ["OpenRouter's input_audio", { input_audio: { data: base64, format: "m4a" } }, "audio/mp4", "audio.m4a"],
  ]
  for (const [name, body, mime, fileName] of files)
    test(`as JSON with ${name}`, async () => {
      const { request } = await decodeTranscription(body, "transcribe")
      expect(request.file).toEqual({ bytes: wav, mime, name: fileName })
    })

  test("for speakers carries OpenAI's own word", async () => {
    const body = { file: base64, response_format: "diarized_json" }
    const { request } = await decodeTranscription(body, "transcribe")
    expect(request).toMatchObject({ format: "verbose_json", extras: { response_format: "diarized_json" } })
  })

  const bad: readonly (readonly [string, Json | FormData, string])[] = [
    ["no file", { model: "m" }, "file"],
    ["an empty file", formOf({ file: new File([], "a.wav") }), "file"],
    ["a file that is a number", { file: 7 }, "file"],
    ["a URL", { file: "https://x.test/a.mp3" }, "file"],
    ["an unknown format", { file: base64, response_format: "docx" }, "response_format"],
    ["a temperature of 2", { file: base64, temperature: 2 }, "temperature"],
    ["a temperature that is a word", formOf({ file: new File([wav], "a"), temperature: "hot" }), "temperature"],
    [
      "an unknown granularity",
      { file: base64, response_format: "verbose_json", timestamp_granularities: ["word", "letter"] },
      "timestamp_granularities[1]",
    ],
    [
      "granularities without verbose_json",
      { file: base64, timestamp_granularities: ["word"] },
      "timestamp_granularities",
    ],
  ]
  for (const [name, body, param] of bad)
    test(`${name} is refused with its path`, async () => {
      expect(await refusal(body)).toMatchObject({ code: "invalid_request", param })
    })

  test("of more than 32 MB is too large, of exactly that is not", async () => {
    const file = (size: number) => formOf({ file: new File([new Uint8Array(size)], "a.wav") })
    const error = await refusal(file(largestAudioBytes + 1))
    expect([error.code, error.rule.status]).toEqual(["payload_too_large", 413])
    const { request } = await decodeTranscription(file(largestAudioBytes), "transcribe")
    expect(request.file.bytes.length).toBe(largestAudioBytes)
  })
})

describe("an answer", () => {
  const request: TranscriptionRequest = {
    model: "m",
    task: "transcribe",
    file: mediaFileOf("x", "audio/wav", "a.wav"),
    granularities: [],
    format: "json",
  }
  const reply: TranscriptionReply = {
    text: "Hello there.",
    language: "english",
    durationSeconds: 2.5,
    segments: [{ start: 0, end: 2.5, text: " Hello there.", extras: { avg_logprob: -0.1, tokens: [1] } }],
    words: [{ word: "Hello", start: 0, end: 1 }],
  }
  const answer = (format: TranscriptionRequest["format"], more: Partial<TranscriptionReply> = {}) => ({
    reply: { ...reply, ...more },
    request: { ...request, format },
    usage: counted({ seconds: 3 }),
    costUsd: 0.0003,
  })

  test("json", () => {
    const { body, mime } = encodeTranscription(answer("json"))
    expect(mime).toBe("application/json")
    expect(JSON.parse(body)).toEqual({
      text: "Hello there.",
      usage: { type: "duration", seconds: 3, cost: 0.0003 },
    })
  })

  test("json by tokens", () => {
    const usage = {
      ...emptyUsage,
      input: { ...emptyUsage.input, fresh: 4, audio: 10 },
      output: { ...emptyUsage.output, text: 6 },
    }
    expect(JSON.parse(encodeTranscription({ ...answer("json"), usage }).body).usage).toEqual({
      type: "tokens",
      input_tokens: 14,
      output_tokens: 6,
      total_tokens: 20,
      input_token_details: { audio_tokens: 10, text_tokens: 4 },
      cost: 0.0003,
    })
  })

  test("verbose_json", () => {
    expect(JSON.parse(encodeTranscription(answer("verbose_json")).body)).toEqual({
      task: "transcribe",
      language: "english",
      duration: 2.5,
      text: "Hello there.",
      words: [{ word: "Hello", start: 0, end: 1 }],
      segments: [
        {
          id: 0,
          seek: 0,
          temperature: 0,
          avg_logprob: -0.1,
          compression_ratio: 0,
          no_speech_prob: 0,
          tokens: [1],
          start: 0,
          end: 2.5,
          text: " Hello there.",
        },
      ],
      usage: { type: "duration", seconds: 3, cost: 0.0003 },
    })
    const words = answer("verbose_json")
    const only = { ...words, request: { ...words.request, granularities: ["word"] as const } }
    expect(JSON.parse(encodeTranscription(only).body).segments).toBeUndefined()
  })

  test("text, srt and vtt", () => {
    expect(encodeTranscription(answer("text"))).toEqual({ body: "Hello there.\n", mime: "text/plain; charset=utf-8" })
    expect(encodeTranscription(answer("srt")).body).toBe("1\n00:00:00,000 --> 00:00:02,500\nHello there.\n\n")
    expect(encodeTranscription(answer("vtt"))).toEqual({
      body: "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nHello there.\n\n",
      mime: "text/vtt; charset=utf-8",
    })
  })

  test("without times cannot be subtitles", () => {
    const { segments: _, words: __, durationSeconds: ___, ...bare } = reply
    const given = { ...answer("srt"), reply: bare }
    expect(() => encodeTranscription(given)).toThrow("no times")
    expect(encodeTranscription({ ...given, reply: { text: "" } }).body).toBe("")
  })

  test("as events", () => {
    const text = encodeTranscriptionEvents(answer("json"))
    const events = createSseDecoder().push(new TextEncoder().encode(text))
    expect(events.map(({ data }) => JSON.parse(data).type)).toEqual(["transcript.text.delta", "transcript.text.done"])
    expect(JSON.parse(events[1]?.data ?? "")).toMatchObject({ text: "Hello there.", usage: { cost: 0.0003 } })
  })
})

describe("OpenAI's routes", () => {
  const request: TranscriptionRequest = {
    model: "m",
    task: "transcribe",
    file: mediaFileOf("sound", "audio/wav", "a.wav"),
    granularities: [],
    format: "srt",
    language: "de",
    prompt: "Ada",
    temperature: 0,
  }
  const file = ["file", { name: "a.wav", mime: "audio/wav", text: "sound" }] as const
  const verbose = {
    task: "transcribe",
    language: "german",
    duration: 2.5,
    text: "Hallo",
    segments: [{ id: 0, start: 0, end: 2.5, text: "Hallo", avg_logprob: -0.5 }],
    usage: { type: "duration", seconds: 3 },
  }
  const ability = (url: string) => openAiTranscription(mediaEndpoint(`${url}/v1`, { authorization: "Bearer k" }))

  test("whisper is asked for the segments that subtitles are made of", async () => {
    await using server = startMediaServer(() => verbose)
    const { call, losses } = abilityCall("whisper-1")
    const reply = await ability(server.url).run({ ...request, extras: { hotwords: ["x", "y"] } }, call)
    expect(server.requests[0]?.path).toBe("/v1/audio/transcriptions")
    expect(server.requests[0]?.form).toEqual([
      file,
      ["model", "whisper-1"],
      ["language", "de"],
      ["prompt", "Ada"],
      ["temperature", "0"],
      ["response_format", "verbose_json"],
      ["timestamp_granularities[]", "segment"],
      ["hotwords[]", "x"],
      ["hotwords[]", "y"],
    ])
    expect(reply).toEqual({
      text: "Hallo",
      language: "german",
      durationSeconds: 2.5,
      segments: [{ start: 0, end: 2.5, text: "Hallo", extras: { id: 0, avg_logprob: -0.5 } }],
      usage: counted({ seconds: 3 }),
    })
    expect(losses).toEqual([])
  })

  test("translation has a route of its own, without a language", async () => {
    await using server = startMediaServer(() => verbose)
    const { call, lost } = abilityCall("whisper-1")
    await ability(server.url).run({ ...request, task: "translate", format: "json" }, call)
    expect(server.requests[0]?.path).toBe("/v1/audio/translations")
    expect(server.requests[0]?.form?.map(([name]) => name)).toEqual([
      "file",
      "model",
      "prompt",
      "temperature",
      "response_format",
    ])
    expect(lost()).toEqual(["dropped language"])
  })

  test("gpt-4o-transcribe gives text and tokens; what needs times is for another upstream", async () => {
    await using server = startMediaServer(() => ({
      text: "Hallo",
      usage: {
        type: "tokens",
        input_tokens: 14,
        output_tokens: 4,
        total_tokens: 18,
        input_token_details: { text_tokens: 4, audio_tokens: 10 },
      },
    }))
    const { call } = abilityCall("gpt-4o-transcribe")
    const reply = await ability(server.url).run({ ...request, format: "text" }, call)
    expect(server.requests[0]?.form).toContainEqual(["response_format", "json"])
    expect(reply.usage).toMatchObject({ input: { fresh: 4, audio: 10 }, output: { text: 4 } })
    for (const [asked, param] of [
      [request, "response_format"],
      [{ ...request, format: "json", task: "translate" } as const, "model"],
    ] as const)
      await expect(ability(server.url).run(asked, call)).rejects.toMatchObject({
        code: "unsupported_parameter",
        param,
        retry: "next",
      })
    expect(server.requests).toHaveLength(1)
  })

  test("the model that tells speakers is asked in its own word", async () => {
    const segments = [{ type: "transcript.text.segment", id: "s1", speaker: "A", start: 0, end: 1, text: "Hallo" }]
    await using server = startMediaServer(() => ({ text: "Hallo", duration: 1, segments }))
    const { call, lost } = abilityCall("gpt-4o-transcribe-diarize")
    const asked = { ...request, format: "verbose_json", extras: { response_format: "diarized_json" } } as const
    const reply = await ability(server.url).run(asked, call)
    expect(server.requests[0]?.form).toContainEqual(["response_format", "diarized_json"])
    expect(server.requests[0]?.form).toContainEqual(["chunking_strategy", "auto"])
    expect(lost()).toEqual(["dropped prompt"])
    expect(reply.segments?.[0]).toMatchObject({ text: "Hallo", extras: { speaker: "A", id: "s1" } })
  })

  test("a server that forgets the times is an upstream that cannot", async () => {
    await using server = startMediaServer(() => ({ text: "Hallo" }))
    const { call } = abilityCall("faster-whisper")
    await expect(ability(server.url).run(request, call)).rejects.toMatchObject({ code: "unsupported_parameter" })
  })
})
