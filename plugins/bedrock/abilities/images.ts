import {
  askedRatio,
  base64Of,
  decodeImages,
  dropAsked,
  dropExtras,
  dropParameter,
  inBatches,
  pixelsOf,
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
import type { Account } from "../account.ts"

const taken = (request: ImageRequest, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(request.extras ?? {}).filter(([name]) => names.includes(name)))

const textOf = (value: JsonObject[string] | undefined): JsonObject =>
  typeof value === "string" && value !== "" ? { negativeText: value } : {}

const canvasFields = [
  "seed",
  "cfgScale",
  "negativeText",
  "negative_prompt",
  "maskPrompt",
  "similarityStrength",
  "taskType",
]

/** What Titan and Nova Canvas are asked for: docs.aws.amazon.com, Nova Canvas request and response structure. */
const canvasTask = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const { prompt, images, mask, extras = {} } = request
  const negative = textOf(extras.negativeText ?? extras.negative_prompt)
  const sources = images.map(({ bytes }) => base64Of(bytes))
  if (extras.taskType === "BACKGROUND_REMOVAL")
    return { taskType: "BACKGROUND_REMOVAL", backgroundRemovalParams: { image: sources[0] ?? "" } }
  if (sources.length === 0) {
    if (mask) dropParameter(call, "mask", "there is no image to change")
    const style =
      request.style === undefined || request.style === "vivid" || request.style === "natural"
        ? {}
        : { style: request.style }
    if (request.style !== undefined && style.style === undefined)
      dropParameter(call, "style", "the model has other styles")
    return { taskType: "TEXT_IMAGE", textToImageParams: { text: prompt, ...negative, ...style } }
  }
  dropAsked(call, { style: request.style }, "the model knows styles for new images only")
  if (mask || extras.maskPrompt !== undefined) {
    if (mask)
      call.lose({
        path: "mask",
        action: "approximated",
        code: "format_approximated",
        reason: "the upstream reads masks by brightness: black is changed, white stays",
      })
    if (sources.length > 1) dropParameter(call, "image", "only the first image is changed under a mask")
    const area: JsonObject = mask ? { maskImage: base64Of(mask.bytes) } : { maskPrompt: extras.maskPrompt ?? "" }
    if (extras.taskType === "OUTPAINTING")
      return {
        taskType: "OUTPAINTING",
        outPaintingParams: { image: sources[0] ?? "", text: prompt, ...area, ...negative },
      }
    return { taskType: "INPAINTING", inPaintingParams: { image: sources[0] ?? "", text: prompt, ...area, ...negative } }
  }
  const strength = extras.similarityStrength === undefined ? {} : { similarityStrength: extras.similarityStrength }
  return {
    taskType: "IMAGE_VARIATION",
    imageVariationParams: { images: sources, text: prompt, ...negative, ...strength },
  }
}

const quality = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const asked = request.quality
  if (asked === undefined || asked === "auto") return {}
  if (["premium", "high", "hd"].includes(asked)) return { quality: "premium" }
  if (["standard", "medium", "low"].includes(asked)) return { quality: "standard" }
  dropParameter(call, "quality", "the model knows standard and premium")
  return {}
}

const canvasBody = (request: ImageRequest, call: AbilityCall): JsonObject => {
  dropExtras(call, request.extras, canvasFields)
  dropAsked(
    call,
    { background: request.background, output_compression: request.outputCompression, user: request.user },
    "the upstream has no such field",
  )
  if (request.outputFormat !== undefined && request.outputFormat !== "png")
    dropParameter(call, "output_format", "the model makes PNG only")
  const size = pixelsOf(request.size)
  if (size === undefined && request.size !== undefined && request.size !== "auto")
    dropParameter(call, "size", "the model takes pixels, as 1024x1024")
  const task = canvasTask(request, call)
  if (task.taskType === "BACKGROUND_REMOVAL") return task
  const imageGenerationConfig = {
    numberOfImages: request.count,
    ...size,
    ...quality(request, call),
    ...taken(request, ["seed", "cfgScale"]),
  }
  return { ...task, imageGenerationConfig }
}

const stableFields = ["seed", "negative_prompt", "strength", "aspect_ratio"]
const stableRatios = ["1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4", "21:9", "9:21"]

/** docs.aws.amazon.com, Stability AI models: Stable Image Core and Ultra, SD 3.5. */
const stableBody = (request: ImageRequest, call: AbilityCall): JsonObject => {
  const [source, ...further] = request.images
  dropExtras(call, request.extras, stableFields)
  dropAsked(
    call,
    {
      quality: request.quality,
      style: request.style,
      background: request.background,
      output_compression: request.outputCompression,
      user: request.user,
    },
    "the upstream has no such field",
  )
  if (request.mask)
    throw new GatewayError("unsupported_parameter", `${call.model} takes no mask; say in the prompt what to change`, {
      param: "mask",
    })
  if (further.length > 0) dropParameter(call, "image", "only the first image is changed")
  const common: JsonObject = {
    prompt: request.prompt,
    output_format: request.outputFormat ?? "png",
    ...taken(request, ["seed", "negative_prompt"]),
  }
  if (source) {
    dropAsked(call, { size: request.size }, "the changed image keeps its size")
    return {
      ...common,
      mode: "image-to-image",
      image: base64Of(source.bytes),
      strength: request.extras?.strength ?? 0.7,
    }
  }
  const ratio = askedRatio(request, call, stableRatios)
  return { ...common, ...(ratio === undefined ? {} : { aspect_ratio: ratio }) }
}

interface Family {
  readonly match: RegExp
  /** Images in one call. */
  readonly most: number
  body(request: ImageRequest, call: AbilityCall): JsonObject
}

const families: readonly Family[] = [
  { match: /^amazon\.(?:nova-canvas|titan-image-generator)/, most: 5, body: canvasBody },
  { match: /^stability\.(?:sd3|stable-image-(?:core|ultra))/, most: 1, body: stableBody },
]

/** Both vendors answer 200 for what their filters stop: Stability with reasons, Amazon with `error` or a status. */
const checkFilters = (body: JsonObject): void => {
  const reasons = Array.isArray(body.finish_reasons) ? body.finish_reasons : []
  const filtered = reasons.find((reason) => typeof reason === "string" && /filter/i.test(reason))
  const details = isObject(body.details) ? body.details["Moderation Reasons"] : undefined
  const moderated = body.status === "Request Moderated" ? `Request moderated: ${String(details ?? "")}` : undefined
  const words = typeof filtered === "string" ? filtered : moderated
  if (words !== undefined) throw new GatewayError("content_filter", words)
}

/** Amazon's and Stability's image models, by InvokeModel. */
export const images = (account: Account): Ability<ImageRequest, ImageReply> => ({
  serves: (model) => families.some(({ match }) => match.test(account.baseOf(model))),
  classify: (failure) => account.classify(failure),
  run(request, call) {
    const family = families.find(({ match }) => match.test(account.baseOf(call.model)))
    if (!family) throw new GatewayError("upstream_model_not_found", `${call.model} makes no images`)
    const url = account.modelUrl(call.model, "invoke")
    return inBatches(request, call, family.most, async (part, partCall) => {
      const { body } = await account.post(url, family.body(part, partCall), partCall)
      checkFilters(body)
      return decodeImages(body, request.outputFormat)
    })
  },
})
