import {
  askedRatio,
  checkMask,
  commonRatios,
  decodeImages,
  dropAsked,
  fileUrl,
  inAskedForm,
  inBatches,
  jobAnswer,
  jsonReply,
  type MediaEndpoint,
  modelSegments,
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

/** Milliseconds between two looks at a prediction that took longer than the first answer waits. */
const betweenLooks = 1000

const inputOf = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const { quality, background, outputCompression, user, style, outputFormat, extras } = request
  dropAsked(call, { quality, background, style, user }, "the model's input has no such field")
  checkMask(request, "brightness", call)
  const ratio = askedRatio(request, call, commonRatios)
  const pictures = request.images.map(
    (image, index) => [`input_image${index === 0 ? "" : `_${index + 1}`}`, image] as const,
  )
  // FLUX names its pictures one by one; other models know one.
  const named = /flux-(?:2|kontext)/.test(call.model)
    ? pictures
    : pictures.slice(0, 1).map(([, image]) => ["image", image] as const)
  if (named.length < pictures.length)
    call.lose({
      path: `image[${named.length}]`,
      action: "dropped",
      code: "media_unsupported",
      reason: "the upstream changes one image at a time",
    })
  return {
    prompt: request.prompt,
    ...(ratio === undefined ? {} : { aspect_ratio: ratio }),
    ...(request.count === 1 ? {} : { num_outputs: request.count }),
    ...(outputFormat === undefined ? {} : { output_format: outputFormat === "jpeg" ? "jpg" : outputFormat }),
    ...(outputCompression === undefined ? {} : { output_quality: outputCompression }),
    ...Object.fromEntries(named.map(([name, image]) => [name, fileUrl(image)])),
    ...(request.mask === undefined ? {} : { mask: fileUrl(request.mask) }),
    ...extras,
  }
}

const failure = (prediction: JsonObject): GatewayError => {
  const words = typeof prediction.error === "string" ? prediction.error : `the prediction was ${prediction.status}`
  const code = /nsfw|sensitive|safety|moderat/i.test(words) ? "content_filter" : "upstream_invalid_request"
  return new GatewayError(code, `Replicate made no image: ${words.slice(0, 300)}`)
}

const statusOf = (prediction: JsonObject) => {
  if (prediction.status === "succeeded") return "done"
  return prediction.status === "starting" || prediction.status === "processing" ? "running" : "failed"
}

/** `author/model`, or `author/model:version`, which is asked for by its version. */
const create = async (endpoint: MediaEndpoint, request: ImageRequest, call: AbilityCall): Promise<JsonObject> => {
  const [name = "", version] = call.model.split(":")
  const path = version === undefined ? `models/${modelSegments(name)}/predictions` : "predictions"
  const input = inputOf(request, call)
  const { url, headers } = endpoint(path, call.model)
  const response = await call.send({
    url,
    headers: { accept: "application/json", "content-type": "application/json", prefer: "wait", ...headers },
    body: JSON.stringify(version === undefined ? { input } : { version, input }),
  })
  return jsonReply(response, "errors-inside")
}

/** replicate.com/docs/reference/http#predictions.create: answers when the prediction is done, or after a minute. */
export const images = (endpoint: MediaEndpoint): Ability<ImageRequest, ImageReply> => ({
  async run(request, call) {
    const reply = await inBatches(request, call, 4, async (batch, own) => {
      const created = await create(endpoint, batch, own)
      const done = await jobAnswer(own, endpoint, created, {
        address: ({ urls }) => (isObject(urls) ? urls.get : undefined),
        status: statusOf,
        failure,
        betweenLooks,
      })
      return decodeImages({ output: done.output ?? null }, batch.outputFormat)
    })
    return inAskedForm(reply, request, call)
  },
})
