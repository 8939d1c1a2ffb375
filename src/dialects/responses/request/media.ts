import { GatewayError, type JsonObject, type MediaContent } from "../../../contract/index.ts"
import { inlineData } from "../../translate/index.ts"
import type { RequestContext } from "./context.ts"

const audioFormats: Readonly<Record<string, string>> = {
  mpeg: "mp3",
  mp3: "mp3",
  wav: "wav",
  "x-wav": "wav",
  wave: "wav",
}

const dataUrl = (base64: string, mime: string) => `data:${mime};base64,${base64}`

/** A file by its bytes must have a name, from which the API takes its kind. */
const nameOf = (media: MediaContent, mime: string): string =>
  media.name ??
  `file.${mime === "application/pdf" ? "pdf" : (mime.split("/")[1]?.replace(/[^a-z0-9].*$/, "") ?? "bin")}`

const encodeImage = (media: MediaContent): JsonObject => {
  const { source } = media
  const inline = inlineData(media)
  const place: JsonObject =
    source.type === "id"
      ? { file_id: source.id }
      : {
          image_url: inline
            ? dataUrl(inline.base64, inline.mime ?? "image/png")
            : source.type === "url"
              ? source.url
              : "",
        }
  return { type: "input_image", ...place, ...(media.detail === undefined ? {} : { detail: media.detail }) }
}

const encodeFile = (media: MediaContent, path: string, { lose }: RequestContext): JsonObject => {
  const inline = inlineData(media)
  if (inline) {
    const mime = inline.mime ?? "application/pdf"
    return { type: "input_file", filename: nameOf(media, mime), file_data: dataUrl(inline.base64, mime) }
  }
  if (media.name !== undefined)
    lose({
      path: `${path}.filename`,
      action: "dropped",
      code: "parameter_unsupported",
      reason: "a file by reference has its own name",
    })
  if (media.source.type === "id") return { type: "input_file", file_id: media.source.id }
  return { type: "input_file", file_url: media.source.type === "url" ? media.source.url : "" }
}

const refusal = (media: MediaContent, { profile }: RequestContext): string | undefined => {
  if (media.kind === "video") return "the upstream takes no video"
  if (media.kind === "image" && profile.images === false) return "the upstream takes no images"
  if (media.kind === "file" && profile.pdf === false) return "the upstream takes no files"
  if (media.kind !== "audio") return undefined
  const inline = inlineData(media)
  if (!inline) return "audio goes upstream as base64 only"
  return audioFormats[(inline.mime ?? "audio/wav").replace(/^audio\//, "")] === undefined
    ? `the upstream takes audio as wav or mp3, not as ${inline.mime}`
    : undefined
}

/** Images, files and audio as parts of a message or of a tool's output. */
export const encodeMedia = (media: MediaContent, path: string, context: RequestContext): JsonObject => {
  const refused = refusal(media, context)
  if (refused !== undefined) {
    context.lose({ path, action: "dropped", code: "media_unsupported", reason: refused })
    // The model should know that something was there.
    return { type: "input_text", text: `[${media.name ?? media.kind} left out: not supported]` }
  }
  const inline = inlineData(media)
  if (media.source.type === "url" && !inline && context.profile.mediaUrls === false)
    throw new GatewayError(
      "invalid_request",
      `${path}: this upstream fetches no addresses; send the ${media.kind} as a data URL`,
      { param: path },
    )
  if (media.kind === "image") return encodeImage(media)
  if (media.kind === "file") return encodeFile(media, path, context)
  const format = audioFormats[(inline?.mime ?? "audio/wav").replace(/^audio\//, "")] ?? "wav"
  return { type: "input_audio", input_audio: { data: inline?.base64 ?? "", format } }
}
