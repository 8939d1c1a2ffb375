import type { Face, ImageReply, ImageRequest, JsonObject, Loss, MadeImage, Usage } from "../../contract/index.ts"
import { dataUrl } from "../media/file.ts"
import { imageUsage } from "../media/usage.ts"
import { encodeEvent } from "../sse.ts"

/** Where images are kept for clients that ask for URLs, when the vendor gives bytes. */
export interface MadeImages {
  /** A URL at which the client finds the image for a while. */
  store(base64: string, mime: string): string | Promise<string>
}

/** Keeps nothing: the image itself is its URL. */
export const inlineImages: MadeImages = { store: (base64, mime) => dataUrl(mime, base64) }

export interface ImageAnswer {
  readonly reply: ImageReply
  readonly request: ImageRequest
  /** What the host counted: the reply's own usage, or its estimate. */
  readonly usage: Usage
  readonly costUsd: number
  /** Unix seconds. */
  readonly createdSeconds: number
  readonly face: Face
  readonly made?: MadeImages
  /** Usage in another API's words. Absent: in those of OpenAI's image routes. */
  readonly usageIn?: (usage: Usage, costUsd: number) => JsonObject
  readonly lose: (loss: Loss) => void
}

/**
 * What an image is written as. OpenAI's newer models and their clients know `b64_json` only, Requesty's default is `url`
 * (docs.requesty.ai, images): a client that names neither finds both.
 */
type Written = NonNullable<ImageRequest["responseFormat"]> | "both"

const encodeImage = async (
  answer: ImageAnswer,
  made: MadeImage,
  index: number,
  unasked: Written,
): Promise<JsonObject> => {
  const { request, face, lose } = answer
  const revised = made.revisedPrompt === undefined ? {} : { revised_prompt: made.revisedPrompt }
  if ("url" in made.image) {
    if (request.responseFormat === "b64_json")
      lose({
        path: `data[${index}]`,
        action: "approximated",
        code: "format_approximated",
        reason: "the upstream gave a URL instead of the image",
      })
    return { url: made.image.url, ...revised }
  }
  const { base64, mime } = made.image
  // OpenRouter tells the type beside the image.
  const type = face.name === "openrouter" ? { media_type: mime } : {}
  const wanted = request.responseFormat ?? unasked
  return {
    ...(wanted === "url" ? {} : { b64_json: base64 }),
    ...(wanted === "b64_json" ? {} : { url: await (answer.made ?? inlineImages).store(base64, mime) }),
    ...type,
    ...revised,
  }
}

const usageOf = ({ usage, costUsd, usageIn = imageUsage }: ImageAnswer): JsonObject => usageIn(usage, costUsd)

const encodeData = (answer: ImageAnswer, unasked: Written): Promise<JsonObject[]> =>
  Promise.all(answer.reply.images.map((made, index) => encodeImage(answer, made, index, unasked)))

/** The body of an answer of both image routes. */
export const encodeImageReply = async (answer: ImageAnswer): Promise<JsonObject> => ({
  created: answer.createdSeconds,
  data: await encodeData(answer, "both"),
  usage: usageOf(answer),
})

/** The same answer as events, each image whole; usage stands on the last one. */
export const encodeImageEvents = async (answer: ImageAnswer): Promise<string> => {
  const { request, createdSeconds } = answer
  const type = request.images.length > 0 ? "image_edit.completed" : "image_generation.completed"
  // Only OpenAI has such events, and they carry the image itself.
  const data = await encodeData(answer, "b64_json")
  return data
    .map((image, index) => {
      const last = index === data.length - 1
      const event: JsonObject = {
        type,
        created_at: createdSeconds,
        // OpenRouter's word for it.
        created: createdSeconds,
        ...(request.size === undefined ? {} : { size: request.size }),
        ...(request.quality === undefined ? {} : { quality: request.quality }),
        ...(request.background === undefined ? {} : { background: request.background }),
        output_format: request.outputFormat ?? "png",
        ...image,
        ...(last ? { usage: usageOf(answer) } : {}),
      }
      return encodeEvent(event, type)
    })
    .join("")
}
