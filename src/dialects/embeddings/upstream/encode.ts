import {
  type AbilityCall,
  type Content,
  type EmbeddingInput,
  type EmbeddingsRequest,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type MediaContent,
} from "../../../contract/index.ts"
import { dataUrl } from "../../media/file.ts"
import { dropExtras, dropParameter } from "../../media/losses.ts"
import { inlineData } from "../../translate/index.ts"
import type { EmbeddingQuirks, InputTypeQuirk } from "./quirks.ts"

/** A vector of half an input would be a wrong one, so what cannot be carried is refused here and may be tried elsewhere. */
const refuse = (path: string, problem: string): GatewayError =>
  new GatewayError("unsupported_parameter", `${path}: ${problem}`, { param: path })

const urlOf = (media: MediaContent, path: string): string => {
  const data = inlineData(media)
  if (data) return dataUrl(data.mime ?? "image/png", data.base64)
  if (media.source.type === "url") return media.source.url
  throw refuse(path, "the upstream knows no files by id; send a URL or a data: URL")
}

const textOnly = (content: readonly Content[], path: string): string =>
  content
    .map((part) => {
      if (part.type === "text") return part.text
      throw refuse(path, "the model embeds text only")
    })
    .join("\n")

const contentPart = (part: Content, path: string): JsonObject => {
  if (part.type === "text") return { type: "text", text: part.text }
  if (part.type === "opaque" && isObject(part.data)) return part.data
  if (part.type !== "media") throw refuse(path, "cannot be embedded")
  const url = urlOf(part, path)
  if (part.kind === "image") return { type: "image_url", image_url: { url } }
  if (part.kind === "video") return { type: "input_video", video_url: { url } }
  if (part.kind === "file") return { type: "file", file: { filename: part.name ?? "file", file_data: url } }
  const data = inlineData(part)
  if (!data) throw refuse(path, "send the audio as base64")
  return {
    type: "input_audio",
    input_audio: { data: data.base64, format: data.mime?.replace(/^audio\//, "") ?? "wav" },
  }
}

/** docs.voyageai.com, multimodal embeddings: images by `image_url` or, as data URLs, by `image_base64`. */
const voyagePart = (part: Content, path: string): JsonObject => {
  if (part.type === "text") return { type: "text", text: part.text }
  if (part.type !== "media" || part.kind !== "image") throw refuse(path, "the model embeds text and images only")
  const url = urlOf(part, path)
  return /^data:/i.test(url) ? { type: "image_base64", image_base64: url } : { type: "image_url", image_url: url }
}

const jinaInput = (content: readonly Content[], path: string): JsonObject => {
  const [part] = content
  if (content.length !== 1 || part?.type !== "media" || part.kind !== "image")
    throw refuse(path, "the model embeds one text or one image at a time")
  return { image: urlOf(part, path) }
}

const contentInput = (content: readonly Content[], path: string, quirks: EmbeddingQuirks): Json => {
  const parts = (write: typeof contentPart): Json => ({
    content: content.map((part, index) => write(part, `${path}.content[${index}]`)),
  })
  if (quirks.media === "content") return parts(contentPart)
  if (quirks.media === "voyage") return parts(voyagePart)
  if (quirks.media === "jina" && content.some(({ type }) => type === "media")) return jinaInput(content, path)
  return textOnly(content, path)
}

export const encodeInput = (input: EmbeddingInput, index: number, quirks: EmbeddingQuirks): Json => {
  const path = `input[${index}]`
  if (input.type === "text")
    return quirks.media === "voyage" ? { content: [{ type: "text", text: input.text }] } : input.text
  if (input.type === "content") return contentInput(input.content, path, quirks)
  if (quirks.tokens === false) throw refuse(path, "the upstream takes no tokens; send the text")
  return [...input.tokens]
}

/** The word for what the vectors are for; also used by vendors whose requests are otherwise of their own kind. */
export const encodeInputType = (
  asked: string | undefined,
  quirk: InputTypeQuirk | undefined,
  call: AbilityCall,
): JsonObject => {
  const word = asked === undefined ? undefined : (quirk?.words?.[asked] ?? asked)
  if (asked !== undefined && (quirk === undefined || word === false))
    dropParameter(call, "input_type", `the upstream has no word for ${asked}`)
  else if (quirk !== undefined && typeof word === "string") return { [quirk.field]: word }
  if (quirk?.required === undefined) return {}
  call.lose({
    path: "input_type",
    action: "approximated",
    code: "parameter_unsupported",
    reason: `the upstream demands one; sent as "${quirk.required}"`,
  })
  return { [quirk.field]: quirk.required }
}

/** Everything but the inputs. What the upstream has no field for is reported. */
export const encodeFields = (request: EmbeddingsRequest, quirks: EmbeddingQuirks, call: AbilityCall): JsonObject => {
  const { dimensions, encoding, user, extras } = request
  const lengthField = quirks.dimensions ?? "dimensions"
  const encodingField = quirks.encoding ?? "encoding_format"
  if (dimensions !== undefined && lengthField === false)
    dropParameter(call, "dimensions", "the upstream's vectors have one length")
  if (user !== undefined && quirks.user === false) dropParameter(call, "user", "the upstream has no such field")
  const taken = Object.entries(extras ?? {}).filter(([name]) => quirks.fields?.includes(name) ?? true)
  const sent = Object.fromEntries(taken)
  dropExtras(call, extras, Object.keys(sent))
  return {
    ...quirks.body,
    ...(dimensions === undefined || lengthField === false ? {} : { [lengthField]: dimensions }),
    // Floats are what comes anyway, and what an upstream without base64 gives: turned round on the way to the client.
    ...(encoding === "base64" && encodingField !== false ? { [encodingField]: "base64" } : {}),
    ...encodeInputType(request.inputType, quirks.inputType, call),
    ...(user === undefined || quirks.user === false ? {} : { user }),
    ...sent,
  }
}
