import type { JsonObject } from "../../contract/index.ts"

/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "chat-completions"

/** The tag of Gemini's thought signatures (OpenRouter's vocabulary). */
export const geminiFormat = "google-gemini-v1"

/** The fields of a part, message or request that only this dialect understands. */
export const ownExtras = (extras: Readonly<Record<string, JsonObject>> | undefined): JsonObject | undefined =>
  extras?.[dialectName]

/** `{ extras }` when there is something to keep, so that absent stays absent. */
export const withExtras = (rest: JsonObject): { extras?: Record<string, JsonObject> } =>
  Object.keys(rest).length === 0 ? {} : { extras: { [dialectName]: rest } }
