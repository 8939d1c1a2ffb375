import { type Content, isObject, type JsonObject } from "../../../contract/index.ts"
import { dropForeignExtras } from "../../translate/index.ts"
import { dialectName, isContentPart } from "../names.ts"
import { encodeCache, loseCache, ownExtras, type RequestContext } from "./context.ts"
import { encodeMedia } from "./media.ts"

/** Whether a content stands inside of a message; everything else is an item of its own. */
export const isPart = (content: Content): boolean =>
  content.type === "text" ||
  content.type === "refusal" ||
  content.type === "media" ||
  (content.type === "opaque" && (content.dialect !== dialectName || isContentPart(content.data)))

/** A part of a message that goes to the model: user, developer and system messages, outputs of tools. */
export const encodeInputPart = (part: Content, path: string, context: RequestContext): JsonObject | undefined => {
  dropForeignExtras(part.extras, dialectName, `${path}.`, context.lose)
  switch (part.type) {
    case "text":
    case "refusal":
      return {
        type: "input_text",
        text: part.text.toWellFormed(),
        ...ownExtras(part.extras),
        ...encodeCache(part.cache, path, context),
      }
    case "media":
      return {
        ...encodeMedia(part, path, context),
        ...ownExtras(part.extras),
        ...encodeCache(part.cache, path, context),
      }
    default:
      return encodeOther(part, path, context)
  }
}

/** A part of what the model said before. */
export const encodeOutputPart = (part: Content, path: string, context: RequestContext): JsonObject | undefined => {
  dropForeignExtras(part.extras, dialectName, `${path}.`, context.lose)
  if (part.type === "text" || part.type === "refusal") {
    loseCache(part.cache, path, context, "parts of assistant messages have no place for a breakpoint")
    const text = part.text.toWellFormed()
    const said = part.type === "text" ? { type: "output_text", text } : { type: "refusal", refusal: text }
    return { ...said, ...ownExtras(part.extras) }
  }
  if (part.type !== "media") return encodeOther(part, path, context)
  context.lose({ path, action: "dropped", code: "media_unsupported", reason: "an assistant message takes no media" })
  return undefined
}

const encodeOther = (part: Content, path: string, { lose }: RequestContext): JsonObject | undefined => {
  if (part.type === "opaque" && part.dialect === dialectName && isObject(part.data)) return part.data
  const what = part.type === "opaque" ? `a part of ${part.dialect}` : `${part.type} content`
  const reason = `${what} has no place in a message of this role`
  lose({ path, action: "dropped", code: "foreign_content", reason })
  return undefined
}
