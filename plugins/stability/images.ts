import {
  appendFields,
  askedRatio,
  cannotEdit,
  checkMask,
  decodeImages,
  dropAsked,
  dropExtras,
  formFile,
  inBatches,
  jsonReply,
  type MediaEndpoint,
  postForm,
} from "signalbox/dialects"
import {
  type Ability,
  type AbilityCall,
  GatewayError,
  type ImageReply,
  type ImageRequest,
  type JsonObject,
} from "signalbox/plugin"

/** platform.stability.ai/docs/api-reference: the proportions of every model. */
const ratios = ["1:1", "16:9", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"] as const

/** Fields of the vendor's own that clients may send beside OpenAI's. */
const ownFields = ["negative_prompt", "seed", "style_preset", "cfg_scale", "strength", "grow_mask"] as const

/** How much of a picture is made anew when the client does not say; the field must be there. */
const usualStrength = 0.5

/** The route of a model, and its name where several share one. */
const routeOf = (model: string): { readonly path: string; readonly model?: string } => {
  const name = model.replace(/^stable-image-/, "")
  return /^sd3/.test(name) ? { path: "sd3", model: name } : { path: encodeURIComponent(name) }
}

const commonFields = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const { quality, background, outputCompression, user, style, extras } = request
  const asked = { quality, background, user, output_compression: outputCompression }
  dropAsked(call, asked, "Stability's models have no such parameter")
  dropExtras(call, extras, [...ownFields, "aspect_ratio"])
  const own = Object.fromEntries(Object.entries(extras ?? {}).filter(([name]) => ownFields.some((one) => one === name)))
  return {
    prompt: request.prompt,
    output_format: request.outputFormat ?? "png",
    ...(style === undefined ? {} : { style_preset: style }),
    ...own,
  }
}

interface Form {
  readonly path: string
  readonly fields: JsonObject
}

/** A picture with a mask is painted into; one without is what the new one starts from. */
const editOf = (request: ImageRequest, call: AbilityCall): Form => {
  const fields = commonFields(request, call)
  if (request.mask !== undefined) return { path: "v2beta/stable-image/edit/inpaint", fields }
  const { path, model } = routeOf(call.model)
  if (path === "core") throw cannotEdit(call.model)
  const mode = model === undefined ? {} : { model, mode: "image-to-image" }
  return { path: `v2beta/stable-image/generate/${path}`, fields: { strength: usualStrength, ...fields, ...mode } }
}

const generationOf = (request: ImageRequest, call: AbilityCall): Form => {
  const { path, model } = routeOf(call.model)
  const ratio = askedRatio(request, call, ratios)
  const fields = {
    ...commonFields(request, call),
    ...(ratio === undefined ? {} : { aspect_ratio: ratio }),
    ...(model === undefined ? {} : { model }),
  }
  return { path: `v2beta/stable-image/generate/${path}`, fields }
}

const encode = (request: ImageRequest, call: AbilityCall): { readonly path: string; readonly form: FormData } => {
  const [image, ...others] = request.images
  checkMask(request, "brightness", call)
  if (others.length > 0)
    call.lose({
      path: "image[1]",
      action: "dropped",
      code: "media_unsupported",
      reason: "the upstream changes one image at a time",
    })
  const { path, fields } = image === undefined ? generationOf(request, call) : editOf(request, call)
  const form = new FormData()
  appendFields(form, fields)
  if (image !== undefined) form.append("image", formFile(image))
  if (request.mask !== undefined) form.append("mask", formFile(request.mask))
  if (image !== undefined && request.size !== undefined && request.size !== "auto")
    call.lose({
      path: "size",
      action: "dropped",
      code: "parameter_unsupported",
      reason: "the answer is as large as the image",
    })
  return { path, form }
}

const decode = (reply: JsonObject, format: string | undefined): ImageReply => {
  if (reply.finish_reason === "CONTENT_FILTERED")
    throw new GatewayError("content_filter", "Stability AI filtered the image that was made of this prompt")
  return decodeImages(reply, format)
}

/** Images by the Stable Image routes, one an answer. */
export const images = (endpoint: MediaEndpoint): Ability<ImageRequest, ImageReply> => ({
  run: (request, call) =>
    inBatches(request, call, 1, async (batch, own) => {
      const { path, form } = encode(batch, own)
      return decode(await jsonReply(await postForm(own, endpoint, path, form)), batch.outputFormat)
    }),
})
