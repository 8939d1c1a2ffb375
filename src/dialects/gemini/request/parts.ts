import {
  type Content,
  GatewayError,
  type JsonObject,
  type MediaContent,
  type Profile,
  type ReasoningContent,
  type ToolCallContent,
} from "../../../contract/index.ts"
import { callInput, inlineData, type Lose, ownContent, type ToolNames } from "../../translate/index.ts"
import { dialectName, reasoningOrigins } from "../formats.ts"
import { isReadable } from "./media-need.ts"

export interface PartContext {
  readonly profile: Profile
  readonly names: ToolNames
  readonly lose: Lose
}

const usualMime: Readonly<Record<MediaContent["kind"], string>> = {
  image: "image/png",
  audio: "audio/wav",
  video: "video/mp4",
  file: "application/pdf",
}

export const encodeMedia = (media: MediaContent, path: string, { lose }: PartContext): JsonObject => {
  if (media.detail !== undefined && media.detail !== "auto")
    lose({
      path: `${path}.detail`,
      action: "dropped",
      code: "media_unsupported",
      reason: "the upstream has one resolution for all media",
    })
  const data = inlineData(media)
  if (data) return { inlineData: { mimeType: data.mime ?? usualMime[media.kind], data: data.base64 } }
  const { source } = media
  const mimeType = media.mime === undefined ? {} : { mimeType: media.mime }
  if (source.type === "id") {
    const fileUri = source.id.startsWith("files/")
      ? `https://generativelanguage.googleapis.com/v1beta/${source.id}`
      : source.id
    return { fileData: { fileUri, ...mimeType } }
  }
  const url = source.type === "url" ? source.url : ""
  if (!isReadable(url))
    throw new GatewayError(
      "invalid_request",
      `${path}: Gemini does not fetch this URL; send the ${media.kind} itself as a data: URL`,
      { param: path },
    )
  return { fileData: { fileUri: url, ...mimeType } }
}

export const encodeCall = (content: ToolCallContent, path: string, context: PartContext): JsonObject => ({
  functionCall: {
    ...(context.profile.callIds ? { id: content.id } : {}),
    name: context.names.toWire(content.name),
    args: callInput(content, path, context.lose),
    ...content.extras?.[dialectName],
  },
})

/** Whether a reasoning part may go back to this upstream; reports it where not. */
export const isOwnReasoning = (content: ReasoningContent, path: string, { profile, lose }: PartContext): boolean => {
  if (reasoningOrigins(profile).includes(content.format)) return true
  lose({
    path,
    action: "dropped",
    code: "foreign_reasoning",
    reason: "reasoning of another vendor cannot be sent to this one",
  })
  return false
}

/** Everything but reasoning and calls, whose signatures need to see the whole turn. */
export const encodePart = (content: Content, path: string, context: PartContext): JsonObject | undefined => {
  switch (content.type) {
    case "text":
    case "refusal":
      return content.text === "" ? undefined : { text: content.text.toWellFormed() }
    case "media":
      return encodeMedia(content, path, context)
    case "opaque":
      return ownContent(content, dialectName, path, context.lose)
    default:
      return undefined
  }
}
