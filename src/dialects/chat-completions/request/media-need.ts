import type { Dialect } from "../../../contract/index.ts"
import { fileNeed, isRemote } from "../../translate/index.ts"

/**
 * Files go up as PDF by base64: OpenAI fetches none by address in this format and reads no other kind (platform.openai.com, file inputs),
 * and most servers that imitate it read no files at all. Sound is base64 only.
 */
export const mediaNeed: NonNullable<Dialect["mediaNeed"]> = (media, profile) => {
  const fetches = profile.mediaUrls !== false
  switch (media.kind) {
    case "image":
    case "video":
      return isRemote(media) && !fetches && profile.images !== false ? "bytes" : undefined
    case "audio":
      return isRemote(media) ? "bytes" : undefined
    case "file":
      return fileNeed(media, profile, {
        byUrl: () => fetches && profile.fileUrls === true,
        textFiles: () => false,
      })
  }
}
