import { GatewayError, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { base64Text, inlineData } from "../../translate/index.ts"
import type { BlockContext } from "./block-context.ts"

const titled = (block: JsonObject, media: MediaContent): JsonObject =>
  media.name === undefined ? block : { ...block, title: media.name.toWellFormed() }

/** platform.claude.com, vision. */
const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"]

const encodeImage = (media: MediaContent, context: BlockContext, path: string): JsonObject => {
  const data = inlineData(media)
  if (data) {
    const type = data.mime === "image/jpg" ? "image/jpeg" : (data.mime ?? "image/png")
    if (!imageTypes.includes(type))
      throw new GatewayError(
        "invalid_request",
        `${path}: the upstream reads no images of type ${type}; send ${imageTypes.join(", ")}`,
        { param: path, retry: "next" },
      )
    return { type: "image", source: { type: "base64", media_type: type, data: data.base64 } }
  }
  return { type: "image", source: remote(media, context, path) }
}

/** By reference: the upstream's own file id, or a URL that it fetches itself. */
const remote = (media: MediaContent, context: BlockContext, path: string): JsonObject => {
  if (media.source.type === "id") return { type: "file", file_id: media.source.id }
  if (context.profile.mediaUrls === false)
    throw new GatewayError(
      "invalid_request",
      `${path}: this upstream does not fetch URLs; send the ${media.kind} as a data: URL`,
      { param: path },
    )
  return { type: "url", url: media.source.type === "url" ? media.source.url : "" }
}

const encodeDocument = (media: MediaContent, context: BlockContext, path: string): JsonObject | undefined => {
  const data = inlineData(media)
  if (!data) return titled({ type: "document", source: remote(media, context, path) }, media)
  const mime = data.mime ?? "application/pdf"
  if (mime.startsWith("image/")) return encodeImage(media, context, path)
  if (mime === "application/pdf")
    return titled({ type: "document", source: { type: "base64", media_type: mime, data: data.base64 } }, media)
  // Only plain text has a source of its own; other text formats are text as well.
  if (mime.startsWith("text/") || mime === "application/json")
    return titled(
      { type: "document", source: { type: "text", media_type: "text/plain", data: base64Text(data.base64) } },
      media,
    )
  context.lose({
    path,
    action: "dropped",
    code: "media_unsupported",
    reason: `the upstream reads no files of type ${mime}`,
  })
  return undefined
}

/** Images and documents by base64, URL or file id. Audio and video have no form in this API. */
export const encodeMedia = (media: MediaContent, path: string, context: BlockContext): JsonObject | undefined => {
  const { profile, lose } = context
  const drop = (reason: string) => {
    lose({ path, action: "dropped", code: "media_unsupported", reason })
    return undefined
  }
  if (media.kind === "audio" || media.kind === "video") return drop(`the upstream takes no ${media.kind}`)
  if (media.detail !== undefined && media.detail !== "auto")
    lose({
      path: `${path}.detail`,
      action: "dropped",
      code: "media_unsupported",
      reason: "the upstream chooses the resolution itself",
    })
  if (media.kind === "image") {
    if (profile.images === false) return drop("the model takes no images")
    return encodeImage(media, context, path)
  }
  if (profile.pdf === false) return drop("the model reads no documents")
  return encodeDocument(media, context, path)
}
