import type { Dialect } from "../../../contract/index.ts"
import { fileNeed, isRemote } from "../../translate/index.ts"

/** Images and PDF go up by address too; sound is base64 only, and text goes as text, which every model reads. */
export const mediaNeed: NonNullable<Dialect["mediaNeed"]> = (media, profile) => {
  const fetches = profile.mediaUrls !== false
  switch (media.kind) {
    case "image":
      return isRemote(media) && !fetches && profile.images !== false ? "bytes" : undefined
    case "audio":
      return isRemote(media) ? "bytes" : undefined
    case "file":
      return fileNeed(media, profile, { byUrl: () => fetches, textFiles: () => false })
    case "video":
      return undefined
  }
}
