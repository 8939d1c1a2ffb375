import type { MediaContent } from "../../contract/index.ts"

/** What a MIME type is to a model. */
export const mediaKind = (mime: string | undefined): MediaContent["kind"] => {
  if (mime?.startsWith("image/")) return "image"
  if (mime?.startsWith("audio/")) return "audio"
  return mime?.startsWith("video/") ? "video" : "file"
}
