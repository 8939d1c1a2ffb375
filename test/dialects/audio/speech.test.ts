import { describe, expect, test } from "bun:test"
import { emptyUsage, GatewayError, type Json, type SpeechRequest } from "../../../src/contract/index.ts"
import {
  createSseDecoder,
  decodeSpeech,
  encodeSpeechEvents,
  geminiSpeech,
  mediaEndpoint,
  openAiSpeech,
} from "../../../src/dialects/index.ts"
import { abilityCall, startMediaServer } from "../../kit/media.ts"

const request: SpeechRequest = { model: "m", input: "Grüße 🙂", voice: "nova", format: "mp3" }

const refusal = (body: Json): GatewayError => {
  try {
    decodeSpeech(body)
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error("was taken")
}

describe("a request", () => {
  test("with everything", () => {
    const { request, events } = decodeSpeech({
      model: "openai/tts",
      input: "Hi",
      voice: { id: "voice_1" },
      response_format: "opus",
      speed: 1.25,
      instructions: "whisper",
      stream_format: "sse",
      lang: "en",
      provider: {},
    })
    expect(request).toEqual({
      model: "openai/tts",
      input: "Hi",
      voice: "voice_1",
      format: "opus",
      speed: 1.25,
      instructions: "whisper",
      extras: { lang: "en" },
    })
    expect(events).toBe(true)
  })

  test("with the least", () => {
    expect(decodeSpeech({ input: "Hi" })).toEqual({
      request: { model: "", input: "Hi", format: "mp3" },
      events: false,
      losses: [],
    })
  })

  const bad: readonly (readonly [string, Json, string])[] = [
    ["no input", {}, "input"],
    ["a voice that is a number", { input: "x", voice: 1 }, "voice"],
    ["an unknown format", { input: "x", response_format: "midi" }, "response_format"],
    ["too fast", { input: "x", speed: 5 }, "speed"],
    ["an unknown stream", { input: "x", stream_format: "ws" }, "stream_format"],
  ]
  for (const [name, body, param] of bad)
    test(`${name} is refused with its path`, () => {
      expect(refusal(body)).toMatchObject({ code: "invalid_request", param })
    })
})

describe("OpenAI's route", () => {
  test("gets the words, and its bytes are passed on", async () => {
    await using server = startMediaServer(() => new Response("ID3…", { headers: { "content-type": "audio/mpeg" } }))
    const { call, losses } = abilityCall("gpt-4o-mini-tts")
    const ability = openAiSpeech(mediaEndpoint(`${server.url}/v1`, { authorization: "Bearer k" }), { voice: "alloy" })
    const reply = await ability.run({ ...request, speed: 1.5, instructions: "slowly", extras: { lang: "de" } }, call)
    expect(server.requests[0]?.path).toBe("/v1/audio/speech")
    expect(server.requests[0]?.json).toEqual({
      model: "gpt-4o-mini-tts",
      input: "Grüße 🙂",
      voice: "nova",
      response_format: "mp3",
      speed: 1.5,
      instructions: "slowly",
      lang: "de",
    })
    expect(reply.mime).toBe("audio/mpeg")
    expect(await new Response(reply.body as ReadableStream<Uint8Array>).text()).toBe("ID3…")
    // Characters, not UTF-16 units.
    expect(reply.usage?.counters).toEqual({ characters: 7 })
    expect(losses).toEqual([])
  })

  test("reports what a vendor cannot do, and what it made instead", async () => {
    await using server = startMediaServer(() => new Response("RIFF", { headers: { "content-type": "audio/wav" } }))
    const { call, lost } = abilityCall("m")
    const quirks = { formats: ["mp3", "pcm"], instructions: false, speed: false, voiceField: "voice_id" } as const
    const ability = openAiSpeech(mediaEndpoint(server.url, {}), quirks)
    const reply = await ability.run({ ...request, format: "aac", speed: 2, instructions: "slowly" }, call)
    expect(server.requests[0]?.json).toMatchObject({ voice_id: "nova", response_format: "mp3" })
    expect(lost()).toEqual([
      "approximated response_format",
      "dropped speed",
      "dropped instructions",
      "approximated response_format",
    ])
    expect(reply.mime).toBe("audio/wav")
  })

  test.each([
    ["a proxy's page", "<html>502</html>", "text/html"],
    ["no byte", "", "audio/mpeg"],
    ["JSON that is none", "<html>", "application/json"],
  ])("%s is no audio, so that the next upstream is asked", async (_, body, type) => {
    await using server = startMediaServer(() => new Response(body, { headers: { "content-type": type } }))
    const running = openAiSpeech(mediaEndpoint(server.url, {})).run(request, abilityCall("m").call)
    expect(running).rejects.toMatchObject({ code: "bad_provider_response" })
    await running.catch(() => {})
  })

  test("takes audio that stands inside JSON", async () => {
    const audio_data = Buffer.from("audio").toString("base64")
    await using server = startMediaServer(() => ({ audio_data }))
    const reply = await openAiSpeech(mediaEndpoint(server.url, {})).run(request, abilityCall("m").call)
    expect(await new Response(reply.body as Uint8Array<ArrayBuffer>).text()).toBe("audio")
    expect(reply.mime).toBe("audio/mpeg")
  })
})

describe("Gemini", () => {
  const pcm = Uint8Array.of(1, 0, 2, 0, 3, 0)
  const answer = {
    candidates: [
      {
        content: {
          parts: [
            { inlineData: { mimeType: "audio/L16;codec=pcm;rate=16000", data: Buffer.from(pcm).toString("base64") } },
          ],
        },
      },
    ],
    usageMetadata: {
      promptTokenCount: 5,
      candidatesTokenCount: 40,
      candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 40 }],
    },
  }

  test("gives raw samples, which become a WAV file", async () => {
    await using server = startMediaServer(() => answer)
    const { call, lost } = abilityCall("gemini-2.5-flash-preview-tts")
    const reply = await geminiSpeech(mediaEndpoint(server.url, {})).run(
      { ...request, voice: "Puck", instructions: "Say cheerfully", speed: 2 },
      call,
    )
    expect(server.requests[0]?.json).toEqual({
      contents: [{ role: "user", parts: [{ text: "Say cheerfully: Grüße 🙂" }] }],
      generationConfig: {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Puck" } } },
      },
    })
    expect(lost()).toEqual(["approximated response_format", "dropped speed"])
    expect(reply.mime).toBe("audio/wav")
    const body = reply.body as Uint8Array
    const view = new DataView(body.buffer)
    expect(new TextDecoder().decode(body.subarray(0, 4))).toBe("RIFF")
    expect(view.getUint32(4, true)).toBe(36 + pcm.length)
    expect(view.getUint32(24, true)).toBe(16_000)
    expect(view.getUint32(28, true)).toBe(32_000)
    expect(view.getUint32(40, true)).toBe(pcm.length)
    expect(body.subarray(44)).toEqual(pcm)
    expect(reply.usage).toMatchObject({ input: { fresh: 5 }, output: { audio: 40, text: 0 } })
  })

  test("gives them as they are to a client that asks for pcm", async () => {
    await using server = startMediaServer(() => answer)
    const { call, losses } = abilityCall("gemini-2.5-flash-preview-tts")
    const reply = await geminiSpeech(mediaEndpoint(server.url, {})).run({ ...request, format: "pcm" }, call)
    expect(reply).toMatchObject({ mime: "audio/pcm", body: pcm })
    expect(losses).toEqual([])
  })
})

describe("events", () => {
  const end = () => ({ usage: { ...emptyUsage, counters: { characters: 3 } }, costUsd: 0.01 })
  const read = async (stream: ReadableStream<Uint8Array>) =>
    createSseDecoder()
      .push(new Uint8Array(await new Response(stream).arrayBuffer()))
      .map(({ data }) => JSON.parse(data) as { type: string; audio?: string; usage?: unknown })

  test("carry every byte, and the usage last", async () => {
    const pieces = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift()
        if (piece) controller.enqueue(piece)
        else controller.close()
      },
    })
    expect(await read(encodeSpeechEvents({ mime: "audio/mpeg", body }, end))).toEqual([
      { type: "speech.audio.delta", audio: "AQI=" },
      { type: "speech.audio.delta", audio: "Aw==" },
      {
        type: "speech.audio.done",
        usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0, cost: 0.01 },
      },
    ])
  })

  test("break where the upstream breaks", async () => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error("gone")) })
    await expect(read(encodeSpeechEvents({ mime: "audio/mpeg", body }, end))).rejects.toThrow("gone")
  })
})
