import type { Ability, AbilityCall, ImageReply, ImageRequest, Json, JsonObject } from "../../../contract/index.ts"
import { appendFields, formFile, type MediaEndpoint, modelSegments, postForm, postJson } from "../../media/endpoint.ts"
import { fileUrl } from "../../media/file.ts"
import { dropParameter } from "../../media/losses.ts"
import { inBatches } from "./batches.ts"
import { inAskedForm, readImages } from "./decode.ts"
import { cannotEdit, checkMask } from "./masks.ts"
import type { EditShape, ImageField, ImageQuirks } from "./quirks.ts"
import { askedRatio, commonRatios, pixelsOf } from "./sizes.ts"

const usualNames: Readonly<Record<ImageField, string>> = {
  count: "n",
  size: "size",
  quality: "quality",
  style: "style",
  background: "background",
  outputFormat: "output_format",
  outputCompression: "output_compression",
  user: "user",
}

const sizeFields = (request: ImageRequest, quirks: ImageQuirks, call: AbilityCall): JsonObject => {
  if (quirks.size === "ratio") {
    const ratio = askedRatio(request, call, quirks.ratios ?? commonRatios)
    return ratio === undefined ? {} : { aspect_ratio: ratio }
  }
  if (quirks.size !== "pixels" || request.size === undefined || request.size === "auto") return {}
  const pixels = pixelsOf(request.size)
  if (pixels === undefined) dropParameter(call, "size", "the upstream takes pixels only")
  return { ...pixels }
}

const plainFields = (request: ImageRequest, quirks: ImageQuirks, call: AbilityCall): JsonObject => {
  const names = { ...usualNames, ...quirks.fields }
  const out: JsonObject = {}
  for (const field of Object.keys(usualNames) as ImageField[]) {
    if (field === "size" && quirks.size !== undefined) continue
    const value = field === "count" && request.count === 1 ? undefined : request[field]
    const name = names[field]
    if (value === undefined) continue
    if (name !== false) out[name] = value
    else dropParameter(call, usualNames[field], "the upstream's image models have no such parameter")
  }
  return out
}

const formatField = (request: ImageRequest, { responseFormat, usualFormat }: ImageQuirks): JsonObject => {
  const asked = request.responseFormat ?? usualFormat
  if (responseFormat === false || asked === undefined) return {}
  return { response_format: responseFormat?.[asked] ?? asked }
}

const fieldsOf = (request: ImageRequest, quirks: ImageQuirks, call: AbilityCall): JsonObject => ({
  ...quirks.body,
  ...(quirks.modelInPath ? {} : { model: call.model }),
  prompt: request.prompt,
  ...plainFields(request, quirks, call),
  ...sizeFields(request, quirks, call),
  ...formatField(request, quirks),
  ...request.extras,
})

const pathOf = (path: string, model: string): string => path.replace("{model}", modelSegments(model))

/** The images that fit; further ones are reported. */
const firstImages = (request: ImageRequest, most: number | undefined, call: AbilityCall) => {
  if (most === undefined || request.images.length <= most) return request.images
  call.lose({
    path: `image[${most}]`,
    action: "dropped",
    code: "media_unsupported",
    reason: `the upstream changes ${most === 1 ? "one image" : `${most} images`} at a time`,
  })
  return request.images.slice(0, most)
}

const editForm = (
  request: ImageRequest,
  shape: Extract<EditShape, { as: "form" }>,
  fields: JsonObject,
  call: AbilityCall,
): FormData => {
  checkMask(request, shape.mask ?? "alpha", call)
  const images = firstImages(request, shape.most, call)
  const form = new FormData()
  appendFields(form, fields)
  const name = shape.list !== false && images.length > 1 ? "image[]" : "image"
  for (const image of images) form.append(name, formFile(image))
  if (request.mask !== undefined) form.append("mask", formFile(request.mask))
  return form
}

const imageValue = (as: "reference" | "part" | "json", url: string): Json => {
  if (as === "json") return url
  return as === "reference" ? { url, type: "image_url" } : { type: "image_url", image_url: { url } }
}

const editJson = (
  request: ImageRequest,
  shape: Exclude<EditShape, { as: "form" }>,
  call: AbilityCall,
): Readonly<Record<string, Json>> => {
  checkMask(request, false, call)
  const images = firstImages(request, shape.most ?? (shape.list ? undefined : 1), call)
  const written = images.map((image) => imageValue(shape.as, fileUrl(image)))
  return { [shape.field]: shape.list ? written : (written[0] ?? null) }
}

const generate = async (endpoint: MediaEndpoint, quirks: ImageQuirks, request: ImageRequest, call: AbilityCall) => {
  const path = pathOf(quirks.paths?.generate ?? "images/generations", call.model)
  return postJson(call, endpoint, path, fieldsOf(request, quirks, call), quirks.accept)
}

const edit = async (endpoint: MediaEndpoint, quirks: ImageQuirks, request: ImageRequest, call: AbilityCall) => {
  const shape = quirks.edits ?? { as: "form" }
  if (shape === false) throw cannotEdit(call.model)
  const edits = quirks.paths?.edit ?? "images/edits"
  const path = pathOf(request.mask === undefined ? edits : (quirks.paths?.mask ?? edits), call.model)
  const fields = { ...(request.mask === undefined ? quirks.editBody : {}), ...fieldsOf(request, quirks, call) }
  if (shape.as === "form") return postForm(call, endpoint, path, editForm(request, shape, fields, call), quirks.accept)
  return postJson(call, endpoint, path, { ...fields, ...editJson(request, shape, call) }, quirks.accept)
}

/** Images by OpenAI's routes, and by those that only differ in names and paths. */
export const openAiImages = (
  endpoint: MediaEndpoint,
  quirksOf: ImageQuirks | ((model: string) => ImageQuirks) = {},
): Ability<ImageRequest, ImageReply> => ({
  async run(request, call) {
    const quirks = typeof quirksOf === "function" ? quirksOf(call.model) : quirksOf
    const reply = await inBatches(request, call, quirks.perCall ?? 10, async (batch, own) => {
      const send = batch.images.length > 0 ? edit : generate
      return readImages(await send(endpoint, quirks, batch, own), batch.outputFormat)
    })
    return inAskedForm(reply, request, call)
  },
})
