import { describe, expect, test } from "bun:test"
import { defineVendor } from "../../../plugins/openai-compatible/definition.ts"
import { vendors } from "../../../plugins/openai-compatible/vendors.ts"
import type { Abilities, ImageRequest, Json, SpeechRequest, TranscriptionRequest } from "../../../src/contract/index.ts"
import { abilityCall, mediaFileOf, type SeenMedia, startMediaServer, tinyPng } from "../../kit/media.ts"

const abilitiesOf = (slug: string, baseUrl: string): Abilities => {
  const vendor = vendors.find((row) => row.slug === slug)
  if (vendor === undefined) throw new Error(`no vendor ${slug}`)
  return defineVendor(vendor).create({ id: slug, apiKey: "k", baseUrl, headers: {}, options: {} }).abilities ?? {}
}

const image: ImageRequest = { model: "m", prompt: "a fox", images: [], count: 2, size: "1024x768" }
const picture = mediaFileOf("A", "image/png", "a.png")
const pictureUrl = "data:image/png;base64,QQ=="

interface Row {
  readonly slug: string
  readonly model?: string
  readonly request: Partial<ImageRequest>
  readonly reply: Json | (() => Response)
  readonly path: string
  readonly json?: Json
  readonly form?: SeenMedia["form"]
  readonly lost: readonly string[]
}

const url = { data: [{ url: "https://x.test/1" }] }
const rows: readonly Row[] = [
  {
    slug: "together",
    request: { responseFormat: "b64_json", quality: "hd" },
    reply: { data: [{ b64_json: tinyPng }] },
    path: "/images/generations",
    json: { model: "m", prompt: "a fox", n: 2, width: 1024, height: 768, response_format: "base64" },
    lost: ["dropped quality"],
  },
  {
    slug: "together",
    request: { images: [picture, picture], count: 1 },
    reply: url,
    path: "/images/generations",
    json: { model: "m", prompt: "a fox", width: 1024, height: 768, image_url: pictureUrl },
    lost: ["dropped image[1]"],
  },
  {
    slug: "fireworks",
    model: "accounts/fireworks/models/flux-1-schnell-fp8",
    request: { count: 1 },
    reply: () => new Response(Buffer.from(tinyPng, "base64"), { headers: { "content-type": "image/png" } }),
    path: "/workflows/accounts/fireworks/models/flux-1-schnell-fp8/text_to_image",
    json: { prompt: "a fox", aspect_ratio: "4:3" },
    lost: ["approximated size"],
  },
  {
    slug: "fireworks",
    model: "accounts/fireworks/models/stable-diffusion-xl-1024-v1-0",
    request: { count: 1 },
    reply: { base64: [tinyPng] },
    path: "/image_generation/accounts/fireworks/models/stable-diffusion-xl-1024-v1-0",
    json: { prompt: "a fox", width: 1024, height: 768 },
    lost: [],
  },
  {
    slug: "deepinfra",
    request: { responseFormat: "url" },
    reply: { data: [{ b64_json: tinyPng }] },
    path: "/images/generations",
    json: { model: "m", prompt: "a fox", n: 2, size: "1024x768", response_format: "b64_json" },
    lost: [],
  },
  {
    slug: "deepinfra",
    request: { images: [picture], mask: picture, count: 1 },
    reply: { data: [{ b64_json: tinyPng }] },
    path: "/images/edits",
    form: [
      ["model", "m"],
      ["prompt", "a fox"],
      ["size", "1024x768"],
      ["response_format", "b64_json"],
      ["image", { name: "a.png", mime: "image/png", text: "A" }],
      ["mask", { name: "a.png", mime: "image/png", text: "A" }],
    ],
    lost: [],
  },
  {
    slug: "siliconflow",
    request: { extras: { guidance_scale: 7 } },
    reply: { images: [{ url: "https://x.test/1" }] },
    path: "/images/generations",
    json: { model: "m", prompt: "a fox", batch_size: 2, image_size: "1024x768", guidance_scale: 7 },
    lost: [],
  },
  {
    slug: "xai",
    request: { images: [picture], responseFormat: "url" },
    reply: url,
    path: "/images/edits",
    json: {
      model: "m",
      prompt: "a fox",
      n: 2,
      aspect_ratio: "4:3",
      response_format: "url",
      image: { url: pictureUrl, type: "image_url" },
    },
    lost: ["approximated size"],
  },
  {
    slug: "openrouter",
    request: { images: [picture, picture], responseFormat: "b64_json" },
    reply: {
      data: [{ b64_json: tinyPng, media_type: "image/png" }],
      usage: { prompt_tokens: 3, completion_tokens: 9, cost: 0.5 },
    },
    path: "/images",
    json: {
      model: "m",
      prompt: "a fox",
      n: 2,
      size: "1024x768",
      input_references: [pictureUrl, pictureUrl].map((one) => ({ type: "image_url", image_url: { url: one } })),
    },
    lost: [],
  },
  {
    slug: "recraft",
    request: { images: [picture], outputFormat: "webp", count: 1 },
    reply: url,
    path: "/images/imageToImage",
    form: [
      ["strength", "0.5"],
      ["model", "m"],
      ["prompt", "a fox"],
      ["size", "1024x768"],
      ["image_format", "webp"],
      ["image", { name: "a.png", mime: "image/png", text: "A" }],
    ],
    lost: [],
  },
  {
    slug: "recraft",
    request: { images: [picture], mask: picture, count: 1 },
    reply: url,
    path: "/images/inpaint",
    form: [
      ["model", "m"],
      ["prompt", "a fox"],
      ["size", "1024x768"],
      ["image", { name: "a.png", mime: "image/png", text: "A" }],
      ["mask", { name: "a.png", mime: "image/png", text: "A" }],
    ],
    lost: ["approximated mask"],
  },
]

describe("images", () => {
  for (const { slug, model = "m", request, reply, path, json, form, lost } of rows)
    test(`${slug} ${path}`, async () => {
      await using server = startMediaServer(() => (typeof reply === "function" ? reply() : reply))
      const call = abilityCall(model)
      const made = await abilitiesOf(slug, server.url).images?.run({ ...image, ...request }, call.call)
      const [seen] = server.requests
      expect(seen?.path).toBe(path)
      expect(seen?.headers.get("authorization")).toBe("Bearer k")
      if (json !== undefined) expect(seen?.json).toEqual(json)
      if (form !== undefined) expect(seen?.form).toEqual(form)
      expect(call.lost()).toEqual([...lost])
      expect(made?.images.length).toBeGreaterThan(0)
      expect(made?.usage?.counters?.images).toBe(made?.images.length)
    })

  test("a mask that a vendor cannot take is another one's to try", async () => {
    for (const slug of ["together", "siliconflow", "xai", "openrouter"]) {
      const run = abilitiesOf(slug, "http://127.0.0.1:1").images?.run(
        { ...image, images: [picture], mask: picture },
        abilityCall("m").call,
      )
      await expect(run).rejects.toMatchObject({ code: "unsupported_parameter", param: "mask" })
    }
  })
})

const speech: SpeechRequest = { model: "m", input: "Hi", voice: "eve", format: "mp3" }
const transcription: TranscriptionRequest = {
  model: "m",
  task: "transcribe",
  file: mediaFileOf("sound", "audio/wav", "a.wav"),
  granularities: [],
  format: "vtt",
}
const sound = () => new Response("sound", { headers: { "content-type": "audio/mpeg" } })

describe("speech", () => {
  test("xAI has a route of its own", async () => {
    await using server = startMediaServer(sound)
    const call = abilityCall("m")
    await abilitiesOf("xai", server.url).speech?.run({ ...speech, format: "opus", instructions: "slow" }, call.call)
    expect(server.requests[0]).toMatchObject({
      path: "/tts",
      json: { text: "Hi", voice_id: "eve", language: "auto", output_format: { codec: "mp3" } },
    })
    expect(call.lost()).toEqual(["approximated response_format", "dropped instructions"])
  })

  test("Mistral's audio stands inside JSON", async () => {
    await using server = startMediaServer(() => ({ audio_data: "c291bmQ=" }))
    const reply = await abilitiesOf("mistral", server.url).speech?.run(speech, abilityCall("voxtral-mini-tts").call)
    expect(server.requests[0]).toMatchObject({
      path: "/audio/speech",
      json: { model: "voxtral-mini-tts", input: "Hi", voice_id: "eve", response_format: "mp3" },
    })
    expect(reply?.body).toEqual(new TextEncoder().encode("sound"))
  })

  test("those that only know OpenAI's route", async () => {
    for (const slug of ["groq", "requesty", "openrouter", "siliconflow", "ollama", "litellm", "openai-compatible"]) {
      await using server = startMediaServer(sound)
      await abilitiesOf(slug, server.url).speech?.run(speech, abilityCall("m").call)
      expect([slug, server.requests[0]?.path]).toEqual([slug, "/audio/speech"])
    }
  })
})

describe("OpenAI's own models behind somebody's server", () => {
  test.each(["openai-compatible", "litellm", "localai", "requesty"])("%s: are as strict as there", async (slug) => {
    await using server = startMediaServer(() => ({ data: [{ b64_json: "AAAA" }] }))
    const { images, transcription: listen } = abilitiesOf(slug, server.url)
    const { call, lost } = abilityCall("openai/gpt-image-1")
    const painted = { model: "m", prompt: "x", images: [], count: 1, style: "vivid", responseFormat: "url" } as const
    await images?.run(painted, call)
    expect(server.requests[0]?.json).toEqual({ model: "openai/gpt-image-1", prompt: "x" })
    expect(lost()).toEqual(["dropped style"])
    const running = listen?.run({ ...transcription, format: "srt" }, abilityCall("gpt-4o-transcribe").call)
    expect(running).rejects.toMatchObject({ code: "unsupported_parameter", param: "response_format" })
    await running?.catch(() => {})
    expect(server.requests.length).toBe(1)
  })
})

describe("transcription", () => {
  test("xAI reads nothing behind the file, and times words", async () => {
    const words = [{ text: "Hi", start: 0.1, end: 0.4 }]
    await using server = startMediaServer(() => ({ text: "Hi", language: "en", duration: 0.5, words }))
    const call = abilityCall("m")
    const asked = { ...transcription, language: "en", prompt: "x" }
    const reply = await abilitiesOf("xai", server.url).transcription?.run(asked, call.call)
    expect(server.requests[0]?.path).toBe("/stt")
    expect(server.requests[0]?.form?.map(([name]) => name)).toEqual(["language", "file"])
    expect(call.lost()).toEqual(["dropped prompt"])
    expect(reply).toMatchObject({
      words: [{ word: "Hi", start: 0.1, end: 0.4 }],
      usage: { counters: { seconds: 0.5 } },
    })
  })

  test("Mistral is told which times, and no format", async () => {
    const segments = [{ type: "transcription_segment", start: 0, end: 1, text: "Hi" }]
    const usage = { prompt_audio_seconds: 2, prompt_tokens: 4, completion_tokens: 7, total_tokens: 11 }
    await using server = startMediaServer(() => ({ model: "m", text: "Hi", language: "en", segments, usage }))
    const reply = await abilitiesOf("mistral", server.url).transcription?.run(
      transcription,
      abilityCall("voxtral").call,
    )
    expect(server.requests[0]?.form?.slice(1)).toEqual([
      ["model", "voxtral"],
      ["timestamp_granularities", "segment"],
    ])
    expect(reply?.usage).toMatchObject({ input: { fresh: 4 }, output: { text: 7 }, counters: { seconds: 2 } })
  })

  test("siliconflow gives text only", async () => {
    const run = abilitiesOf("siliconflow", "http://127.0.0.1:1").transcription?.run(
      transcription,
      abilityCall("m").call,
    )
    await expect(run).rejects.toMatchObject({ code: "unsupported_parameter", param: "response_format" })
  })
})
