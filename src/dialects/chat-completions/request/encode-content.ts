import type { EncodeTarget } from "../../../contract/index.ts"
import {
  type CacheBreakpoint,
  type Content,
  GatewayError,
  type JsonObject,
  type MediaContent,
  type Profile,
} from "../../../contract/index.ts"
import { dropForeignExtras } from "../../translate/index.ts"
import { dialectName, ownExtras } from "../names.ts"

/** Vendors refuse bodies with half a surrogate pair in them. */
export const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed())

/** Reports fields of other dialects, which have no place here. */
export const loseForeign = (
  extras: Readonly<Record<string, JsonObject>> | undefined,
  path: string,
  target: EncodeTarget,
) => {
  dropForeignExtras(extras, dialectName, path === "" ? "" : `${path}.`, target.lose)
}

/** Cache breakpoints in the upstream's spelling. */
export const encodeCache = (cache: CacheBreakpoint | undefined, path: string, target: EncodeTarget): JsonObject => {
  if (!cache) return {}
  if (target.profile.cacheFormat === "anthropic")
    return { cache_control: { type: "ephemeral", ...(cache.ttl ? { ttl: cache.ttl } : {}) } }
  if (target.profile.cacheFormat === "openai") return { prompt_cache_breakpoint: { mode: "explicit" } }
  target.lose({
    path: `${path}.cache_control`,
    action: "dropped",
    code: "cache_breakpoint_lost",
    reason: "the upstream takes no cache breakpoints",
  })
  return {}
}

const extensions: Readonly<Record<string, string>> = { mpeg: "mp3", "x-wav": "wav", wave: "wav" }

const urlOf = (media: MediaContent): string => {
  const { source } = media
  if (source.type === "url") return source.url
  return `data:${media.mime ?? "application/octet-stream"};base64,${source.type === "data" ? source.base64 : ""}`
}

const encodeFile = (media: MediaContent): JsonObject => {
  const file: JsonObject = {}
  if (media.name !== undefined) file.filename = media.name
  if (media.source.type === "id") file.file_id = media.source.id
  else file.file_data = urlOf(media)
  return { type: "file", file }
}

const refusedKind = (media: MediaContent, profile: Profile): string | undefined => {
  if (profile.images === false && (media.kind === "image" || media.kind === "video"))
    return "the upstream takes no images"
  if (profile.pdf === false && media.kind === "file") return "the upstream takes no files"
  return undefined
}

const encodeMedia = (media: MediaContent, path: string, target: EncodeTarget): JsonObject => {
  const refused = refusedKind(media, target.profile)
  if (refused !== undefined) {
    target.lose({ path, action: "dropped", code: "media_unsupported", reason: refused })
    // The model should know that something was there.
    return { type: "text", text: `[${media.name ?? media.kind} left out: not supported]` }
  }
  if (media.source.type === "url" && target.profile.mediaUrls === false)
    throw new GatewayError(
      "invalid_request",
      `${path}: this upstream fetches no addresses; send the ${media.kind} as a data URL`,
      {
        param: path,
      },
    )
  if (media.kind === "file" || media.source.type === "id") return encodeFile(media)
  if (media.kind === "image")
    return { type: "image_url", image_url: { url: urlOf(media), ...(media.detail ? { detail: media.detail } : {}) } }
  if (media.kind === "video") return { type: "video_url", video_url: { url: urlOf(media) } }
  if (media.source.type !== "data")
    throw new GatewayError("invalid_request", `${path}: audio goes upstream as base64 only`, { param: path })
  const format = (media.mime ?? "audio/wav").replace(/^audio\//, "")
  return {
    type: "input_audio",
    input_audio: {
      data: media.source.base64,
      format: Object.hasOwn(extensions, format) ? extensions[format]! : format,
    },
  }
}

/** One part; undefined where there is nothing to send (its loss is reported). */
export const encodePart = (part: Content, path: string, target: EncodeTarget): JsonObject | undefined => {
  loseForeign(part.extras, path, target)
  const more = { ...ownExtras(part.extras), ...encodeCache(part.cache, path, target) }
  if (part.type === "text") return { type: "text", text: wellFormed(part.text), ...more }
  if (part.type === "refusal") return { type: "refusal", refusal: wellFormed(part.text), ...more }
  if (part.type === "media") return { ...encodeMedia(part, path, target), ...more }
  if (part.type === "opaque" && part.dialect === dialectName) return part.data as JsonObject
  const what = part.type === "opaque" ? `a part of ${part.dialect}` : `${part.type} content`
  target.lose({
    path,
    action: "dropped",
    code: "media_unsupported",
    reason: `${what} has no place in a message of this role`,
  })
  return undefined
}

/** A list of parts; a lone plain text is sent as a string, which every upstream reads. */
export const encodeContent = (
  content: readonly Content[],
  path: string,
  target: EncodeTarget,
): string | JsonObject[] => {
  const encoded = content.map((part, index) => encodePart(part, `${path}[${index}]`, target))
  const parts = encoded.filter((part) => part !== undefined)
  const [first] = parts
  if (!first) return ""
  const isPlain = parts.length === 1 && first.type === "text" && Object.keys(first).length === 2
  return isPlain && typeof first.text === "string" ? first.text : parts
}
