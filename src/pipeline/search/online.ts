import type { Catalog } from "../../catalog/catalog.ts"
import type { RequestFields } from "../fields.ts"
import { readings } from "../plan/targets/reference.ts"
import { knownOffers, own } from "../plan/targets/scope.ts"

/** OpenRouter's suffix of a model's name: the same model, and a search of the web. */
const suffix = "online"

/** A name that somebody has as it stands keeps its own meaning; what an alias leads to is meant by it. */
function isOnline(name: string, catalog: Catalog): boolean {
  const meant = own(catalog.aliases, name) ?? name
  if (!meant.includes(`:${suffix}`)) return false
  const isDeclared = own(catalog.policies, meant) !== undefined || own(catalog.aliases, meant) !== undefined
  if (isDeclared || knownOffers(catalog, meant).length > 0) return false
  return readings(meant).at(-1)!.suffixes.includes(suffix)
}

/** A request that names a model so asks for a search with whichever of its models answers. */
export function readOnline(fields: RequestFields, defaultModel: string, catalog: Catalog): RequestFields {
  if (fields.search) return fields
  const asks = (name: string) => isOnline(name, catalog)
  if (!asks(fields.model ?? defaultModel) && !fields.models.some(asks)) return fields
  return { ...fields, search: { tool: { type: "web-search" }, path: "model" } }
}
