import { countIn, flagIn, known, rowsOf, textIn, textsIn } from "signalbox/dialects"
import type { Endpoint, JsonObject, ModelFacts, ModelKind, ModelListing } from "signalbox/plugin"

/** What a model is for, by the methods that it is called with; undefined: by none that this provider has. */
const kindOf = (name: string, methods: readonly string[]): ModelKind | undefined => {
  if (methods.includes("generateContent")) return /-tts(?:-|$)/.test(name) ? "speech" : "chat"
  if (methods.includes("embedContent")) return "embeddings"
  return methods.includes("predict") && /imagen/.test(name) ? "images" : undefined
}

const factsOf = (row: JsonObject): readonly ModelFacts[] => {
  const upstream = textIn(row.name)?.replace(/^models\//, "")
  if (upstream === undefined) return []
  const kind = kindOf(upstream, textsIn(row.supportedGenerationMethods) ?? [])
  if (kind === undefined) return []
  const reasoning = flagIn(row.thinking)
  return [
    {
      upstream,
      ...known({
        kind: kind === "chat" ? undefined : kind,
        name: textIn(row.displayName),
        description: textIn(row.description),
        context: countIn(row.inputTokenLimit),
        maxOutput: countIn(row.outputTokenLimit),
        traits: reasoning === undefined ? undefined : { reasoning },
      }),
    },
  ]
}

/** `GET /models`, page by page (ai.google.dev/api/models). `base` ends with the version. */
export const modelListing = (base: URL, headers: Readonly<Record<string, string>>): ModelListing => {
  const page = (token?: string): Endpoint => {
    const url = new URL(base)
    url.pathname += "/models"
    url.searchParams.set("pageSize", "1000")
    if (token !== undefined) url.searchParams.set("pageToken", token)
    return { url: url.href, headers }
  }
  return {
    endpoint: () => page(),
    read: (document) => rowsOf(document, "models").flatMap(factsOf),
    next(document) {
      const token = textIn((document as JsonObject).nextPageToken)
      return token === undefined ? undefined : page(token)
    },
  }
}
