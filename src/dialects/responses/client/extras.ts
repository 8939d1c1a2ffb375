import type { JsonObject } from "../../../contract/index.ts"
import { dialectName } from "../names.ts"

/** `{ extras }` when there is something to keep, so that absent stays absent. */
export const withExtras = (rest: JsonObject): { extras?: Record<string, JsonObject> } =>
  Object.keys(rest).length === 0 ? {} : { extras: { [dialectName]: rest } }
