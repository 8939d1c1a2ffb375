import type { CacheBreakpoint } from "../../../contract/index.ts"
import type { Fields } from "../../body/fields.ts"

/** `cache_control` of a block, a tool or the request. */
export const readCache = (fields: Fields): CacheBreakpoint | undefined => {
  const control = fields.object("cache_control")
  if (!control) return undefined
  const { ttl } = control
  return ttl === "5m" || ttl === "1h" ? { ttl } : {}
}
