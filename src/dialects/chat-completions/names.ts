import type { JsonObject } from "../../contract/index.ts"

/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "chat-completions"

/** The tag of Gemini's thought signatures (OpenRouter's vocabulary). */
export const geminiFormat = "google-gemini-v1"

/**
 * Top-level fields that are addressed to the gateway (OpenRouter's routing, Requesty's labels) and never go upstream.
 * `stream_options` is not among them: the gateway merges its own wish into it.
 */
export const gatewayKeys: ReadonlySet<string> = new Set([
  "models",
  "provider",
  "plugins",
  "route",
  "transforms",
  "session_id",
  "trace",
  "debug",
  "usage",
  "requesty",
  "preset",
  "include_reasoning",
  "max_tool_calls",
  "stop_server_tools_when",
])

/** The fields of a part, message or request that only this dialect understands. */
export const ownExtras = (extras: Readonly<Record<string, JsonObject>> | undefined): JsonObject | undefined =>
  extras?.[dialectName]

/** `{ extras }` when there is something to keep, so that absent stays absent. */
export const withExtras = (rest: JsonObject): { extras?: Record<string, JsonObject> } =>
  Object.keys(rest).length === 0 ? {} : { extras: { [dialectName]: rest } }
