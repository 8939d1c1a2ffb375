import { longestTtlSeconds } from "../../config/config.ts"
import type { Exchange } from "../exchange.ts"
import { invalid } from "../fields.ts"
import type { Caching } from "./types.ts"

/** A reply that is streamed bytes, a picture or a count is not kept. */
const rememberedAbilities: ReadonlySet<string | undefined> = new Set([undefined, "embeddings", "rerank"])

/**
 * Whether this request may be answered from memory: its headers, the preset that it names, its key and the configuration say so, in
 * OpenRouter's order: a preset's no, a header's no, a header's yes, a preset's yes; then the key, then the file. Undefined = not at all.
 */
export function cachingOf(exchange: Exchange): Caching | undefined {
  const { inbound, snapshot, preset } = exchange
  const { headers, principal } = inbound
  const { cache } = snapshot.config
  const own = headers.get("x-signalbox-cache")
  const theirs = headers.get("x-openrouter-cache")
  const usual = principal.routing?.cache ?? cache.enabled
  // Nearly every request ends here.
  if (!usual && !cache.coalesce && own === null && theirs === null && preset === undefined) return undefined
  if (!rememberedAbilities.has(exchange.ability)) return undefined
  const words = wordsOf(own)
  const wish = preset?.preset.parameters.cache_enabled
  const said = wish === false ? false : (headerSays(words, theirs) ?? (wish === true ? true : undefined))
  // Whoever demands that upstreams keep nothing does not want it kept here.
  const remembers = (said ?? usual) && snapshot.roster.caches.length > 0 && !exchange.plan?.zdr
  const coalesces = words.has("coalesce") || (cache.coalesce && said !== false)
  if (!remembers && !coalesces) return undefined
  return {
    remembers,
    coalesces,
    refreshes: remembers && (words.has("refresh") || headers.get("x-openrouter-cache-clear")?.toLowerCase() === "true"),
    ttlMs: 1000 * secondsOf(exchange),
  }
}

const known: ReadonlySet<string> = new Set(["on", "off", "refresh", "coalesce"])

function wordsOf(header: string | null): ReadonlySet<string> {
  const words = new Set((header ?? "").toLowerCase().split(/[\s,]+/))
  words.delete("")
  for (const word of words)
    if (!known.has(word))
      throw invalid(
        "headers.x-signalbox-cache",
        `"x-signalbox-cache" must be ${[...known].join(", ")}, or several of them.`,
      )
  return words
}

function headerSays(words: ReadonlySet<string>, theirs: string | null): boolean | undefined {
  const other = theirs?.trim().toLowerCase()
  if (words.has("off") || other === "false") return false
  return words.has("on") || words.has("refresh") || other === "true" ? true : undefined
}

function secondsOf({ inbound, snapshot, preset }: Exchange): number {
  const said = Number.parseInt(inbound.headers.get("x-openrouter-cache-ttl") ?? "", 10)
  const wish = preset?.preset.parameters.cache_ttl_seconds
  const seconds = Number.isNaN(said) ? (typeof wish === "number" ? wish : snapshot.config.cache.ttlSeconds) : said
  return Math.min(longestTtlSeconds, Math.max(1, Math.trunc(seconds)))
}
