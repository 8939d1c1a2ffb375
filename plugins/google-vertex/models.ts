/** Which of Vertex AI's three surfaces reaches a model. */
export type Surface = "gemini" | "claude" | "open"

export interface VertexModel {
  readonly surface: Surface
  /** As the surface wants it: `gemini-3-flash`, `claude-sonnet-4-5@20250929`, `meta/llama-4-maverick-17b-128e-instruct-maas`. */
  readonly name: string
  /** A tuned model: the id of the endpoint that serves it. */
  readonly endpoint?: string
}

/** `publishers/google/models/gemini-3-flash`, with or without the project before it. */
const resource = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/(.+)$/
/** `projects/p/locations/l/endpoints/123`, `endpoints/123`, or the number alone: what tuning makes. */
const tuned = /^(?:(?:projects\/[^/]+\/locations\/[^/]+\/)?endpoints\/([\w-]+)|(\d{6,}))$/

/** Reads a model's name in any of the spellings that Google's tools and public lists use. */
export const readModel = (model: string): VertexModel => {
  const endpoint = tuned.exec(model)
  if (endpoint) return { surface: "gemini", name: model, endpoint: endpoint[1] ?? endpoint[2] ?? model }
  const [, publisher, rest = ""] = resource.exec(model) ?? /^(google|anthropic)\/(.+)$/.exec(model) ?? []
  const name = publisher === undefined ? model : rest
  if (publisher === "anthropic" || (publisher === undefined && /^claude-/.test(name)))
    return { surface: "claude", name }
  // Open models, of Google too, are served as a service of their own.
  if (/-maas$/.test(name)) return { surface: "open", name: publisher === undefined ? name : `${publisher}/${name}` }
  if (publisher !== undefined && publisher !== "google") return { surface: "open", name: `${publisher}/${name}` }
  if (name.startsWith("models/")) return { surface: "gemini", name: name.slice("models/".length) }
  return { surface: publisher === undefined && name.includes("/") ? "open" : "gemini", name }
}

/** One segment of a path. An `@` stays, as versions have it. */
export const segment = (name: string): string => encodeURIComponent(name).replaceAll("%40", "@")

/** By what name list prices know a model. */
export const listName = (model: string): string => {
  const { name } = readModel(model)
  return name.slice(name.lastIndexOf("/") + 1)
}
