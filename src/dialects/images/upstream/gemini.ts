import {
  type Ability,
  type AbilityCall,
  GatewayError,
  type ImageReply,
  type ImageRequest,
  isObject,
  type Json,
  type JsonObject,
  type MadeImage,
} from "../../../contract/index.ts"
import { decodeUsage } from "../../gemini/reply/usage.ts"
import { badReply, jsonReply, type MediaEndpoint, postJson } from "../../media/endpoint.ts"
import { base64Of } from "../../media/file.ts"
import { dropAsked, dropExtras } from "../../media/losses.ts"
import { inBatches } from "./batches.ts"
import { inAskedForm } from "./decode.ts"
import { checkMask } from "./masks.ts"
import { askedRatio } from "./sizes.ts"

/** ai.google.dev/gemini-api/docs/image-generation: the proportions of the image models. */
const ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"] as const

/** Chat models of the family that paint, as `gemini-2.5-flash-image` and `gemini-3-pro-image-preview`. */
export const isGeminiImageModel = (model: string): boolean => /gemini.*image|nano-banana/i.test(model)

export interface GeminiImageOptions {
  /** Added to every body; Vertex has labels, for example. */
  readonly body?: JsonObject
}

/** `1K`, `2K`, `4K`: named by the client, as a size or as OpenRouter's `resolution`. */
const resolutionOf = ({ size, extras }: ImageRequest): string | undefined => {
  const named = typeof extras?.resolution === "string" ? extras.resolution : size
  return named !== undefined && /^\d+K$/i.test(named) ? named.toUpperCase() : undefined
}

const taken = ["aspect_ratio", "resolution", "seed"]

const encode = (request: ImageRequest, call: AbilityCall, { body }: GeminiImageOptions): JsonObject => {
  checkMask(request, false, call)
  const { quality, style, background, outputFormat, outputCompression, user, extras } = request
  const asked = { quality, style, background, user, output_format: outputFormat, output_compression: outputCompression }
  dropAsked(call, asked, "Gemini has no such parameter")
  dropExtras(call, extras, taken)
  const imageSize = resolutionOf(request)
  const sized: ImageRequest =
    imageSize !== undefined && imageSize === request.size?.toUpperCase() ? withoutSize(request) : request
  const aspectRatio = askedRatio(sized, call, ratios)
  const imageConfig = { ...(aspectRatio ? { aspectRatio } : {}), ...(imageSize ? { imageSize } : {}) }
  const images = request.images.map((image) => ({ inlineData: { mimeType: image.mime, data: base64Of(image.bytes) } }))
  return {
    ...body,
    contents: [{ role: "user", parts: [...images, { text: request.prompt }] }],
    generationConfig: {
      responseModalities: ["TEXT", "IMAGE"],
      ...(Object.keys(imageConfig).length > 0 ? { imageConfig } : {}),
      ...(typeof extras?.seed === "number" ? { seed: extras.seed } : {}),
    },
  }
}

const withoutSize = ({ size: _, ...request }: ImageRequest): ImageRequest => request

const objects = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "")

/** Why there is no image: blocked, or the model only talked. */
const refusal = (reply: JsonObject, candidates: readonly JsonObject[], words: string): GatewayError => {
  const feedback = isObject(reply.promptFeedback) ? reply.promptFeedback : {}
  const reasons = [textOf(feedback.blockReason), ...candidates.map(({ finishReason }) => textOf(finishReason))]
  const reason = reasons.find((name) => /SAFETY|PROHIBITED|BLOCK|RECITATION|SPII|OTHER/.test(name))
  const told = words === "" ? "" : `: ${words.slice(0, 300)}`
  if (reason !== undefined)
    return new GatewayError("content_filter", `Gemini made no image of this prompt (${reason})${told}`)
  return badReply(`Gemini answered without an image${told}`)
}

const decode = (reply: JsonObject): ImageReply => {
  const candidates = objects(reply.candidates)
  const parts = candidates.flatMap(({ content }) => objects(isObject(content) ? content.parts : undefined))
  const images: MadeImage[] = []
  let words = ""
  for (const part of parts) {
    if (part.thought === true) continue
    words += textOf(part.text)
    const data = isObject(part.inlineData) ? part.inlineData : {}
    const mime = textOf(data.mimeType) || "image/png"
    if (typeof data.data === "string" && mime.startsWith("image/"))
      images.push({ image: { base64: data.data, mime: mime.toLowerCase() } })
  }
  if (images.length === 0) throw refusal(reply, candidates, words)
  return { images, usage: decodeUsage(reply.usageMetadata, { images: images.length }) }
}

/** Images by Gemini's own image models, one an answer; `endpoint` is asked for the path `generateContent`. */
export const geminiImages = (
  endpoint: MediaEndpoint,
  options: GeminiImageOptions = {},
): Ability<ImageRequest, ImageReply> => ({
  serves: isGeminiImageModel,
  async run(request, call) {
    const reply = await inBatches(request, call, 1, async (batch, own) =>
      decode(await jsonReply(await postJson(own, endpoint, "generateContent", encode(batch, own, options)))),
    )
    return inAskedForm(reply, request, call)
  },
})
