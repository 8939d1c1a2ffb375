import { describe, expect, test } from "bun:test"
import { blackForestLabs } from "../../../plugins/black-forest-labs/provider.ts"
import { deepgram } from "../../../plugins/deepgram/provider.ts"
import { elevenLabs } from "../../../plugins/elevenlabs/provider.ts"
import { fal } from "../../../plugins/fal/provider.ts"
import { replicate } from "../../../plugins/replicate/provider.ts"
import { stability } from "../../../plugins/stability/provider.ts"
import type {
  Abilities,
  ImageRequest,
  ProviderDefinition,
  SpeechRequest,
  TranscriptionRequest,
} from "../../../src/contract/index.ts"
import { abilityCall, mediaFileOf, startMediaServer, tinyPng } from "../../kit/media.ts"

const abilitiesOf = ({ id, create }: ProviderDefinition, baseUrl: string): Abilities =>
  create({ id, apiKey: "secret", baseUrl, headers: {}, options: {} }).abilities ?? {}

const image: ImageRequest = { model: "m", prompt: "a fox", images: [], count: 1 }
const picture = mediaFileOf("A", "image/png", "a.png")
const speech: SpeechRequest = { model: "m", input: "Hi", format: "mp3" }
const transcription: TranscriptionRequest = {
  model: "m",
  task: "transcribe",
  file: mediaFileOf("sound", "audio/flac", "a.flac"),
  granularities: [],
  format: "srt",
}

describe("settings", () => {
  for (const definition of [blackForestLabs, deepgram, elevenLabs, fal, replicate, stability])
    test(`${definition.id} needs a key, and knows no options`, () => {
      const settings = { id: "mine", headers: {}, options: {} }
      expect(() => definition.create(settings)).toThrow(definition.environment?.[0] ?? "never")
      expect(() => definition.create({ ...settings, apiKey: "k", options: { nope: 1 } })).toThrow("options.nope")
      expect(definition.create({ ...settings, baseUrl: "http://127.0.0.1:1" }).abilities).toBeDefined()
    })
})

describe("elevenlabs", () => {
  test("speaks", async () => {
    await using server = startMediaServer(() => new Response("mp3", { headers: { "content-type": "audio/mpeg" } }))
    const { call, lost } = abilityCall("eleven_multilingual_v2")
    const asked = {
      ...speech,
      voice: "a b",
      speed: 2,
      instructions: "slow",
      extras: { seed: 1, voice_settings: { stability: 1 } },
    }
    const reply = await abilitiesOf(elevenLabs, server.url).speech?.run(asked, call)
    expect(server.requests[0]?.path).toBe("/v1/text-to-speech/a%20b?output_format=mp3_44100_128")
    expect(server.requests[0]?.headers.get("xi-api-key")).toBe("secret")
    expect(server.requests[0]?.headers.get("authorization")).toBeNull()
    expect(server.requests[0]?.json).toEqual({
      text: "Hi",
      model_id: "eleven_multilingual_v2",
      seed: 1,
      voice_settings: { stability: 1, speed: 1.2 },
    })
    expect(lost()).toEqual(["dropped instructions", "clamped speed"])
    expect(reply?.usage?.counters).toEqual({ characters: 2 })
  })

  test("makes a WAV file of its samples", async () => {
    await using server = startMediaServer(() => new Response("pcm!", { headers: { "content-type": "audio/pcm" } }))
    const reply = await abilitiesOf(elevenLabs, server.url).speech?.run(
      { ...speech, format: "wav" },
      abilityCall("m").call,
    )
    expect(server.requests[0]?.path).toEndWith("?output_format=pcm_24000")
    expect(reply?.mime).toBe("audio/wav")
    expect(new DataView((reply!.body as Uint8Array).buffer).getUint32(24, true)).toBe(24_000)
  })

  test("hears", async () => {
    const words = [
      { text: "Hello", type: "word", start: 0.1, end: 0.5 },
      { text: " ", type: "spacing", start: 0.5, end: 0.6 },
      { text: "there.", type: "word", start: 0.6, end: 1.2 },
      { text: "(laughs)", type: "audio_event", start: 1.2, end: 2 },
    ]
    await using server = startMediaServer(() => ({ language_code: "eng", text: "Hello there. (laughs)", words }))
    const { call, lost } = abilityCall("scribe_v1")
    const asked = { ...transcription, language: "en", prompt: "x" }
    const reply = await abilitiesOf(elevenLabs, server.url).transcription?.run(asked, call)
    expect(server.requests[0]).toMatchObject({ path: "/v1/speech-to-text" })
    expect(server.requests[0]?.form).toEqual([
      ["model_id", "scribe_v1"],
      ["language_code", "en"],
      ["timestamps_granularity", "word"],
      ["file", { name: "a.flac", mime: "audio/flac", text: "sound" }],
    ])
    expect(lost()).toEqual(["dropped prompt"])
    expect(reply).toMatchObject({ language: "eng", durationSeconds: 1.2, usage: { counters: { seconds: 1.2 } } })
    expect(reply?.words?.map(({ word }) => word)).toEqual(["Hello", "there."])
  })
})

describe("deepgram", () => {
  test("speaks in the voice that the name is", async () => {
    await using server = startMediaServer(() => new Response("wav", { headers: { "content-type": "audio/wav" } }))
    const { call, losses } = abilityCall("aura-2")
    await abilitiesOf(deepgram, server.url).speech?.run({ ...speech, voice: "thalia-en", format: "wav" }, call)
    expect(server.requests[0]).toMatchObject({
      path: "/speak?model=aura-2-thalia-en&encoding=linear16&container=wav",
      json: { text: "Hi" },
    })
    expect(server.requests[0]?.headers.get("authorization")).toBe("Token secret")
    expect(losses).toEqual([])
    const other = abilityCall("aura-2-thalia-en")
    await abilitiesOf(deepgram, server.url).speech?.run({ ...speech, voice: "nova", format: "wav" }, other.call)
    expect(other.lost()).toEqual(["dropped voice"])
  })

  test("hears the body itself", async () => {
    const alternatives = [
      { transcript: "Hello.", words: [{ word: "hello", punctuated_word: "Hello.", start: 0, end: 1 }] },
    ]
    await using server = startMediaServer(() => ({
      metadata: { duration: 1.5 },
      results: { channels: [{ detected_language: "en", alternatives }] },
    }))
    const { call } = abilityCall("nova-3")
    const reply = await abilitiesOf(deepgram, server.url).transcription?.run(transcription, call)
    expect(server.requests[0]?.path).toBe("/listen?model=nova-3&smart_format=true&detect_language=true")
    expect(server.requests[0]?.headers.get("content-type")).toBe("audio/flac")
    expect(new TextDecoder().decode(server.requests[0]?.bytes)).toBe("sound")
    expect(reply).toMatchObject({
      text: "Hello.",
      language: "en",
      words: [{ word: "Hello.", start: 0, end: 1 }],
      usage: { counters: { seconds: 1.5 } },
    })
  })
})

describe("stability", () => {
  const made = { image: tinyPng, finish_reason: "SUCCESS", seed: 1 }

  test("paints", async () => {
    await using server = startMediaServer(() => made)
    const { call, lost } = abilityCall("stable-image-ultra")
    const asked = { ...image, size: "1920x1080", quality: "hd", extras: { negative_prompt: "dog", foo: 1 } }
    const reply = await abilitiesOf(stability, server.url).images?.run(asked, call)
    expect(server.requests[0]?.path).toBe("/v2beta/stable-image/generate/ultra")
    expect(server.requests[0]?.headers.get("accept")).toBe("application/json")
    expect(server.requests[0]?.form).toEqual([
      ["prompt", "a fox"],
      ["output_format", "png"],
      ["negative_prompt", "dog"],
      ["aspect_ratio", "16:9"],
    ])
    expect(lost()).toEqual(["approximated size", "dropped quality", "dropped foo"])
    expect(reply?.images).toEqual([{ image: { base64: tinyPng, mime: "image/png" } }])
  })

  test("names the model where several share a route, one image a call", async () => {
    await using server = startMediaServer(() => made)
    const reply = await abilitiesOf(stability, server.url).images?.run(
      { ...image, count: 2 },
      abilityCall("sd3.5-large").call,
    )
    expect(server.requests.map(({ path }) => path)).toEqual(
      Array.from({ length: 2 }, () => "/v2beta/stable-image/generate/sd3"),
    )
    expect(server.requests[0]?.form).toContainEqual(["model", "sd3.5-large"])
    expect(reply?.images).toHaveLength(2)
  })

  test("changes an image, or a part of it", async () => {
    await using server = startMediaServer(() => made)
    const { images } = abilitiesOf(stability, server.url)
    const call = abilityCall("sd3.5-large")
    await images?.run({ ...image, images: [picture], extras: { strength: 0.8 } }, call.call)
    expect(server.requests[0]?.form).toEqual([
      ["strength", "0.8"],
      ["prompt", "a fox"],
      ["output_format", "png"],
      ["model", "sd3.5-large"],
      ["mode", "image-to-image"],
      ["image", { name: "a.png", mime: "image/png", text: "A" }],
    ])
    await images?.run({ ...image, images: [picture, picture], mask: picture, size: "64x64" }, call.call)
    expect(server.requests[1]?.path).toBe("/v2beta/stable-image/edit/inpaint")
    expect(call.lost()).toEqual(["approximated mask", "dropped image[1]", "dropped size"])
    const core = images?.run({ ...image, images: [picture] }, abilityCall("stable-image-core").call)
    await expect(core).rejects.toMatchObject({ code: "unsupported_parameter" })
  })

  test("says when it filtered what it made", async () => {
    await using server = startMediaServer(() => ({ image: tinyPng, finish_reason: "CONTENT_FILTERED" }))
    const run = abilitiesOf(stability, server.url).images?.run(image, abilityCall("sd3").call)
    await expect(run).rejects.toMatchObject({ code: "content_filter" })
  })
})

test("fal answers at once, at an address for each model", async () => {
  await using server = startMediaServer(() => ({
    images: [{ url: "https://x.test/1", content_type: "image/jpeg" }],
    seed: 1,
  }))
  const { call, lost } = abilityCall("fal-ai/flux/dev/image-to-image")
  const asked = { ...image, images: [picture], mask: picture, size: "1024x768", quality: "hd", extras: { seed: 7 } }
  const reply = await abilitiesOf(fal, server.url).images?.run(asked, call)
  expect(server.requests[0]?.path).toBe("/fal-ai/flux/dev/image-to-image")
  expect(server.requests[0]?.headers.get("authorization")).toBe("Key secret")
  expect(server.requests[0]?.json).toEqual({
    prompt: "a fox",
    image_size: { width: 1024, height: 768 },
    image_url: "data:image/png;base64,QQ==",
    mask_url: "data:image/png;base64,QQ==",
    seed: 7,
  })
  expect(lost()).toEqual(["dropped quality", "approximated mask"])
  expect(reply?.images).toEqual([{ image: { url: "https://x.test/1" } }])
})

describe("replicate", () => {
  test("waits for what is not done yet", async () => {
    await using server = startMediaServer((asked, index) => {
      const get = `http://${asked.headers.get("host")}/predictions/p1`
      const status = ["starting", "processing", "succeeded"][index] ?? "failed"
      return { id: "p1", status, error: null, urls: { get }, output: index < 2 ? null : ["https://x.test/1"] }
    })
    const { call, waits } = abilityCall("black-forest-labs/flux-schnell")
    const reply = await abilitiesOf(replicate, server.url).images?.run(
      { ...image, count: 2, outputFormat: "jpeg" },
      call,
    )
    expect(server.requests[0]).toMatchObject({
      path: "/models/black-forest-labs/flux-schnell/predictions",
      json: { input: { prompt: "a fox", num_outputs: 2, output_format: "jpg" } },
    })
    expect(server.requests[0]?.headers.get("prefer")).toBe("wait")
    expect(server.requests.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /predictions/p1",
      "GET /predictions/p1",
    ])
    expect(waits).toEqual([1000, 1000])
    expect(reply?.images).toEqual([{ image: { url: "https://x.test/1" } }])
  })

  test("asks for a version by its id, and tells why a prediction failed", async () => {
    await using server = startMediaServer(() => ({ status: "failed", error: "NSFW content detected" }))
    const run = abilitiesOf(replicate, server.url).images?.run(image, abilityCall("a/b:0123").call)
    await expect(run).rejects.toMatchObject({ code: "content_filter" })
    expect(server.requests[0]).toMatchObject({ path: "/predictions", json: { version: "0123" } })
  })
})

describe("black-forest-labs", () => {
  test("asks until the image is ready", async () => {
    await using server = startMediaServer((asked, index) => {
      if (index === 0) return { id: "j1", polling_url: `http://${asked.headers.get("host")}/get_result?id=j1` }
      return index === 1 ? { id: "j1", status: "Pending" } : { status: "Ready", result: { sample: "https://x.test/1" } }
    })
    const { call, waits, losses } = abilityCall("flux-pro-1.1")
    const reply = await abilitiesOf(blackForestLabs, server.url).images?.run({ ...image, size: "1024x768" }, call)
    expect(server.requests[0]).toMatchObject({
      path: "/flux-pro-1.1",
      json: { prompt: "a fox", width: 1024, height: 768 },
    })
    expect(server.requests.map(({ headers }) => headers.get("x-key"))).toEqual(["secret", "secret", "secret"])
    expect(waits).toEqual([500, 500])
    expect(losses).toEqual([])
    expect(reply?.images).toEqual([{ image: { url: "https://x.test/1" } }])
  })

  test("changes images where the model does", async () => {
    await using server = startMediaServer(() => ({ status: "Ready", result: { sample: "https://x.test/1" } }))
    const { images } = abilitiesOf(blackForestLabs, server.url)
    await images?.run({ ...image, images: [picture, picture], size: "1024x1024" }, abilityCall("flux-kontext-pro").call)
    expect(server.requests[0]?.json).toEqual({
      prompt: "a fox",
      aspect_ratio: "1:1",
      input_image: "QQ==",
      input_image_2: "QQ==",
    })
    const run = images?.run({ ...image, images: [picture] }, abilityCall("flux-pro-1.1").call)
    await expect(run).rejects.toMatchObject({ code: "unsupported_parameter", param: "image" })
  })

  test("tells a moderated prompt from a failure", async () => {
    for (const [status, code] of [
      ["Content Moderated", "content_filter"],
      ["Error", "provider_down"],
    ] as const) {
      await using server = startMediaServer(() => ({ status }))
      const run = abilitiesOf(blackForestLabs, server.url).images?.run(image, abilityCall("flux-dev").call)
      await expect(run).rejects.toMatchObject({ code })
    }
  })

  test("never takes the key to another host", async () => {
    await using other = startMediaServer(() => ({ status: "Ready" }))
    await using server = startMediaServer(() => ({ id: "j1", polling_url: `${other.url}/get_result` }))
    const run = abilitiesOf(blackForestLabs, server.url).images?.run(image, abilityCall("flux-dev").call)
    await expect(run).rejects.toMatchObject({ code: "bad_provider_response" })
    expect(other.requests).toEqual([])
  })
})
