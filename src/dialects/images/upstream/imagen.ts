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
import { badReply, jsonReply, type MediaEndpoint, postJson } from "../../media/endpoint.ts"
import { dropAsked, dropExtras } from "../../media/losses.ts"
import { counted } from "../../media/usage.ts"
import { inBatches } from "./batches.ts"
import { cannotEdit } from "./masks.ts"
import { askedRatio } from "./sizes.ts"

/** ai.google.dev/gemini-api/docs/imagen: four images at once, five proportions. */
const perCall = 4
const ratios = ["1:1", "3:4", "4:3", "9:16", "16:9"] as const

export const isImagenModel = (model: string): boolean => /^(?:models\/)?imagen/i.test(model)

/** Fields in the clients' spelling → Imagen's. */
const ownFields: Readonly<Record<string, string>> = {
  seed: "seed",
  negative_prompt: "negativePrompt",
  person_generation: "personGeneration",
  safety_setting: "safetySetting",
  enhance_prompt: "enhancePrompt",
}

const encode = (request: ImageRequest, call: AbilityCall): JsonObject => {
  if (request.images.length > 0) throw cannotEdit(call.model)
  const { quality, style, background, outputFormat, outputCompression, user, extras = {} } = request
  dropAsked(call, { quality, style, background, user }, "Imagen has no such parameter")
  dropExtras(call, extras, [...Object.keys(ownFields), "aspect_ratio"])
  const aspectRatio = askedRatio(request, call, ratios)
  const output = {
    ...(outputFormat === undefined ? {} : { mimeType: `image/${outputFormat}` }),
    ...(outputCompression === undefined ? {} : { compressionQuality: outputCompression }),
  }
  const own: JsonObject = {}
  for (const [field, name] of Object.entries(ownFields)) {
    const value = extras[field]
    if (value !== undefined) own[name] = value
  }
  return {
    instances: [{ prompt: request.prompt }],
    parameters: {
      sampleCount: request.count,
      ...(aspectRatio === undefined ? {} : { aspectRatio }),
      ...(Object.keys(output).length > 0 ? { outputOptions: output } : {}),
      ...own,
    },
  }
}

const decodeOne = (prediction: Json): readonly MadeImage[] => {
  if (!isObject(prediction) || typeof prediction.bytesBase64Encoded !== "string") return []
  const mime = typeof prediction.mimeType === "string" ? prediction.mimeType.toLowerCase() : "image/png"
  const revised = typeof prediction.prompt === "string" ? { revisedPrompt: prediction.prompt } : {}
  return [{ image: { base64: prediction.bytesBase64Encoded, mime }, ...revised }]
}

/** A filtered image is missing from the list, or stands in it as its reason. */
const decode = (reply: JsonObject): ImageReply => {
  const predictions = Array.isArray(reply.predictions) ? reply.predictions : []
  const images = predictions.flatMap(decodeOne)
  if (images.length > 0) return { images, usage: counted({ images: images.length }) }
  const reason = predictions.find((one) => isObject(one) && typeof one.raiFilteredReason === "string")
  if (isObject(reason))
    throw new GatewayError("content_filter", `Imagen made no image: ${String(reason.raiFilteredReason)}`)
  throw badReply("Imagen answered without an image")
}

/** Images by Imagen; `endpoint` is asked for the path `predict`. */
export const imagenImages = (endpoint: MediaEndpoint): Ability<ImageRequest, ImageReply> => ({
  serves: isImagenModel,
  run: (request, call) =>
    inBatches(request, call, perCall, async (batch, own) =>
      decode(await jsonReply(await postJson(own, endpoint, "predict", encode(batch, own)))),
    ),
})
