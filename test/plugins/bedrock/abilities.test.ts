import { afterAll, beforeEach, describe, expect, test } from "bun:test"
import type { EmbeddingsRequest, ImageRequest, Json, JsonObject, Loss } from "../../../src/contract/index.ts"
import { startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { chat } from "../../kit/wire-client.ts"
import { abilityCall, provider } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())
beforeEach(() => {
  fake.calls.length = 0
})

const { abilities } = provider({ url: fake.url })
const { embeddings, rerank, images, countTokens } = abilities ?? {}
if (!embeddings || !rerank || !images || !countTokens) throw new Error("an ability is missing")

const vector = (length: number): Json[] => Array.from({ length }, (_, at) => at / 10)
const texts = (...list: readonly string[]) => list.map((text) => ({ type: "text", text }) as const)

describe("embeddings", () => {
  fake.invokes["amazon.titan-embed"] = () => ({ embedding: vector(3), inputTextTokenCount: 5 })
  fake.invokes["cohere.embed-english"] = ({ texts: list }) => ({
    embeddings: (list as string[]).map((_, at) => vector(at + 1)),
  })
  fake.invokes["eu.cohere.embed-v4"] = ({ texts: list }) => ({
    embeddings: { float: (list as string[]).map(() => vector(2)) },
  })
  fake.invokes["amazon.nova-2-multimodal-embeddings"] = () => ({
    embeddings: [{ embeddingType: "TEXT", embedding: vector(4) }],
    inputTokenCount: 6,
  })
  const run = (model: string, fields: Partial<EmbeddingsRequest> = {}, losses: Loss[] = []) =>
    embeddings.run({ model, input: texts("a", "b"), encoding: "float", ...fields }, abilityCall(model, losses))
  const bodies = () => fake.calls.map(({ body }) => body)

  test("Titan: one text a call, usage summed", async () => {
    const reply = await run("amazon.titan-embed-text-v2:0", { dimensions: 256, extras: { normalize: false } })
    // Side by side, so they may arrive in any order.
    expect(bodies().toSorted((one, other) => String(one.inputText).localeCompare(String(other.inputText)))).toEqual([
      { inputText: "a", dimensions: 256, normalize: false },
      { inputText: "b", dimensions: 256, normalize: false },
    ])
    expect(reply.vectors).toHaveLength(2)
    expect(reply.usage?.input.fresh).toBe(10)
  })

  test("Cohere: many texts a call, an input type that it demands, tokens from the header", async () => {
    const losses: Loss[] = []
    const reply = await run("cohere.embed-english-v3", {}, losses)
    expect(bodies()).toEqual([{ texts: ["a", "b"], input_type: "search_document" }])
    expect(reply.vectors).toEqual([{ floats: [0] }, { floats: [0, 0.1] }])
    expect(reply.usage?.input.fresh).toBe(17)
    expect(losses.map(({ path }) => path)).toEqual(["input_type"])
    expect((await run("eu.cohere.embed-v4:0", { inputType: "search_query", dimensions: 2 })).vectors).toHaveLength(2)
    expect(bodies().at(-1)).toEqual({ texts: ["a", "b"], input_type: "search_query", output_dimension: 2 })
    await run("cohere.embed-english-v3", {
      input: texts(...Array.from({ length: 97 }, (_, at) => `t${at}`)),
      inputType: "x",
    })
    expect(
      bodies()
        .slice(-2)
        .map(({ texts: list }) => (list as string[]).length)
        .toSorted(),
    ).toEqual([1, 96])
  })

  test("Nova: a purpose of its own words, text or picture", async () => {
    await run("amazon.nova-2-multimodal-embeddings-v1:0", {
      input: texts("a"),
      inputType: "search_query",
      dimensions: 384,
    })
    expect(bodies().at(-1)).toEqual({
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: "TEXT_RETRIEVAL",
        embeddingDimension: 384,
        text: { truncationMode: "END", value: "a" },
      },
    })
    const picture = {
      type: "content",
      content: [{ type: "media", kind: "image", source: { type: "data", base64: "iVBORw0KGgo=" } }],
    } as const
    await run("amazon.nova-2-multimodal-embeddings-v1:0", { input: [picture] })
    expect((bodies().at(-1)?.singleEmbeddingParams as JsonObject | undefined)?.image).toEqual({
      format: "png",
      source: { bytes: "iVBORw0KGgo=" },
    })
  })

  test("tokens, and pictures for a model of texts, are refused so that another may try", async () => {
    const tokens = await run("amazon.titan-embed-text-v2:0", { input: [{ type: "tokens", tokens: [1] }] }).catch(
      (thrown) => thrown,
    )
    expect(tokens.code).toBe("unsupported_parameter")
    expect(
      ["amazon.titan-embed-text-v2:0", "global.cohere.embed-v4:0", "amazon.nova-pro-v1:0"].map((model) =>
        embeddings.serves?.(model),
      ),
    ).toEqual([true, true, false])
  })
})

test("rerank: by ARN, at the agent runtime, best first", async () => {
  const request = { model: "cohere.rerank-v3-5:0", query: "q", documents: [{ text: "a" }, { text: "b" }], topN: 2 }
  const reply = await rerank.run(request, abilityCall(request.model))
  expect(reply).toMatchObject({
    results: [
      { index: 1, score: 0.9 },
      { index: 0, score: 0.2 },
    ],
    usage: { counters: { searches: 1 } },
  })
  expect(fake.calls[0]?.path).toBe("/rerank")
  expect(fake.calls[0]?.body).toEqual({
    queries: [{ type: "TEXT", textQuery: { text: "q" } }],
    sources: ["a", "b"].map((text) => ({
      type: "INLINE",
      inlineDocumentSource: { type: "TEXT", textDocument: { text } },
    })),
    rerankingConfiguration: {
      type: "BEDROCK_RERANKING_MODEL",
      bedrockRerankingConfiguration: {
        modelConfiguration: { modelArn: "arn:aws:bedrock:eu-central-1::foundation-model/cohere.rerank-v3-5:0" },
        numberOfResults: 2,
      },
    },
  })
  expect(
    ["amazon.rerank-v1:0", "cohere.rerank-v3-5:0", "cohere.embed-v4:0"].map((model) => rerank.serves?.(model)),
  ).toEqual([true, true, false])
})

describe("images", () => {
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
  const bytes = Uint8Array.from(Buffer.from(png, "base64"))
  const picture = { bytes, mime: "image/png", name: "a.png" }
  fake.invokes["amazon.nova-canvas"] = ({ imageGenerationConfig }) => ({
    images: Array.from({ length: Number((imageGenerationConfig as JsonObject).numberOfImages) }, () => png),
  })
  fake.invokes["stability."] = ({ prompt }) =>
    prompt === "bad"
      ? { images: [], finish_reasons: ["Filter reason: prompt"] }
      : { images: [png], finish_reasons: [null] }
  const run = (model: string, fields: Partial<ImageRequest> = {}, losses: Loss[] = []) =>
    images.run(
      { model, prompt: "a cat", images: [], count: 1, responseFormat: "b64_json", ...fields },
      abilityCall(model, losses),
    )
  const canvas = "amazon.nova-canvas-v1:0"

  test("Nova Canvas and Titan: made, changed under a mask, varied", async () => {
    const reply = await run(canvas, {
      count: 2,
      size: "1024x512",
      quality: "hd",
      extras: { seed: 7, negative_prompt: "dogs" },
    })
    expect(reply).toMatchObject({
      images: [{ image: { base64: png, mime: "image/png" } }, {}],
      usage: { counters: { images: 2 } },
    })
    expect(fake.calls[0]?.body).toEqual({
      taskType: "TEXT_IMAGE",
      textToImageParams: { text: "a cat", negativeText: "dogs" },
      imageGenerationConfig: { numberOfImages: 2, width: 1024, height: 512, quality: "premium", seed: 7 },
    })
    const losses: Loss[] = []
    await run(canvas, { images: [picture], mask: picture }, losses)
    expect(fake.calls.at(-1)?.body).toMatchObject({
      taskType: "INPAINTING",
      inPaintingParams: { image: png, maskImage: png, text: "a cat" },
    })
    expect(losses.map(({ path }) => path)).toEqual(["mask"])
    await run(canvas, { images: [picture, picture] })
    expect(fake.calls.at(-1)?.body).toMatchObject({
      taskType: "IMAGE_VARIATION",
      imageVariationParams: { images: [png, png] },
    })
  })

  test("Stability: proportions instead of pixels, one image a call, filters as errors", async () => {
    const losses: Loss[] = []
    const reply = await run("stability.sd3-5-large-v1:0", { count: 2, size: "1536x1024", quality: "hd" }, losses)
    expect(reply.images).toHaveLength(2)
    expect(fake.calls[0]?.body).toEqual({ prompt: "a cat", output_format: "png", aspect_ratio: "3:2" })
    expect(losses.map(({ path }) => path).toSorted()).toEqual(["quality", "size"])
    expect((await run("stability.stable-image-ultra-v1:1", { prompt: "bad" }).catch((thrown) => thrown)).code).toBe(
      "content_filter",
    )
    expect(
      (await run("stability.sd3-5-large-v1:0", { images: [picture], mask: picture }).catch((thrown) => thrown)).code,
    ).toBe("unsupported_parameter")
  })
})

test("tokens are counted of the very body that Claude would get, by the model without its profile", async () => {
  const model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
  expect(await countTokens.run(chat({ text: "Grüße", stream: true }), abilityCall(model))).toBe(123)
  const [call] = fake.calls
  expect(call?.path).toBe("/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens")
  const { invokeModel } = (call?.body.input ?? {}) as { readonly invokeModel: { readonly body: string } }
  expect(JSON.parse(Buffer.from(invokeModel.body, "base64").toString("utf8"))).toMatchObject({
    anthropic_version: "bedrock-2023-05-31",
    messages: [{ role: "user", content: [{ text: "Grüße" }] }],
  })
  expect(countTokens.serves?.("amazon.nova-pro-v1:0")).toBe(false)
})
