import { describe, expect, test } from "bun:test"
import { GatewayError, type Json } from "../../../src/contract/index.ts"
import { decodeImageEdit, decodeImageGeneration } from "../../../src/dialects/index.ts"
import { tinyPng } from "../../kit/media.ts"

const png = Uint8Array.from(Buffer.from(tinyPng, "base64"))
const url = `data:image/png;base64,${tinyPng}`

const refusal = async (body: Json | FormData, edit = false): Promise<GatewayError> => {
  try {
    await (edit ? decodeImageEdit(body) : decodeImageGeneration(body as Json))
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error("was taken")
}

describe("a generation", () => {
  test("with everything", async () => {
    const { request, events, losses } = await decodeImageGeneration({
      model: "openai/gpt-image-1",
      prompt: "a fox",
      n: 2,
      size: "1024x1536",
      quality: "high",
      style: "vivid",
      background: "transparent",
      output_format: "webp",
      output_compression: 80,
      response_format: "b64_json",
      user: "u1",
      moderation: "low",
      provider: { order: ["openai"] },
      models: ["a/b"],
    })
    expect(request).toEqual({
      model: "openai/gpt-image-1",
      prompt: "a fox",
      images: [],
      count: 2,
      size: "1024x1536",
      quality: "high",
      style: "vivid",
      background: "transparent",
      outputFormat: "webp",
      outputCompression: 80,
      responseFormat: "b64_json",
      user: "u1",
      extras: { moderation: "low" },
    })
    expect(events).toBe(false)
    expect(losses).toEqual([])
  })

  test("with nothing but a prompt has no wish of its own", async () => {
    const { request } = await decodeImageGeneration({ prompt: "a fox", n: null, size: null })
    expect(request).toEqual({ model: "", prompt: "a fox", images: [], count: 1 })
  })

  test("carries words that only one vendor knows", async () => {
    const body = { prompt: "x", quality: "ultra", size: "2K", output_format: "svg" }
    const { request } = await decodeImageGeneration(body)
    expect(request).toMatchObject({ quality: "ultra", size: "2K", extras: { output_format: "svg" } })
  })

  test("with references is an edit", async () => {
    const reference = { type: "image_url", image_url: { url } }
    const { request } = await decodeImageGeneration({ prompt: "x", input_references: [reference] })
    expect(request.images).toEqual([{ bytes: png, mime: "image/png", name: "image.png" }])
  })

  test("as a stream reports what is not streamed", async () => {
    const { events, losses } = await decodeImageGeneration({ prompt: "x", stream: true, partial_images: 2 })
    expect(events).toBe(true)
    expect(losses).toMatchObject([{ path: "partial_images", action: "dropped" }])
  })

  const bad: readonly (readonly [string, Json, string])[] = [
    ["no prompt", {}, "prompt"],
    ["an empty prompt", { prompt: " " }, "prompt"],
    ["a prompt that is no text", { prompt: 1 }, "prompt"],
    ["n of 0", { prompt: "x", n: 0 }, "n"],
    ["n of 11", { prompt: "x", n: 11 }, "n"],
    ["n as a text", { prompt: "x", n: "2" }, "n"],
    ["an unknown response_format", { prompt: "x", response_format: "png" }, "response_format"],
    ["a compression above 100", { prompt: "x", output_compression: 101 }, "output_compression"],
    ["a mask without an image", { prompt: "x", mask: url }, "mask"],
    ["an image that is no base64", { prompt: "x", image: "data:image/png;base64,???" }, "image"],
    ["a body that is no object", [], ""],
  ]
  for (const [name, body, param] of bad)
    test(`${name} is refused with its path`, async () => {
      const error = await refusal(body)
      expect([error.code, error.param]).toEqual(["invalid_request", param])
    })
})

describe("an edit", () => {
  const form = (parts: readonly (readonly [string, string | File])[]) => {
    const out = new FormData()
    for (const [name, value] of parts) typeof value === "string" ? out.append(name, value) : out.append(name, value)
    return out
  }

  test("as a form, with several images and a mask", async () => {
    const { request } = await decodeImageEdit(
      form([
        ["model", "m"],
        ["prompt", "add a hat"],
        ["image[]", new File([png], "one.png", { type: "image/png" })],
        ["image[]", new File([png], "two")],
        ["mask", new File([png], "mask.png", { type: "image/png" })],
        ["n", "2"],
        ["output_compression", "50"],
        ["input_fidelity", "high"],
      ]),
    )
    expect(request).toMatchObject({ model: "m", prompt: "add a hat", count: 2, outputCompression: 50 })
    expect(request.images.map(({ mime, name }) => [mime, name])).toEqual([
      ["image/png", "one.png"],
      ["image/png", "two.png"],
    ])
    expect(request.mask?.bytes).toEqual(png)
    expect(request.extras).toEqual({ input_fidelity: "high" })
  })

  test("as JSON with data URLs, as xAI takes it", async () => {
    const { request } = await decodeImageEdit({ prompt: "x", image: { url, type: "image_url" } })
    expect(request.images).toEqual([{ bytes: png, mime: "image/png", name: "image.png" }])
  })

  test("by URL, where the host loads it", async () => {
    const load = async (address: string, param: string) => ({ bytes: new TextEncoder().encode(`${address} ${param}`) })
    const { request } = await decodeImageEdit({ prompt: "x", image: ["https://x.test/a.webp"] }, load)
    expect(new TextDecoder().decode(request.images[0]?.bytes)).toBe("https://x.test/a.webp image[0]")
  })

  test("by URL, where nothing is fetched", async () => {
    const error = await refusal({ prompt: "x", image: { url: "https://x.test/a.png" } }, true)
    expect(error.param).toBe("image.url")
    expect(error.message).toContain("data: URL")
  })

  test("without an image, with a wrong number, with a file too many", async () => {
    expect((await refusal(form([["prompt", "x"]]), true)).param).toBe("image")
    const image = ["image", new File([png], "a.png")] as const
    expect((await refusal(form([["prompt", "x"], image, ["n", "two"]]), true)).param).toBe("n")
    expect((await refusal(form([["prompt", "x"], image, ["layer", new File([png], "b")]]), true)).param).toBe("layer")
  })
})
