import { isObject, type JsonObject, type Tool, type WebSearchTool } from "../../../contract/index.ts"
import { defined, Fields } from "../../body/fields.ts"

/** OpenAI's tool with its older names, OpenRouter's server tool, Groq's tool. */
const searchTypes = /^(?:web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?|openrouter:web_search|browser_search)$/

export const isSearchType = (type: string): boolean => searchTypes.test(type)

/** Names of one vendor's tool for what `web_search` says as well; others would refuse them. */
const foreignNames: ReadonlySet<string> = new Set(["web_search", "openrouter:web_search", "browser_search"])

const decodeLocation = (where: JsonObject | undefined): WebSearchTool["userLocation"] | undefined => {
  if (!where) return undefined
  // OpenAI's chat completions wrap it once more.
  const holder = isObject(where.approximate) ? where.approximate : where
  const known = Object.entries(holder).filter(
    ([key, value]) => ["city", "region", "country", "timezone"].includes(key) && typeof value === "string",
  )
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

const contextSizes = ["low", "medium", "high"] as const

/** Settings of a search in every spelling that clients use; the first place that has one counts. */
const readSettings = (places: readonly Fields[]) => {
  const first = <T>(read: (fields: Fields) => T | undefined): T | undefined => {
    // All are read, so that none of them is left over as unknown.
    const found = places.map(read)
    return found.find((value) => value !== undefined)
  }
  const domains = (...keys: readonly string[]) => {
    const lists = keys.map((key) => first((fields) => fields.strings(key)))
    return lists.find((list) => list !== undefined && list.length > 0)
  }
  const size = first((fields) => fields.string("search_context_size"))
  const contextSize = contextSizes.find((known) => known === size)
  const settings = defined({
    maxUses: first((fields) => fields.integer("max_uses", 1)),
    maxResults: first((fields) => fields.integer("max_results", 1)),
    contextSize,
    allowedDomains: domains("allowed_domains", "include_domains"),
    blockedDomains: domains("blocked_domains", "excluded_domains", "exclude_domains"),
    engine: first((fields) => fields.string("engine")),
    searchPrompt: first((fields) => fields.string("search_prompt")),
    userLocation: decodeLocation(first((fields) => fields.object("user_location"))),
  })
  return { settings, unread: size !== undefined && contextSize === undefined ? { search_context_size: size } : {} }
}

/**
 * A tool that searches the web. OpenAI has the domains in `filters`, OpenRouter's server tool everything in `parameters`. What only the
 * client's own format knows is kept under its name.
 */
export const decodeSearch = (raw: JsonObject, path: string, dialect: string): WebSearchTool => {
  const tool = new Fields(raw, path)
  const type = tool.string("type")
  const inner = new Fields({ ...tool.object("filters"), ...tool.object("parameters") }, path)
  const { settings, unread } = readSettings([tool, inner])
  const named = type === undefined || foreignNames.has(type) ? {} : { type }
  const rest = { ...named, ...unread, ...inner.rest(), ...tool.rest() }
  return { type: "web-search", ...settings, ...(Object.keys(rest).length > 0 ? { extras: { [dialect]: rest } } : {}) }
}

/** `web_search_options` of chat completions: the search of models that always search, and a wish for one everywhere else. */
export const decodeSearchOptions = (request: Fields, dialect: string): WebSearchTool | undefined => {
  const raw = request.object("web_search_options")
  return raw && decodeSearch(raw, "web_search_options", dialect)
}

/** OpenRouter's `plugins: [{ id: "web" }]`. */
export const decodeWebPlugin = (raw: JsonObject, path: string): WebSearchTool => {
  const { settings } = readSettings([new Fields(raw, path)])
  return { type: "web-search", ...settings }
}

/** Adds a search to a list of tools; where one is there, it gets the settings that it does not have itself. */
export const addSearch = (tools: readonly Tool[] | undefined, search: WebSearchTool): Tool[] => {
  const all = tools ?? []
  if (!all.some(({ type }) => type === "web-search")) return [...all, search]
  return all.map((tool) => (tool.type === "web-search" ? { ...search, ...tool } : tool))
}
