import { describe, expect, test } from "bun:test"
import type { ImageRequest } from "../../../src/contract/index.ts"
import { mediaEndpoint, openAiImageQuirks, openAiImages } from "../../../src/dialects/index.ts"
import { abilityCall, mediaFileOf, startMediaServer, tinyPng } from "../../kit/media.ts"

const request: ImageRequest = { model: "m", prompt: "a fox", images: [], count: 1 }
const headers = { authorization: "Bearer k", "content-type": "application/json" }
const one = { created: 1, data: [{ b64_json: tinyPng }] }

const openAi = (url: string) => openAiImages(mediaEndpoint(`${url}/v1?x=1`, headers), openAiImageQuirks)

describe("gpt-image", () => {
  test("is never told a response_format, and its tokens are image tokens", async () => {
    await using server = startMediaServer(() => ({
      ...one,
      output_format: "webp",
      usage: {
        input_tokens: 50,
        output_tokens: 272,
        total_tokens: 322,
        input_tokens_details: { text_tokens: 10, image_tokens: 40, cached_tokens: 4 },
      },
    }))
    const { call, lost } = abilityCall("gpt-image-1")
    const reply = await openAi(server.url).run(
      { ...request, count: 2, responseFormat: "url", style: "vivid", background: "opaque", outputFormat: "webp" },
      call,
    )
    expect(server.requests[0]).toMatchObject({ method: "POST", path: "/v1/images/generations?x=1" })
    expect(server.requests[0]?.headers.get("authorization")).toBe("Bearer k")
    expect(server.requests[0]?.json).toEqual({
      model: "gpt-image-1",
      prompt: "a fox",
      n: 2,
      background: "opaque",
      output_format: "webp",
    })
    expect(lost()).toEqual(["dropped style"])
    // What the bytes are wins over what was said.
    expect(reply.images).toEqual([{ image: { base64: tinyPng, mime: "image/png" } }])
    expect(reply.usage).toMatchObject({
      input: { fresh: 6, cacheRead: 4, image: 40 },
      output: { text: 0, image: 272 },
      counters: { images: 1 },
    })
  })

  test("changes images by a form with a mask", async () => {
    await using server = startMediaServer(() => one)
    const { call } = abilityCall("gpt-image-1")
    const images = [mediaFileOf("A", "image/png", "a.png"), mediaFileOf("B", "image/jpeg", "b.jpg")]
    const mask = mediaFileOf("M", "image/png", "mask.png")
    await openAi(server.url).run({ ...request, images, mask, extras: { input_fidelity: "high" } }, call)
    expect(server.requests[0]?.path).toBe("/v1/images/edits?x=1")
    expect(server.requests[0]?.headers.get("content-type")).toMatch(/^multipart\/form-data; ?boundary=/)
    expect(server.requests[0]?.form).toEqual([
      ["model", "gpt-image-1"],
      ["prompt", "a fox"],
      ["input_fidelity", "high"],
      ["image[]", { name: "a.png", mime: "image/png", text: "A" }],
      ["image[]", { name: "b.jpg", mime: "image/jpeg", text: "B" }],
      ["mask", { name: "mask.png", mime: "image/png", text: "M" }],
    ])
  })
})

describe("dall-e", () => {
  test("3 makes one image at a time: several calls, losses told once", async () => {
    await using server = startMediaServer(() => ({ created: 1, data: [{ url: "https://x/1", revised_prompt: "r" }] }))
    const { call, lost } = abilityCall("dall-e-3")
    const asked = { ...request, count: 3, responseFormat: "url", background: "opaque", style: "vivid" } as const
    const reply = await openAi(server.url).run(asked, call)
    expect(server.requests.map(({ json }) => json)).toEqual(
      Array.from({ length: 3 }, () => ({
        model: "dall-e-3",
        prompt: "a fox",
        style: "vivid",
        response_format: "url",
      })),
    )
    expect(lost()).toEqual(["dropped background"])
    expect(reply.images).toHaveLength(3)
    expect(reply.images[0]).toEqual({ image: { url: "https://x/1" }, revisedPrompt: "r" })
    expect(reply.usage?.counters).toEqual({ images: 3 })
  })

  test("3 changes no images, which another upstream may", async () => {
    const { call } = abilityCall("dall-e-3")
    const images = [mediaFileOf("A", "image/png", "a.png")]
    const run = openAi("http://127.0.0.1:1").run({ ...request, images }, call)
    await expect(run).rejects.toMatchObject({ code: "unsupported_parameter", param: "image", retry: "next" })
  })

  test("2 changes one image, and says which are left out", async () => {
    await using server = startMediaServer(() => one)
    const { call, lost } = abilityCall("dall-e-2")
    const images = [mediaFileOf("A", "image/png", "a.png"), mediaFileOf("B", "image/png", "b.png")]
    await openAi(server.url).run({ ...request, images, quality: "hd" }, call)
    expect(lost()).toEqual(["dropped quality", "dropped image[1]"])
    expect(server.requests[0]?.form?.map(([name]) => name)).toEqual(["model", "prompt", "image"])
  })
})

describe("an answer", () => {
  test("of URLs is loaded for a client that wants the bytes, without the key", async () => {
    await using files = startMediaServer(
      () => new Response(Buffer.from(tinyPng, "base64"), { headers: { "content-type": "application/octet-stream" } }),
    )
    await using server = startMediaServer(() => ({ data: [{ url: `${files.url}/1?sig=x` }] }))
    const { call } = abilityCall("any")
    const reply = await openAi(server.url).run({ ...request, responseFormat: "b64_json" }, call)
    expect(reply.images).toEqual([{ image: { base64: tinyPng, mime: "image/png" } }])
    expect(files.requests[0]).toMatchObject({ method: "GET", path: "/1?sig=x" })
    expect(files.requests[0]?.headers.get("authorization")).toBeNull()
  })

  test("without an image, with an error inside, or without JSON is a failure", async () => {
    for (const body of [{ data: [] }, { error: { message: "Unexpected endpoint" } }, "<html>"]) {
      await using server = startMediaServer(() =>
        typeof body === "string" ? new Response(body, { headers: { "content-type": "text/html" } }) : body,
      )
      await expect(openAi(server.url).run(request, abilityCall("any").call)).rejects.toMatchObject({
        name: "GatewayError",
      })
    }
  })
})
