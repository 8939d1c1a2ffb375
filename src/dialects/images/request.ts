import type { ImageRequest, Json, Loss, MediaFile } from "../../contract/index.ts"
import { type DecodedMedia, jsonFile, type LoadUrl, type MediaBody, readBody } from "../media/body.ts"
import { defined, extrasOf, Fields, invalid } from "../media/fields.ts"

/** platform.openai.com/docs/api-reference/images: at most ten at once. */
const mostImages = 10

const formKinds = { numbers: ["n", "output_compression", "partial_images", "seed"], flags: ["stream"] } as const

const outputFormats: readonly string[] = ["png", "jpeg", "webp"] satisfies ImageRequest["outputFormat"][]

/** Where JSON bodies carry pictures: OpenAI's, xAI's and OpenRouter's names. */
const imageKeys = ["image", "images", "image_url", "input_references"] as const

const readImages = async (body: MediaBody, fields: Fields, load?: LoadUrl): Promise<readonly MediaFile[]> => {
  const images: MediaFile[] = []
  for (const key of imageKeys) {
    images.push(...(body.files.get(key) ?? []))
    const value = fields.any(key)
    if (value === undefined) continue
    for (const [index, item] of (Array.isArray(value) ? value : [value]).entries())
      images.push(await jsonFile(item, Array.isArray(value) ? `${key}[${index}]` : key, "image", load))
  }
  return images
}

/** A file that an editor or a script left empty; vendors answer that with riddles. */
const refuseEmpty = (images: readonly MediaFile[], mask: MediaFile | undefined): void => {
  const empty = images.findIndex(({ bytes }) => bytes.length === 0)
  if (empty >= 0) throw invalid(images.length === 1 ? "image" : `image[${empty}]`, "is empty")
  if (mask?.bytes.length === 0) throw invalid("mask", "is empty")
}

const readMask = async (body: MediaBody, fields: Fields, load?: LoadUrl): Promise<MediaFile | undefined> => {
  const value = fields.any("mask")
  return body.files.get("mask")?.[0] ?? (value === undefined ? undefined : jsonFile(value, "mask", "mask", load))
}

/** A format of one vendor (`gif`, `svg`) is carried in that vendor's own word. */
const isOutputFormat = (format: string): format is NonNullable<ImageRequest["outputFormat"]> =>
  outputFormats.includes(format)

const readResponseFormat = (fields: Fields): ImageRequest["responseFormat"] => {
  const format = fields.string("response_format")
  if (format === undefined || format === "url" || format === "b64_json") return format
  throw invalid("response_format", 'must be "url" or "b64_json"')
}

const readStream = (fields: Fields): { readonly events: boolean; readonly losses: readonly Loss[] } => {
  const events = fields.boolean("stream") ?? false
  const partial = fields.integer("partial_images", 0) ?? 0
  const losses: Loss[] =
    events && partial > 0
      ? [
          {
            path: "partial_images",
            action: "dropped",
            code: "parameter_unsupported",
            reason: "only finished images are streamed",
          },
        ]
      : []
  return { events, losses }
}

const decode = async (
  given: Json | FormData,
  load: LoadUrl | undefined,
  edit: boolean,
): Promise<DecodedMedia<ImageRequest>> => {
  const body = await readBody(given, formKinds)
  const fields = new Fields(body.fields)
  const prompt = fields.string("prompt")
  if (prompt === undefined || prompt.trim() === "") throw invalid("prompt", "is missing; describe the image")
  const compression = fields.integer("output_compression", 0)
  if (compression !== undefined && compression > 100) throw invalid("output_compression", "must be from 0 to 100")
  const count = fields.integer("n", 1) ?? 1
  if (count > mostImages) throw invalid("n", `must be from 1 to ${mostImages}`)
  const format = fields.string("output_format")
  const known = format !== undefined && isOutputFormat(format)
  const stream = readStream(fields)
  const request = defined({
    model: fields.string("model") ?? "",
    prompt,
    images: await readImages(body, fields, load),
    mask: await readMask(body, fields, load),
    count,
    size: fields.string("size"),
    quality: fields.string("quality"),
    style: fields.string("style"),
    background: fields.string("background"),
    outputCompression: compression,
    responseFormat: readResponseFormat(fields),
    user: fields.string("user"),
    outputFormat: known ? format : undefined,
  })
  for (const key of body.files.keys())
    if (key !== "mask" && !(imageKeys as readonly string[]).includes(key))
      throw invalid(key, "no file belongs here; send image, image[] or mask")
  refuseEmpty(request.images, request.mask)
  if (edit && request.images.length === 0) throw invalid("image", "is missing; send the image to change")
  if (request.mask !== undefined && request.images.length === 0)
    throw invalid("mask", "needs an image that it belongs to")
  return {
    request: { ...request, ...extrasOf(fields, known || format === undefined ? {} : { output_format: format }) },
    ...stream,
  }
}

/** `POST /images/generations`. Pictures in the body (OpenRouter's `input_references`) make it an edit. */
export const decodeImageGeneration = (body: Json, load?: LoadUrl): Promise<DecodedMedia<ImageRequest>> =>
  decode(body, load, false)

/** `POST /images/edits`, as a form or as JSON with data URLs. */
export const decodeImageEdit = (body: Json | FormData, load?: LoadUrl): Promise<DecodedMedia<ImageRequest>> =>
  decode(body, load, true)
