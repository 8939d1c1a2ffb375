import {
  type AbilityCall,
  type ImageReply,
  type ImageRequest,
  isObject,
  type Json,
  type JsonObject,
  type MadeImage,
} from "../../../contract/index.ts"
import { badReply, jsonReply } from "../../media/endpoint.ts"
import { base64Of, plainMime, sniffMime, splitDataUrl } from "../../media/file.ts"
import { counted, decodeTokens } from "../../media/usage.ts"

const mimes: Readonly<Record<string, string>> = { png: "image/png", jpeg: "image/jpeg", jpg: "image/jpeg" }

/** Base64 with the type that its first bytes tell, else the one that was asked for. */
const inline = (base64: string, declared?: string): MadeImage["image"] => {
  const head = Buffer.from(base64.slice(0, 128), "base64")
  return { base64, mime: sniffMime(head) ?? plainMime(declared) ?? "image/png" }
}

const fromText = (text: string, declared?: string): MadeImage["image"] => {
  if (/^https?:/i.test(text)) return { url: text }
  const data = splitDataUrl(text)
  return data ? inline(data.base64, data.mime ?? declared) : inline(text, declared)
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

const revisedOf = (item: JsonObject): { readonly revisedPrompt?: string } => {
  const revised = textOf(item.revised_prompt)
  return revised === undefined ? {} : { revisedPrompt: revised }
}

/** One image: a text (URL, data URL or base64), or an object with one. */
const decodeImage = (item: Json, declared: string | undefined): MadeImage | undefined => {
  if (typeof item === "string") return item === "" ? undefined : { image: fromText(item, declared) }
  if (!isObject(item)) return undefined
  const text = textOf(item.b64_json) ?? textOf(item.base64) ?? textOf(item.url) ?? textOf(item.image_url)
  if (text === undefined) return undefined
  const mime = textOf(item.media_type) ?? textOf(item.content_type)
  return { image: fromText(text, mime ?? declared), ...revisedOf(item) }
}

/** Where vendors put the list: OpenAI's `data`, others' `images`, Fireworks' `base64`, Replicate's `output`. */
const listOf = (body: JsonObject): readonly Json[] => {
  for (const value of [body.data, body.images, body.base64, body.output, body.image])
    if (value !== undefined && value !== null) return Array.isArray(value) ? value : [value]
  return []
}

const mimeOf = (format: string): string =>
  (Object.hasOwn(mimes, format) ? mimes[format] : undefined) ?? `image/${format}`

/** A whole answer that carries images, in any of the shapes vendors use. Throws when there is none in it. */
export const decodeImages = (body: JsonObject, asked?: string): ImageReply => {
  const format = textOf(body.output_format) ?? asked
  const declared = format === undefined ? undefined : mimeOf(format)
  const images = listOf(body).flatMap((item) => decodeImage(item, declared) ?? [])
  if (images.length === 0) throw badReply("The upstream answered without an image")
  const counters = { images: images.length }
  return { images, usage: isObject(body.usage) ? decodeTokens(body.usage, "image", counters) : counted(counters) }
}

/** An answer that may be the image itself. */
export const readImages = async (response: Response, asked?: string): Promise<ImageReply> => {
  const mime = plainMime(response.headers.get("content-type") ?? undefined)
  if (!mime?.startsWith("image/")) return decodeImages(await jsonReply(response), asked)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length === 0) throw badReply("The upstream answered without an image")
  return { images: [{ image: { base64: base64Of(bytes), mime } }], usage: counted({ images: 1 }) }
}

const loadImage = async (made: MadeImage, call: AbilityCall): Promise<MadeImage> => {
  if (!("url" in made.image)) return made
  // No header of ours: the address is another host's, and signed by itself.
  const response = await call.send({ url: made.image.url, method: "GET", headers: { accept: "image/*" } })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const declared = plainMime(response.headers.get("content-type") ?? undefined)
  const mime = sniffMime(bytes) ?? declared ?? "image/png"
  return { ...made, image: { base64: base64Of(bytes), mime } }
}

/** Loads what came as URLs, for a client that asked for the bytes. */
export const inAskedForm = async (reply: ImageReply, request: ImageRequest, call: AbilityCall): Promise<ImageReply> =>
  request.responseFormat === "b64_json"
    ? { ...reply, images: await Promise.all(reply.images.map((made) => loadImage(made, call))) }
    : reply
