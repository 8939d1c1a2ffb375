import type { CacheBreakpoint, EncodeTarget, Extras, JsonObject } from "../../../contract/index.ts"
import type { ToolNames } from "../../translate/index.ts"
import { dialectName } from "../names.ts"

/** What every step of writing a request needs. */
export interface RequestContext extends EncodeTarget {
  readonly names: ToolNames
}

/** The fields that only this dialect understands. */
export const ownExtras = (extras: Extras | undefined): JsonObject => extras?.[dialectName] ?? {}

/** A breakpoint on a part; only input parts have a place for one (`prompt_cache_breakpoint`, from GPT-5.6 on). */
export const encodeCache = (cache: CacheBreakpoint | undefined, path: string, context: RequestContext): JsonObject => {
  if (!cache) return {}
  if (context.profile.cacheFormat === "openai") return { prompt_cache_breakpoint: { mode: "explicit" } }
  loseCache(cache, path, context, "the upstream takes no cache breakpoints")
  return {}
}

export const loseCache = (
  cache: CacheBreakpoint | undefined,
  path: string,
  { lose }: RequestContext,
  reason: string,
): void => {
  if (cache) lose({ path: `${path}.cache_control`, action: "dropped", code: "cache_breakpoint_lost", reason })
}
