import {
  checkMask,
  decodeImages,
  dropAsked,
  dropParameter,
  fileUrl,
  inAskedForm,
  inBatches,
  jsonReply,
  type MediaEndpoint,
  modelSegments,
  pixelsOf,
  postJson,
} from "signalbox/dialects"
import type { Ability, AbilityCall, ImageReply, ImageRequest, Json, JsonObject } from "signalbox/plugin"

/** Most of its models make up to four at once. */
const perCall = 4

const sizeOf = ({ size }: ImageRequest, call: AbilityCall): JsonObject => {
  if (size === undefined || size === "auto") return {}
  const pixels = pixelsOf(size)
  // Its own words (`landscape_16_9`) are texts without an x between numbers.
  if (pixels !== undefined) return { image_size: { ...pixels } }
  if (/^[a-z]/.test(size)) return { image_size: size }
  dropParameter(call, "size", "the upstream takes pixels, or a name of its own")
  return {}
}

/** One image in one field, several in another: which of them a model reads is its own matter. */
const picturesOf = ({ images, mask }: ImageRequest): JsonObject => {
  const urls = images.map((image): Json => fileUrl(image))
  return {
    ...(urls.length === 1 ? { image_url: urls[0] ?? null } : {}),
    ...(urls.length > 1 ? { image_urls: urls } : {}),
    ...(mask === undefined ? {} : { mask_url: fileUrl(mask) }),
  }
}

const encode = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const { quality, background, outputCompression, user, style, outputFormat, extras } = request
  const asked = { quality, background, style, user, output_compression: outputCompression }
  dropAsked(call, asked, "fal's models have no such parameter")
  checkMask(request, "brightness", call)
  return {
    prompt: request.prompt,
    ...(request.count === 1 ? {} : { num_images: request.count }),
    ...sizeOf(request, call),
    ...(outputFormat === undefined ? {} : { output_format: outputFormat }),
    ...picturesOf(request),
    ...extras,
  }
}

/** fal.ai/docs: every model has an address of its own below the host. */
export const images = (endpoint: MediaEndpoint): Ability<ImageRequest, ImageReply> => ({
  async run(request, call) {
    const reply = await inBatches(request, call, perCall, async (batch, own) => {
      const response = await postJson(own, endpoint, modelSegments(own.model), encode(batch, own))
      return decodeImages(await jsonReply(response), batch.outputFormat)
    })
    return inAskedForm(reply, request, call)
  },
})
