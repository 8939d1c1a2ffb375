import { inlineData } from "signalbox/dialects"
import { GatewayError, type JsonObject, type MediaContent } from "signalbox/plugin"
import { audioFormats, documentExtensions, documentFormats, imageFormats, videoFormats } from "../formats.ts"
import type { BlockContext } from "./context.ts"

/** Models that hear; all others refuse the block. */
const hears = /voxtral|nova-2-(?:omni|sonic)/

const extensionOf = (name: string | undefined): string | undefined => {
  const extension = /\.([a-z0-9]+)$/i.exec(name ?? "")?.[1]?.toLowerCase()
  if (extension === "htm") return "html"
  return extension !== undefined && documentExtensions.has(extension) ? extension : undefined
}

const documentFormat = (mime: string | undefined, name: string | undefined): string | undefined =>
  (mime === undefined ? undefined : documentFormats[mime]) ??
  extensionOf(name) ??
  (mime?.startsWith("text/") ? "txt" : undefined)

interface Found {
  readonly source: JsonObject
  readonly mime: string | undefined
}

/** Bytes as base64, or an object in S3, which Bedrock reads itself; other URLs it does not fetch. */
const sourceOf = (media: MediaContent, path: string): Found | undefined => {
  const data = inlineData(media)
  if (data) return { source: { bytes: data.base64 }, mime: data.mime }
  const { source } = media
  if (source.type !== "url") return undefined
  if (/^s3:\/\//i.test(source.url)) return { source: { s3Location: { uri: source.url } }, mime: media.mime }
  throw new GatewayError(
    "invalid_request",
    `${path}: this upstream does not fetch URLs; send the ${media.kind} as a data: URL, or as s3://`,
    { param: path },
  )
}

/** Images, documents, video and audio as blocks. Undefined where the model or the API has no place for them, which is reported. */
export const encodeMedia = (media: MediaContent, path: string, context: BlockContext): JsonObject | undefined => {
  const { profile, lose } = context
  const drop = (reason: string) => {
    lose({ path, action: "dropped", code: "media_unsupported", reason })
    return undefined
  }
  const { kind } = media
  if (kind === "image" && profile.images === false) return drop("the model takes no images")
  if (kind === "file" && profile.pdf === false) return drop("the model reads no documents")
  if (kind === "audio" && !hears.test(context.model)) return drop("the model takes no audio")
  const found = sourceOf(media, path)
  if (!found) return drop("the upstream knows no file ids")
  const { source, mime } = found
  if (media.detail !== undefined && media.detail !== "auto")
    lose({
      path: `${path}.detail`,
      action: "dropped",
      code: "media_unsupported",
      reason: "the upstream chooses the resolution itself",
    })
  const image = imageFormats[mime ?? (kind === "image" ? "image/png" : "")]
  if (image !== undefined) return { image: { format: image, source } }
  if (kind === "image") return drop(`the upstream reads no images of type ${mime}`)
  if (kind === "video" || mime?.startsWith("video/")) {
    const format = videoFormats[mime ?? "video/mp4"]
    return format === undefined ? drop(`the upstream reads no video of type ${mime}`) : { video: { format, source } }
  }
  if (kind === "audio") {
    const format = audioFormats[mime ?? "audio/wav"]
    return format === undefined ? drop(`the upstream reads no audio of type ${mime}`) : { audio: { format, source } }
  }
  const format = documentFormat(mime ?? "application/pdf", media.name)
  if (format === undefined) return drop(`the upstream reads no files of type ${mime}`)
  return { document: { format, name: context.documents.next(media.name), source } }
}
