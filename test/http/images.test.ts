import { afterAll, describe, expect, test } from "bun:test"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenRouter } from "@openrouter/ai-sdk-provider"
import { OpenRouter } from "@openrouter/sdk"
import { generateImage } from "ai"
import OpenAI from "openai"
import { inferenceKey, startGateway } from "../kit/gateway.ts"
import { startMediaServer, tinyPng } from "../kit/media.ts"

/** As strict as OpenAI: its newer models refuse to be asked for a form, and answer in base64. */
const server = startMediaServer(({ path, json }) => {
  if (path === "/files/a.png")
    return new Response(Buffer.from(tinyPng, "base64"), { headers: { "content-type": "image/png" } })
  const { model, response_format, n = 1 } = json as { model: string; response_format?: string; n?: number }
  const refusal = { error: { message: "Unknown parameter: 'response_format'.", type: "invalid_request_error" } }
  if (model.startsWith("gpt-image") && response_format !== undefined) return Response.json(refusal, { status: 400 })
  const isUrl = !model.startsWith("gpt-image") && response_format !== "b64_json"
  const image = isUrl ? { url: `${server.url}/files/a.png` } : { b64_json: tinyPng }
  return { created: 1, data: Array.from({ length: n }, () => image), usage: { input_tokens: 1, output_tokens: 2 } }
})
const gateway = await startGateway({
  providers: [
    {
      id: "up",
      plugin: "openai-compatible",
      base_url: `${server.url}/v1`,
      api_key: "k",
      models: [
        { id: "openai/gpt-image-1", upstream: "gpt-image-1", kind: "images" },
        { id: "test/painter", upstream: "painter", kind: "images", price: { per_unit: { images: 0.04 } } },
        { id: "test/chat", upstream: "chat" },
      ],
    },
  ],
})
afterAll(async () => {
  await gateway.stop()
  await server[Symbol.asyncDispose]()
})

const asked = { model: "openai/gpt-image-1", prompt: "a fox" }
const openai = new OpenAI({ apiKey: inferenceKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })

describe("a client that does not say which form it wants", () => {
  test("finds the image in base64, as OpenAI's clients do, and at an address, as Requesty's do", async () => {
    const { data } = await openai.images.generate(asked)
    expect(data?.[0]?.b64_json).toBe(tinyPng)
    const found = await fetch(data?.[0]?.url ?? "")
    expect(found.headers.get("content-type")).toBe("image/png")
    expect(Buffer.from(await found.arrayBuffer()).toString("base64")).toBe(tinyPng)
  })

  test("has the vendor's address where the vendor gives one", async () => {
    const { data } = await openai.images.generate({ ...asked, model: "test/painter" })
    expect(data).toEqual([{ url: `${server.url}/files/a.png` }])
  })

  test("has events with the image itself", async () => {
    const events = await openai.images.generate({ ...asked, stream: true })
    for await (const event of events) {
      expect(event).toMatchObject({ type: "image_generation.completed", b64_json: tinyPng })
      expect(Object.keys(event)).not.toContain("url")
    }
  })
})

test("one that says it has that form alone, of a model that cannot be asked for it", async () => {
  const forms = await Promise.all(
    (["url", "b64_json"] as const).map((response_format) => openai.images.generate({ ...asked, response_format })),
  )
  expect(forms.map(({ data }) => Object.keys(data?.[0] ?? {}))).toEqual([["url"], ["b64_json"]])
})

test("the AI SDK, which asks for base64 unless it knows the model", async () => {
  const provider = createOpenAI({ apiKey: inferenceKey, baseURL: `${gateway.url}/v1` })
  for (const model of ["openai/gpt-image-1", "test/painter"]) {
    const { image } = await generateImage({ model: provider.image(model), prompt: "a fox" })
    expect(image.mediaType).toBe("image/png")
  }
})

describe("OpenRouter's route", () => {
  const openrouter = new OpenRouter({ apiKey: inferenceKey, serverURL: `${gateway.url}/api/v1` })

  test.each(["openai/gpt-image-1", "test/painter"])(
    "its SDK gets %s's image in base64, and the cost",
    async (model) => {
      const reply = await openrouter.images.generate({ imageGenerationRequest: { model, prompt: "a fox" } })
      expect(reply).toMatchObject({
        data: [{ b64Json: tinyPng, mediaType: "image/png" }],
        usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3, cost: expect.any(Number) },
      })
    },
  )

  test("its SDK reads the events", async () => {
    const request = { model: "openai/gpt-image-1", prompt: "a fox", stream: true }
    const reply = await openrouter.images.generate({ imageGenerationRequest: request })
    const seen: unknown[] = []
    for await (const event of reply as AsyncIterable<unknown>) seen.push(event)
    expect(seen).toMatchObject([{ type: "image_generation.completed", b64Json: tinyPng, usage: { totalTokens: 3 } }])
  })

  test("its provider of the AI SDK", async () => {
    const provider = createOpenRouter({ apiKey: inferenceKey, baseURL: `${gateway.url}/api/v1` })
    const { images } = await generateImage({ model: provider.imageModel("test/painter"), prompt: "a fox", n: 2 })
    expect(images.length).toBeGreaterThan(0)
  })

  test("its list has what makes images and nothing else", async () => {
    const { data } = await openrouter.images.listModels()
    const ids = data.map(({ id }) => id)
    expect(ids).toContain("test/painter")
    expect(ids).not.toContain("test/chat")
  })
})
