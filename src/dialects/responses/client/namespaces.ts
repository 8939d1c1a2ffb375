import { type ChatRequest, gatewayExtras, isObject, type JsonObject, type Tool } from "../../../contract/index.ts"
import { shortHash } from "../../translate/index.ts"

/** Where a tool was before its namespace was dissolved: for replies, and for whoever wants to put it back. */
export interface Place {
  readonly namespace: string
  readonly name: string
}

type Named = Extract<Tool, { readonly name: string }>

const placeKey = "namespace"

/**
 * A name for a tool of a namespace that stands alone. MCP servers are namespaces that end with underscores already
 * (`mcp__files__`), so that joining gives the name that models know them by.
 */
export const joinedName = (namespace: string, name: string): string =>
  namespace.endsWith("_") ? `${namespace}${name}` : `${namespace}__${name}`

/**
 * The tools of namespaces as tools of their own, since other formats have no such groups. What the group says of itself goes before each
 * tool's description. The place is kept among the gateway's fields: it is no loss, since calls go back to the client under their old names.
 */
export const flattenNamespace = (
  namespace: { readonly name: string; readonly description: string | undefined },
  tools: readonly Tool[],
  taken: ReadonlySet<string>,
): Tool[] => {
  const used = new Set(taken)
  return tools.map((tool) => {
    if (tool.type !== "function" && tool.type !== "custom") return tool
    const joined = joinedName(namespace.name, tool.name)
    const name = used.has(joined) ? `${joined}_${shortHash(`${namespace.name} ${tool.name}`, 6)}` : joined
    used.add(name)
    const description = [namespace.description, tool.description].filter(Boolean).join("\n\n")
    const place: JsonObject = {
      name: namespace.name,
      tool: tool.name,
      ...(namespace.description === undefined ? {} : { description: namespace.description }),
    }
    return {
      ...tool,
      name,
      ...(description === "" ? {} : { description }),
      extras: { ...tool.extras, [gatewayExtras]: { [placeKey]: place } },
    }
  })
}

const placeOf = (tool: Named): Place | undefined => {
  const place = tool.extras?.[gatewayExtras]?.[placeKey]
  if (!isObject(place) || typeof place.name !== "string" || typeof place.tool !== "string") return undefined
  return { namespace: place.name, name: place.tool }
}

/** Names of tools of namespaces, both ways. */
export class Namespaces {
  readonly #places = new Map<string, Place>()
  readonly #names = new Map<string, string>()

  constructor(tools: ChatRequest["tools"]) {
    for (const tool of tools ?? []) {
      const place = tool.type === "function" || tool.type === "custom" ? placeOf(tool) : undefined
      if (!place || !("name" in tool)) continue
      this.#places.set(tool.name, place)
      this.#names.set(JSON.stringify([place.namespace, place.name]), tool.name)
    }
  }

  /** The name that models see; also of tools that are no longer offered. */
  flat(namespace: string | undefined, name: string): string {
    if (namespace === undefined) return name
    return this.#names.get(JSON.stringify([namespace, name])) ?? joinedName(namespace, name)
  }

  /** The fields that a call carries for its client. */
  fields(name: string): { name: string; namespace?: string } {
    const place = this.#places.get(name)
    return place ? { name: place.name, namespace: place.namespace } : { name }
  }
}
