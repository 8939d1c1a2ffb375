import { isObject, type Json, type JsonObject, type Tool, type WebSearchTool } from "../../../contract/index.ts"
import { readCache } from "../../chat-completions/request/decode-content.ts"
import { defined, Fields, invalid } from "../../chat-completions/request/fields.ts"
import { dialectName } from "../names.ts"
import { withExtras } from "./extras.ts"
import { flattenNamespace } from "./namespaces.ts"

const decodeNamed = (tool: Fields, type: "function" | "custom"): Tool => {
  const name = tool.string("name")
  if (name === undefined)
    throw invalid(
      tool.at("name"),
      "must be a string: in this API name, description and parameters stand beside type, not inside of function",
    )
  const description = tool.string("description")
  if (type === "custom") {
    const format = tool.any("format")
    return { type, name, ...defined({ description, format }), ...withExtras(tool.rest()) }
  }
  const [parameters, strict, cache] = [tool.object("parameters"), tool.boolean("strict"), readCache(tool)]
  return { type, name, ...defined({ description, parameters, strict, cache }), ...withExtras(tool.rest()) }
}

const searchTypes = /^(?:web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?|openrouter:web_search)$/

const decodeLocation = (where: JsonObject | undefined): WebSearchTool["userLocation"] | undefined => {
  if (!where) return undefined
  const known = Object.entries(where).filter(
    ([key, value]) => ["city", "region", "country", "timezone"].includes(key) && typeof value === "string",
  )
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

const contextSizes = ["low", "medium", "high"] as const

/** OpenAI has the domains in `filters`, OpenRouter's server tool everything in `parameters`. */
const decodeSearch = (raw: JsonObject, path: string): WebSearchTool => {
  const tool = new Fields(raw, path)
  const type = tool.string("type")
  const inner = new Fields({ ...tool.object("filters"), ...tool.object("parameters") }, path)
  const first = <T>(read: (fields: Fields) => T | undefined): T | undefined => {
    const [outside, inside] = [read(tool), read(inner)]
    return outside ?? inside
  }
  const size = first((fields) => fields.string("search_context_size"))
  const contextSize = contextSizes.find((known) => known === size)
  const excluded = first((fields) => fields.strings("excluded_domains"))
  const blocked = first((fields) => fields.strings("blocked_domains"))
  const found = defined({
    maxUses: first((fields) => fields.integer("max_uses", 1)),
    maxResults: first((fields) => fields.integer("max_results", 1)),
    contextSize,
    allowedDomains: first((fields) => fields.strings("allowed_domains")),
    blockedDomains: blocked ?? excluded,
    userLocation: decodeLocation(first((fields) => fields.object("user_location"))),
  })
  const rest = {
    ...(type === "web_search" || type === undefined ? {} : { type }),
    ...(size !== undefined && contextSize === undefined ? { search_context_size: size } : {}),
    ...inner.rest(),
    ...tool.rest(),
  }
  return { type: "web-search", ...found, ...withExtras(rest) }
}

const decodeTool = (raw: Json, path: string): Tool => {
  if (!isObject(raw)) throw invalid(path, "must be an object with a type")
  const tool = new Fields(raw, path)
  const type = tool.string("type")
  if (type === undefined) throw invalid(`${path}.type`, "must be a string")
  if (type === "function" || type === "custom") return decodeNamed(tool, type)
  if (searchTypes.test(type)) return decodeSearch(raw, path)
  return { type: "opaque", dialect: dialectName, data: raw }
}

const namesOf = (tools: readonly Tool[]): Set<string> =>
  new Set(tools.flatMap((tool) => ("name" in tool ? [tool.name] : [])))

/** `tools`: plain ones first, so that the tools of a namespace cannot take their names; the order stays. */
export const decodeTools = (request: Fields): Tool[] | undefined => {
  const raws = request.array("tools") ?? []
  if (raws.length === 0) return undefined
  const isGroup = (raw: Json): raw is JsonObject =>
    isObject(raw) && raw.type === "namespace" && Array.isArray(raw.tools)
  const plain = new Map(
    raws.flatMap((raw, index) => (isGroup(raw) ? [] : [[index, decodeTool(raw, `tools[${index}]`)] as const])),
  )
  const taken = namesOf([...plain.values()])
  return raws.flatMap((raw, index) => {
    const single = plain.get(index)
    if (single || !isGroup(raw)) return single ? [single] : []
    const group = new Fields(raw, `tools[${index}]`)
    const name = group.string("name")
    if (name === undefined) throw invalid(group.at("name"), "must be a string")
    const inner = (group.array("tools") ?? []).map((tool, at) => decodeTool(tool, `tools[${index}].tools[${at}]`))
    const flat = flattenNamespace({ name, description: group.string("description") }, inner, taken)
    for (const used of namesOf(flat)) taken.add(used)
    return flat
  })
}
