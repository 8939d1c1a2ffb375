import { isObject, type Json } from "../../contract/index.ts"
import { gatewayKeys as commonGatewayKeys } from "../body/gateway-keys.ts"

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

/** Whether an opaque piece of this dialect is an annotation of the text before it that has no address. */
export const isAnnotation = (data: Json): boolean =>
  isObject(data) && typeof data.type === "string" && /^(?:\w+_citation|file_path)$/.test(data.type)

/** Top-level fields that are addressed to the gateway and never go upstream; the limit of tool calls is OpenAI's own here. */
export const gatewayKeys: ReadonlySet<string> = new Set(
  [...commonGatewayKeys].filter((key) => key !== "max_tool_calls"),
)
