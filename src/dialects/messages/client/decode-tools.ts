import {
  isObject,
  type Json,
  type JsonObject,
  type Tool,
  type ToolChoice,
  type WebSearchTool,
} from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName, withExtras } from "../formats.ts"
import { readCache } from "./cache.ts"

const decodeFunction = (tool: Fields): Tool => {
  tool.any("type")
  const name = tool.string("name")
  if (!name) throw invalid(tool.at("name"), "is missing: it must be the name of the tool")
  const description = tool.string("description")
  const parameters = tool.object("input_schema")
  const strict = tool.boolean("strict")
  const cache = readCache(tool)
  return { type: "function", name, ...defined({ description, parameters, strict, cache }), ...withExtras(tool.rest()) }
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined)

const decodeLocation = (raw: JsonObject | undefined): WebSearchTool["userLocation"] => {
  if (!raw) return undefined
  const { city, region, country, timezone } = raw
  return defined({
    city: textOf(city),
    region: textOf(region),
    country: textOf(country),
    timezone: textOf(timezone),
  }) as NonNullable<WebSearchTool["userLocation"]>
}

/** The whole tool is kept beside what others understand of it: its version decides what else it can do. */
const decodeWebSearch = (raw: JsonObject, path: string): Tool => {
  const tool = new Fields(raw, path)
  return {
    type: "web-search",
    ...defined({
      maxUses: tool.integer("max_uses", 0),
      allowedDomains: tool.strings("allowed_domains"),
      blockedDomains: tool.strings("blocked_domains"),
      userLocation: decodeLocation(tool.object("user_location")),
      cache: readCache(tool),
    }),
    extras: { [dialectName]: raw },
  }
}

const decodeTool = (raw: Json, path: string): Tool => {
  if (!isObject(raw)) throw invalid(path, "must be an object")
  const type = raw.type ?? undefined
  if (type === undefined || type === "custom") return decodeFunction(new Fields(raw, path))
  if (typeof type !== "string") throw invalid(`${path}.type`, "must be a string")
  if (/^web_search(?:_|$)/.test(type)) return decodeWebSearch(raw, path)
  return { type: "opaque", dialect: dialectName, data: raw }
}

export const decodeTools = (request: Fields): Tool[] | undefined => {
  const tools = request.array("tools")?.map((tool, index) => decodeTool(tool, `tools[${index}]`))
  return tools && tools.length > 0 ? tools : undefined
}

export interface Choice {
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
}

const kindOf = (choice: Fields, raw: JsonObject): ToolChoice => {
  switch (choice.string("type")) {
    case "auto":
      return "auto"
    case "none":
      return "none"
    case "any":
      return "required"
    case "tool": {
      const name = choice.string("name")
      if (!name) throw invalid("tool_choice.name", "is missing: it must be the name of a tool")
      return { name }
    }
    case undefined:
      throw invalid("tool_choice.type", "is missing: it must be auto, any, none or tool")
    default:
      return { opaque: raw, dialect: dialectName }
  }
}

/** `tool_choice`, which also holds the switch for parallel calls, inverted. */
export const decodeToolChoice = (request: Fields): Choice => {
  const raw = request.object("tool_choice")
  if (!raw) return {}
  const choice = new Fields(raw, "tool_choice")
  const single = choice.boolean("disable_parallel_tool_use")
  return { toolChoice: kindOf(choice, raw), ...(single === undefined ? {} : { parallelToolCalls: !single }) }
}
