import { fileNeed, isPdfType, isRemote, mediaType } from "signalbox/dialects"
import type { Dialect } from "signalbox/plugin"
import { isText } from "./parts.ts"

/** Images are fetched by Cohere, nothing else is; files of text become documents of the request, and PDF such a file. */
export const mediaNeed: NonNullable<Dialect["mediaNeed"]> = (media, profile) => {
  if (media.kind === "image")
    return isRemote(media) && profile.mediaUrls === false && profile.images !== false ? "bytes" : undefined
  if (media.kind !== "file") return undefined
  const need = fileNeed(media, { ...profile, pdf: true }, { byUrl: () => false, textFiles: isText })
  return need ?? (isPdfType(mediaType(media)) && media.source.type !== "id" ? "text" : undefined)
}
