import { describe, expect, test } from "bun:test"
import { google } from "../../../plugins/google/provider.ts"
import type { ImageRequest } from "../../../src/contract/index.ts"
import { abilityCall, mediaFileOf, startMediaServer, tinyPng } from "../../kit/media.ts"

const request: ImageRequest = { model: "m", prompt: "a fox", images: [], count: 1 }
const images = (url: string) => {
  const { abilities } = google.create({ id: "google", apiKey: "k", baseUrl: url, headers: {}, options: {} })
  if (abilities?.images === undefined) throw new Error("makes no images")
  return abilities.images
}

test("chat models paint nothing", () => {
  const { serves } = images("http://127.0.0.1:1")
  expect(
    ["gemini-2.5-flash-image", "gemini-3-pro-image-preview", "imagen-4.0-generate-001"].map((name) => serves?.(name)),
  ).toEqual([true, true, true])
  expect(["gemini-2.5-flash", "gemini-embedding-001"].map((name) => serves?.(name))).toEqual([false, false])
})

describe("Gemini", () => {
  const part = { inlineData: { mimeType: "image/png", data: tinyPng } }
  const answer = {
    candidates: [{ content: { parts: [{ text: "Here it is" }, part] }, finishReason: "STOP" }],
    usageMetadata: {
      promptTokenCount: 8,
      candidatesTokenCount: 1295,
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1290 }],
    },
  }

  test("paints by generateContent, and its image tokens are counted", async () => {
    await using server = startMediaServer(() => answer)
    const { call, lost } = abilityCall("gemini-2.5-flash-image")
    const asked = { ...request, size: "1536x1024", quality: "high", extras: { seed: 7, moderation: "low" } }
    const reply = await images(server.url).run(asked, call)
    expect(server.requests[0]?.path).toBe("/v1beta/models/gemini-2.5-flash-image:generateContent")
    expect(server.requests[0]?.headers.get("x-goog-api-key")).toBe("k")
    expect(server.requests[0]?.json).toEqual({
      contents: [{ role: "user", parts: [{ text: "a fox" }] }],
      generationConfig: {
        responseModalities: ["TEXT", "IMAGE"],
        imageConfig: { aspectRatio: "3:2" },
        seed: 7,
      },
    })
    expect(lost()).toEqual(["dropped quality", "dropped moderation", "approximated size"])
    expect(reply.images).toEqual([{ image: { base64: tinyPng, mime: "image/png" } }])
    expect(reply.usage).toMatchObject({
      input: { fresh: 8 },
      output: { text: 5, image: 1290 },
      counters: { images: 1 },
    })
  })

  test("changes images, once for each that is wanted", async () => {
    await using server = startMediaServer(() => answer)
    const { call, losses } = abilityCall("gemini-3-pro-image-preview")
    const given = [mediaFileOf("A", "image/jpeg", "a.jpg")]
    const reply = await images(server.url).run({ ...request, images: given, count: 2, size: "2k" }, call)
    expect(server.requests).toHaveLength(2)
    expect(server.requests[0]?.json).toMatchObject({
      contents: [{ parts: [{ inlineData: { mimeType: "image/jpeg", data: "QQ==" } }, { text: "a fox" }] }],
      generationConfig: { imageConfig: { imageSize: "2K" } },
    })
    expect(losses).toEqual([])
    expect(reply.images).toHaveLength(2)
    expect(reply.usage?.output.image).toBe(2580)
  })

  test("takes no mask", async () => {
    const file = mediaFileOf("A", "image/png", "a.png")
    const run = images("http://127.0.0.1:1").run(
      { ...request, images: [file], mask: file },
      abilityCall("gemini-image").call,
    )
    await expect(run).rejects.toMatchObject({ code: "unsupported_parameter", param: "mask", retry: "next" })
  })

  test("that refuses says why", async () => {
    const refusals = [
      [{ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }, "content_filter"],
      [{ candidates: [{ finishReason: "IMAGE_SAFETY" }] }, "content_filter"],
      [
        { candidates: [{ content: { parts: [{ text: "I would rather not" }] }, finishReason: "STOP" }] },
        "bad_provider_response",
      ],
    ] as const
    for (const [body, code] of refusals) {
      await using server = startMediaServer(() => JSON.parse(JSON.stringify(body)))
      await expect(images(server.url).run(request, abilityCall("gemini-image").call)).rejects.toMatchObject({ code })
    }
  })
})

describe("Imagen", () => {
  test("paints by predict, four at once", async () => {
    const one = { bytesBase64Encoded: tinyPng, mimeType: "image/png", prompt: "a red fox" }
    await using server = startMediaServer((_, index) => ({ predictions: index === 0 ? [one, one, one, one] : [one] }))
    const { call, lost } = abilityCall("imagen-4.0-generate-001")
    const asked = {
      ...request,
      count: 5,
      size: "1024x1024",
      outputFormat: "jpeg",
      extras: { negative_prompt: "dog" },
    } as const
    const reply = await images(server.url).run(asked, call)
    expect(server.requests[0]?.path).toBe("/v1beta/models/imagen-4.0-generate-001:predict")
    expect(server.requests.map(({ json }) => json)).toEqual(
      [4, 1].map((sampleCount) => ({
        instances: [{ prompt: "a fox" }],
        parameters: {
          sampleCount,
          aspectRatio: "1:1",
          outputOptions: { mimeType: "image/jpeg" },
          negativePrompt: "dog",
        },
      })),
    )
    expect(lost()).toEqual(["approximated size"])
    expect(reply.images).toHaveLength(5)
    expect(reply.images[0]).toEqual({ image: { base64: tinyPng, mime: "image/png" }, revisedPrompt: "a red fox" })
    expect(reply.usage?.counters).toEqual({ images: 5 })
  })

  test("that filtered everything says why", async () => {
    await using server = startMediaServer(() => ({ predictions: [{ raiFilteredReason: "violence" }] }))
    const run = images(server.url).run(request, abilityCall("imagen-4.0-generate-001").call)
    await expect(run).rejects.toMatchObject({ code: "content_filter" })
  })
})
