import { isObject, type Json, type JsonObject } from "../../../../contract/index.ts"
import type { Exchange } from "../../../exchange.ts"
import { invalid } from "../../../fields.ts"
import { bodyMember } from "../../../request.ts"
import { type Tier, tiers } from "./score.ts"

/** What a request lets the router choose from (openrouter.ai, plugins: `auto-router`). */
export interface Choice {
  /** Models and patterns; absent: all. */
  readonly allowed?: readonly string[]
  readonly excluded: readonly string[]
  /** The dearest tier that may be chosen. */
  readonly ceiling?: Tier
}

export function choiceOf(exchange: Exchange): Choice {
  const plugins = bodyMember(exchange, "plugins")
  const at = Array.isArray(plugins) ? plugins.findIndex(isAutoRouter) : -1
  if (at < 0) return { excluded: [] }
  const plugin = (plugins as JsonObject[])[at]!
  const path = `plugins[${at}]`
  const allowed = patterns(plugin.allowed_models, `${path}.allowed_models`)
  const ceiling = tierOf(plugin.cost_tier, `${path}.cost_tier`)
  return {
    ...(allowed === undefined ? {} : { allowed }),
    excluded: patterns(plugin.excluded_models, `${path}.excluded_models`) ?? [],
    ...(ceiling === undefined ? {} : { ceiling }),
  }
}

const isAutoRouter = (plugin: Json): boolean =>
  isObject(plugin) && plugin.id === "auto-router" && plugin.enabled !== false

const mostPatterns = 1024

function patterns(value: Json | undefined, path: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length > mostPatterns)
    throw invalid(path, `"${path}" must be a list of at most ${mostPatterns} models or patterns like "anthropic/*".`)
  for (const [index, item] of value.entries())
    if (typeof item !== "string" || item === "")
      throw invalid(`${path}[${index}]`, `"${path}[${index}]" must be a model or a pattern like "anthropic/*".`)
  return value.length === 0 ? undefined : (value as string[])
}

function tierOf(value: Json | undefined, path: string): Tier | undefined {
  if (value === undefined || value === null) return undefined
  const tier = tiers.find((name) => name === value)
  if (!tier) throw invalid(path, `"${path}" must be one of ${tiers.join(", ")}.`)
  return tier
}
