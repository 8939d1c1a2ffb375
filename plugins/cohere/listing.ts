import { countIn, known, type MediaEndpoint, rowsOf, textIn, textsIn, withQuery } from "signalbox/dialects"
import type { Endpoint, JsonObject, ModelFacts, ModelKind, ModelListing } from "signalbox/plugin"

/** By the endpoints that take a model; the first that fits counts. */
const kinds: readonly (readonly [endpoint: string, kind: ModelKind])[] = [
  ["chat", "chat"],
  ["embed", "embeddings"],
  ["rerank", "rerank"],
]

const factsOf = (row: JsonObject): readonly ModelFacts[] => {
  const upstream = textIn(row.name)
  const endpoints = textsIn(row.endpoints) ?? []
  const kind = kinds.find(([endpoint]) => endpoints.includes(endpoint))?.[1]
  if (upstream === undefined || kind === undefined) return []
  const features = textsIn(row.features)
  return [
    {
      upstream,
      ...known({
        kind: kind === "chat" ? undefined : kind,
        context: countIn(row.context_length),
        traits:
          features === undefined
            ? undefined
            : {
                tools: features.includes("tools"),
                vision: features.includes("vision") || row.supports_vision === true,
              },
        deprecated: row.is_deprecated === true ? true : undefined,
      }),
    },
  ]
}

/** `GET /v1/models`: the list has stayed in the older version (docs.cohere.com/reference/list-models). */
export const modelListing = (endpoint: MediaEndpoint): ModelListing => {
  const page = (token?: string): Endpoint =>
    withQuery(endpoint, { page_size: "1000", page_token: token })("../v1/models", "")
  return {
    endpoint: () => page(),
    read: (document) => rowsOf(document, "models").flatMap(factsOf),
    next(document) {
      const token = textIn((document as JsonObject).next_page_token)
      return token === undefined ? undefined : page(token)
    },
  }
}
