import {
  askedRatio,
  base64Of,
  cannotEdit,
  checkMask,
  commonRatios,
  decodeImages,
  dropAsked,
  inAskedForm,
  inBatches,
  jobAnswer,
  jsonReply,
  type MediaEndpoint,
  pixelsOf,
  postJson,
} from "signalbox/dialects"
import {
  type Ability,
  type AbilityCall,
  GatewayError,
  type ImageReply,
  type ImageRequest,
  isObject,
  type JsonObject,
} from "signalbox/plugin"

/** Milliseconds between two looks at a job, as the vendor's guide has it. */
const betweenLooks = 500

/** Ultra and Kontext models know proportions, the others pixels; FLUX.2 and Kontext change pictures, Fill paints into one. */
const byRatio = /ultra|kontext/i
const edits = /kontext|flux-2/i
const fill = /fill/i

const sizeOf = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const pixels = byRatio.test(call.model) ? undefined : pixelsOf(request.size)
  if (pixels !== undefined) return { ...pixels }
  const ratio = askedRatio(request, call, commonRatios)
  return ratio === undefined ? {} : { aspect_ratio: ratio }
}

const picturesOf = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const [image] = request.images
  if (image === undefined) return {}
  checkMask(request, fill.test(call.model) ? "brightness" : false, call)
  const mask = request.mask === undefined ? {} : { mask: base64Of(request.mask.bytes) }
  if (fill.test(call.model)) return { image: base64Of(image.bytes), ...mask }
  if (!edits.test(call.model)) throw cannotEdit(call.model)
  return Object.fromEntries(
    request.images.map(({ bytes }, index) => [`input_image${index === 0 ? "" : `_${index + 1}`}`, base64Of(bytes)]),
  )
}

const encode = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const { quality, background, outputCompression, user, style, outputFormat, extras } = request
  const asked = { quality, background, style, user, output_compression: outputCompression }
  dropAsked(call, asked, "FLUX has no such parameter")
  const { aspect_ratio: _, ...own } = extras ?? {}
  return {
    prompt: request.prompt,
    ...sizeOf(request, call),
    ...(outputFormat === undefined ? {} : { output_format: outputFormat }),
    ...picturesOf(request, call),
    ...own,
  }
}

/** docs.bfl.ai: `Request Moderated` and `Content Moderated` are statuses of a job. */
const failure = ({ status }: JsonObject): GatewayError =>
  /moderated/i.test(String(status))
    ? new GatewayError("content_filter", `Black Forest Labs made no image of this prompt (${String(status)})`)
    : new GatewayError("provider_down", `Black Forest Labs made no image (${String(status)})`)

const statusOf = ({ status }: JsonObject) => {
  if (status === "Ready") return "done"
  // The first answer has an id and an address, and no status yet.
  return status === undefined || status === "Pending" || status === "Queued" || status === "Processing"
    ? "running"
    : "failed"
}

/** Images by jobs that are asked for until they are done; the finished image is a URL that lives ten minutes. */
export const images = (endpoint: MediaEndpoint): Ability<ImageRequest, ImageReply> => ({
  async run(request, call) {
    const reply = await inBatches(request, call, 1, async (batch, own) => {
      const path = encodeURIComponent(own.model)
      const created = await jsonReply(await postJson(own, endpoint, path, encode(batch, own)))
      const address = created.polling_url
      const done = await jobAnswer(own, endpoint, created, {
        address: () => address,
        status: statusOf,
        failure,
        betweenLooks,
      })
      const result = isObject(done.result) ? done.result : {}
      return decodeImages({ data: [{ url: result.sample ?? null }] }, batch.outputFormat)
    })
    return inAskedForm(reply, request, call)
  },
})
