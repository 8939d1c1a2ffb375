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
  readonly lose: (loss: Loss) => void
}

const encodeImage = async (answer: ImageAnswer, made: MadeImage, index: number): Promise<JsonObject> => {
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
  if (request.responseFormat !== "url") return { b64_json: base64, ...type, ...revised }
  return { url: await (answer.made ?? inlineImages).store(base64, mime), ...type, ...revised }
}

const encodeData = (answer: ImageAnswer): Promise<JsonObject[]> =>
  Promise.all(answer.reply.images.map((made, index) => encodeImage(answer, made, index)))

/** The body of an answer of both image routes. */
export const encodeImageReply = async (answer: ImageAnswer): Promise<JsonObject> => ({
  created: answer.createdSeconds,
  data: await encodeData(answer),
  usage: imageUsage(answer.usage, answer.costUsd),
})

/** The same answer as events, each image whole; usage stands on the last one. */
export const encodeImageEvents = async (answer: ImageAnswer): Promise<string> => {
  const { request, createdSeconds } = answer
  const type = request.images.length > 0 ? "image_edit.completed" : "image_generation.completed"
  const data = await encodeData(answer)
  return data
    .map((image, index) => {
      const last = index === data.length - 1
      const event: JsonObject = {
        type,
        created_at: createdSeconds,
        ...(request.size === undefined ? {} : { size: request.size }),
        ...(request.quality === undefined ? {} : { quality: request.quality }),
        ...(request.background === undefined ? {} : { background: request.background }),
        output_format: request.outputFormat ?? "png",
        ...image,
        ...(last ? { usage: imageUsage(answer.usage, answer.costUsd) } : {}),
      }
      return encodeEvent(event, type)
    })
    .join("")
}
