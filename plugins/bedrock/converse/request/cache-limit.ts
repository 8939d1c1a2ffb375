import type { Lose } from "signalbox/dialects"
import { isObject, type JsonObject, type Profile } from "signalbox/plugin"
import { isClaudeModel } from "../../models.ts"

/** docs.aws.amazon.com/bedrock, prompt caching: four checkpoints in a request. */
const most = 4

/** Since 4.5 a checkpoint may live an hour; before, and on Nova, five minutes. */
const livesAnHour = (model: string) =>
  isClaudeModel(model) && !/claude-(?:3|instant|v\d|opus-4-(?:1|20)|sonnet-4-20|opus-4$|sonnet-4$)/.test(model)

const isPoint = (block: JsonObject) => isObject(block.cachePoint)

/** Lists of blocks, in the order in which they are cached: tools, system texts, turns. */
export interface CachedLists {
  readonly tools: readonly JsonObject[]
  readonly system: readonly JsonObject[]
  readonly turns: readonly (readonly JsonObject[])[]
}

interface Asked {
  readonly model: string
  readonly profile: Profile
  readonly lose: Lose
}

const refused = (profile: Profile, model: string, inTools: boolean): string | undefined => {
  if (profile.cacheFormat === undefined) return "the model has no prompt cache that can be told where to end"
  return inTools && !isClaudeModel(model) ? "the model caches no tools" : undefined
}

/**
 * Leaves the cache points that the model takes: the last four, which cover the longest prefix, with the lives that it knows. A longer life
 * behind a shorter one is refused, so it becomes a short one.
 */
export const limitCachePoints = (lists: CachedLists, { model, profile, lose }: Asked): CachedLists => {
  const lost = (reason: string) =>
    lose({ path: "cache_control", action: "dropped", code: "cache_breakpoint_lost", reason })
  const drop = (list: readonly JsonObject[], inTools: boolean): readonly JsonObject[] => {
    const reason = refused(profile, model, inTools)
    if (reason === undefined || !list.some(isPoint)) return list
    lost(reason)
    return list.filter((block) => !isPoint(block))
  }
  const tools = drop(lists.tools, true)
  const system = drop(lists.system, false)
  const turns = lists.turns.map((turn) => drop(turn, false))
  const points = [...tools, ...system, ...turns.flat()].filter(isPoint)
  const extra = new Set(points.slice(0, Math.max(0, points.length - most)))
  if (extra.size > 0) lost(`the first ${extra.size} of more than ${most} cache breakpoints`)
  const shortened = new Set<JsonObject>()
  let short = !livesAnHour(model)
  for (const point of points) {
    if (extra.has(point)) continue
    const hour = isObject(point.cachePoint) && point.cachePoint.ttl === "1h"
    if (!hour) short = true
    else if (short) shortened.add(point)
  }
  if (shortened.size > 0)
    lose({
      path: "cache_control.ttl",
      action: "clamped",
      code: "cache_breakpoint_lost",
      reason: "one hour is not possible here; sent as five minutes",
    })
  const settle = (list: readonly JsonObject[]) =>
    list
      .filter((block) => !extra.has(block))
      .map((block) =>
        shortened.has(block) || (isPoint(block) && !livesAnHour(model)) ? { cachePoint: { type: "default" } } : block,
      )
  return { tools: settle(tools), system: settle(system), turns: turns.map(settle) }
}
