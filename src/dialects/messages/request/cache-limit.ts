import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import type { Lose } from "../../translate/index.ts"

/** platform.claude.com, prompt caching: up to four breakpoints in a request; automatic caching takes one of them. */
const most = 4

const carriers = (value: Json | undefined): JsonObject[] => {
  const blocks = (Array.isArray(value) ? value : []).filter(isObject)
  return blocks.flatMap((block) => [...carriers(block.content), ...(isObject(block.cache_control) ? [block] : [])])
}

/**
 * Keeps the last breakpoints, which cover the longest prefix, and drops the front ones. A one-hour breakpoint behind a five-minute one is
 * refused, so it becomes a five-minute one. Changes the blocks of `body`, which the encoder has just made.
 */
export const limitBreakpoints = (body: JsonObject, lose: Lose): void => {
  const marked = [...carriers(body.tools), ...carriers(body.system), ...carriers(body.messages)]
  const extra = Math.max(0, marked.length - (most - (isObject(body.cache_control) ? 1 : 0)))
  for (const block of marked.slice(0, extra)) delete block.cache_control
  if (extra > 0)
    lose({
      path: "cache_control",
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: `the first ${extra} of more than ${most} cache breakpoints`,
    })
  let short = false
  let lowered = 0
  for (const block of marked.slice(extra)) {
    const cache = block.cache_control
    if (!isObject(cache)) continue
    if (cache.ttl !== "1h") short = true
    else if (short) {
      block.cache_control = { type: "ephemeral" }
      lowered++
    }
  }
  if (lowered > 0)
    lose({
      path: "cache_control.ttl",
      action: "clamped",
      code: "cache_breakpoint_lost",
      reason: "one hour behind five minutes is refused; sent as five minutes",
    })
}
