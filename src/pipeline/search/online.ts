import type { Catalog } from "../../catalog/catalog.ts"
import type { RequestFields } from "../fields.ts"

/** OpenRouter's suffix of a model's name: the same model, and a search of the web. */
const suffix = ":online"

/** A name that the configuration has as it stands keeps its own meaning. */
const isDeclared = (name: string, catalog: Catalog): boolean => {
  for (const known of catalog.names()) if (known === name) return true
  return false
}

const isOnline = (name: string, catalog: Catalog): boolean => name.endsWith(suffix) && !isDeclared(name, catalog)

/** The name under which a model is offered. */
export const withoutOnline = (name: string, catalog: Catalog): string =>
  isOnline(name, catalog) ? name.slice(0, -suffix.length) : name

/** A request that names a model so asks for a search with whichever of its models answers. */
export function readOnline(fields: RequestFields, defaultModel: string, catalog: Catalog): RequestFields {
  if (fields.search) return fields
  const asks = (name: string) => isOnline(name, catalog)
  if (!asks(fields.model ?? defaultModel) && !fields.models.some(asks)) return fields
  return { ...fields, search: { tool: { type: "web-search" }, path: "model" } }
}
