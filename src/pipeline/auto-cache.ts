import { type ChatRequest, isObject } from "../contract/index.ts"
import { autoCache } from "../dialects/translate/index.ts"
import type { Exchange } from "./exchange.ts"
import type { LiveWire } from "./services.ts"

/** Clients that Requesty caches for unless they say otherwise, by the name or the address that they send (docs.requesty.ai, auto caching). */
const cachedClients = /^(?:cline|roo[ -]?code|roo-cline|forge)\b|\/\/(?:cline\.bot|roocode\.com)|\/roo-cline/i

const isCached = (client: string | null): boolean => client !== null && cachedClients.test(client)

/** Requesty's `requesty.auto_cache`; without it, the client decides. */
export function wantsAutoCache({ fields, inbound }: Exchange): boolean {
  const options = fields.labels?.requesty
  const asked = isObject(options) ? options.auto_cache : undefined
  if (typeof asked === "boolean") return asked
  const { headers } = inbound
  return isCached(headers.get("x-title")) || isCached(headers.get("http-referer"))
}

/** Formats that have breakpoints themselves; to others `cacheFormat` adds them. */
const cachingDialects: ReadonlySet<string> = new Set(["messages", "bedrock-converse"])

/** Whether breakpoints do anything at this upstream; others cache by themselves or not at all. */
const takesBreakpoints = ({ wire, profile }: LiveWire): boolean =>
  profile.cacheFormat !== undefined || cachingDialects.has(wire.dialect.name)

/** Breakpoints have to be put in, so the body cannot go up as it is. A client's own breakpoints count, and nothing is added to them. */
export const cachesFor = (exchange: Exchange, live: LiveWire): boolean =>
  takesBreakpoints(live) && wantsAutoCache(exchange) && !exchange.inbound.body.includes('"cache_control"')

export const withAutoCache = (exchange: Exchange, live: LiveWire, request: ChatRequest): ChatRequest =>
  cachesFor(exchange, live) ? autoCache(request) : request
