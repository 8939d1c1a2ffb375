import { shortHash } from "../dialects/translate/index.ts"
import type { RequestFields } from "./fields.ts"

/** How agents name their run: OpenRouter's and OpenCode's, Claude Code's, Codex's, Pi's. */
const sessionHeaders = ["x-session-id", "x-claude-code-session-id", "session-id", "session_id"]

/** The run or conversation that a request belongs to, by its client's own name. */
export function sessionOf({ sessionId }: RequestFields, headers: Headers): string | undefined {
  if (sessionId !== undefined) return sessionId
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
export function affinityOf(fields: RequestFields, headers: Headers): string | undefined {
  const key = fields.promptCacheKey ?? sessionOf(fields, headers)
  return key === undefined || /^[\x21-\x7e]{1,256}$/.test(key) ? key : shortHash(key, 22)
}
