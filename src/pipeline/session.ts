import { shortHash } from "../dialects/translate/index.ts"
import type { Exchange } from "./exchange.ts"

/** How agents name their run: OpenRouter's and OpenCode's, Claude Code's, Codex's, Pi's. */
const sessionHeaders = ["x-session-id", "x-claude-code-session-id", "session-id", "session_id"]

/** What tells of a request's session. */
type Sender = Pick<Exchange, "fields" | "inbound" | "session">

/** The run or conversation that a request belongs to, by its client's own name. Found once. */
export function sessionOf(sender: Sender): string | undefined {
  if (sender.session === undefined)
    sender.session = sender.fields.sessionId ?? inHeaders(sender.inbound.headers) ?? null
  return sender.session ?? undefined
}

function inHeaders(headers: Headers): string | undefined {
  for (const name of sessionHeaders) {
    const value = headers.get(name)
    if (value !== null && value !== "") return value
  }
  return undefined
}

/**
 * What requests that should meet the same prompt cache have in common, fit for a header: the key of the cache, which says just that, or
 * else the session.
 */
export function affinityOf(sender: Sender): string | undefined {
  const key = sender.fields.promptCacheKey ?? sessionOf(sender)
  return key === undefined || /^[\x21-\x7e]{1,256}$/.test(key) ? key : shortHash(key, 22)
}
