import type { Dialect } from "../../../contract/index.ts"
import { fileNeed, isPdfType, isRemote } from "../../translate/index.ts"

/** Images and PDF are fetched by Anthropic itself, no other document is (platform.claude.com, PDF support); text has a source of its own. */
export const mediaNeed: NonNullable<Dialect["mediaNeed"]> = (media, profile) => {
  const fetches = profile.mediaUrls !== false
  if (media.kind === "image") return isRemote(media) && !fetches && profile.images !== false ? "bytes" : undefined
  if (media.kind !== "file") return undefined
  return fileNeed(media, profile, {
    byUrl: (mime) => fetches && isPdfType(mime),
    textFiles: (mime) => mime.startsWith("text/") || mime === "application/json",
  })
}
