import { type ToolNames, toolNames } from "signalbox/dialects"
import type { ChatRequest } from "signalbox/plugin"

/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "cohere-v2"

/** Cohere signs no thoughts; its own format has no tag in OpenRouter's vocabulary. */
export const thinkingFormat = "unknown"

/** docs.cohere.com/reference/errors: "tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit". */
export const cohereToolNames = (request: ChatRequest): ToolNames =>
  toolNames(request, { allowed: /^[a-zA-Z_]\w{0,63}$/, forbidden: /\W/g, length: 64 })
