import { isObject, type Json, type Usage } from "signalbox/plugin"

const count = (value: Json | undefined): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0

/** Fresh input, cache reads and cache writes are disjoint here; reasoning is part of the output and not told apart. */
export const decodeUsage = (value: Json | undefined): Usage | undefined => {
  if (!isObject(value)) return undefined
  const writes = count(value.cacheWriteInputTokens)
  const details = (Array.isArray(value.cacheDetails) ? value.cacheDetails : []).filter(isObject)
  const hours = details.filter(({ ttl }) => ttl === "1h").reduce((sum, { inputTokens }) => sum + count(inputTokens), 0)
  const cacheWrite1h = Math.min(writes, hours)
  return {
    input: {
      fresh: count(value.inputTokens),
      cacheRead: count(value.cacheReadInputTokens),
      cacheWrite: writes - cacheWrite1h,
      cacheWrite1h,
      audio: 0,
      image: 0,
    },
    output: { text: count(value.outputTokens), reasoning: 0, audio: 0, image: 0 },
  }
}
