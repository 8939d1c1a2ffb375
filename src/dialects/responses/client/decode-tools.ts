import { isObject, type Json, type JsonObject, type Tool } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { readCache } from "../../chat-completions/request/decode-content.ts"
import { decodeSearch, isSearchType } from "../../chat-completions/request/decode-search.ts"
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

const decodeTool = (raw: Json, path: string): Tool => {
  if (!isObject(raw)) throw invalid(path, "must be an object with a type")
  const tool = new Fields(raw, path)
  const type = tool.string("type")
  if (type === undefined) throw invalid(`${path}.type`, "must be a string")
  if (type === "function" || type === "custom") return decodeNamed(tool, type)
  if (isSearchType(type)) return decodeSearch(raw, path, dialectName)
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
