import { base64Text, inlineData, type Lose, type ToolNames } from "signalbox/dialects"
import {
  type Content,
  GatewayError,
  isObject,
  type JsonObject,
  type MediaContent,
  type Profile,
} from "signalbox/plugin"
import { dialectName } from "../formats.ts"

export interface PartContext {
  readonly profile: Profile
  readonly names: ToolNames
  readonly lose: Lose
  /** Files of text, which the API takes beside the conversation; undefined where the request cannot have any. */
  readonly documents: JsonObject[] | undefined
}

/** Where the API finds an image: an address, or the bytes as a data URL. Undefined for a file of another vendor. */
export const imageUrl = (media: MediaContent): string | undefined => {
  const data = inlineData(media)
  if (data) return `data:${data.mime ?? "image/png"};base64,${data.base64}`
  return media.source.type === "url" ? media.source.url : undefined
}

const encodeImage = (media: MediaContent, path: string, { profile, lose }: PartContext): JsonObject | undefined => {
  const url = imageUrl(media)
  if (profile.images === false || url === undefined) {
    const reason = url === undefined ? "a file of another vendor" : "the model takes no images"
    lose({ path, action: "dropped", code: "media_unsupported", reason })
    return undefined
  }
  return { type: "image_url", image_url: { url, ...(media.detail === undefined ? {} : { detail: media.detail }) } }
}

export const isText = (mime: string | undefined): boolean =>
  mime !== undefined && /^text\/|^application\/(?:json|xml|yaml)/.test(mime)

/** A file of text becomes one of the request's documents; where those are not allowed, it is told as text. */
const encodeFile = (media: MediaContent, path: string, context: PartContext): JsonObject | undefined => {
  const { lose, documents } = context
  const data = inlineData(media)
  if (!data && media.source.type === "url")
    throw new GatewayError(
      "invalid_request",
      `${path}: Cohere does not fetch files; send the file as a data: URL or its text`,
      { param: path },
    )
  if (!data || !isText(data.mime)) {
    lose({ path, action: "dropped", code: "media_unsupported", reason: "the upstream reads files of text only" })
    return undefined
  }
  const text = base64Text(data.base64).toWellFormed()
  const title = media.name === undefined ? {} : { title: media.name.toWellFormed() }
  if (documents === undefined) {
    lose({ path, action: "approximated", code: "media_converted", reason: "sent as its text" })
    return { type: "text", text: media.name === undefined ? text : `${media.name}:\n${text}` }
  }
  lose({ path, action: "moved", code: "media_moved", reason: "sent as one of the request's documents" })
  documents.push({ id: `file_${documents.length + 1}`, data: { ...title, text } })
  return undefined
}

const encodeMedia = (media: MediaContent, path: string, context: PartContext): JsonObject | undefined => {
  if (media.kind === "image") return encodeImage(media, path, context)
  if (media.kind === "file") return encodeFile(media, path, context)
  const reason = `the upstream takes no ${media.kind}`
  context.lose({ path, action: "dropped", code: "media_unsupported", reason })
  return undefined
}

/** A part of a user's, system's or tool's message; undefined where there is nothing to send (reported unless it was blank). */
export const encodePart = (part: Content, path: string, context: PartContext): JsonObject | undefined => {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text.trim() === "" ? undefined : { type: "text", text: part.text.toWellFormed() }
    case "media":
      return encodeMedia(part, path, context)
    case "opaque":
      if (part.dialect === dialectName && isObject(part.data)) return part.data
      break
    default:
      break
  }
  const reason = "content that this place of the upstream's format has no form for"
  context.lose({ path, action: "dropped", code: "foreign_content", reason })
  return undefined
}
