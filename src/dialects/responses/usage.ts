import { isObject, type JsonObject, type Profile, type Usage } from "../../contract/index.ts"
import { decodeUsage as decodeCounts } from "../chat-completions/reply/usage.ts"

/** Searches that the upstream ran: one item each. Opening a page or finding a word in it is none (OpenAI's price list). */
const countSearches = (output: readonly unknown[]): number =>
  output.filter((item) => {
    if (!isObject(item) || item.type !== "web_search_call") return false
    return !isObject(item.action) || item.action.type === undefined || item.action.type === "search"
  }).length

/** `usage` in disjoint buckets; what was searched stands in the output alone. */
export const decodeUsage = (raw: JsonObject, output: readonly unknown[], quirk?: Profile["usageQuirk"]): Usage => {
  const usage = decodeCounts(raw, quirk)
  const webSearch = usage.counters?.webSearch ?? countSearches(output)
  return webSearch > 0 ? { ...usage, counters: { ...usage.counters, webSearch } } : usage
}
