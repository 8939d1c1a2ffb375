import { isObject, type Json } from "../../contract/index.ts"

/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "responses"

/** The tag of OpenAI's encrypted reasoning (OpenRouter's vocabulary). */
export const openAiFormat = "openai-responses-v1"

/**
 * Whether an opaque piece of this dialect stands in a message's content. All others are items of their own: a message of the internal
 * form whose content they are is no message of this format.
 */
export const isContentPart = (data: Json): boolean =>
  isObject(data) && typeof data.type === "string" && /^(?:input|output)_/.test(data.type)
