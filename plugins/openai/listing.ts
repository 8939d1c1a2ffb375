import { factsOfRow, type MediaEndpoint, rowsOf } from "signalbox/dialects"
import type { ModelFacts, ModelKind, ModelListing } from "signalbox/plugin"

/** The list says nothing but names, which tell what they are for. */
const kinds: readonly (readonly [RegExp, ModelKind])[] = [
  [/embedding/, "embeddings"],
  [/^(?:dall-e|gpt-image|chatgpt-image)/, "images"],
  [/(?:^|-)tts(?:-|$)/, "speech"],
  [/^whisper|-transcribe/, "transcription"],
]

/** Reached by routes that this provider does not have. */
const elsewhere = /moderation|realtime|^sora|-live-/

const factsOf = (row: Parameters<typeof factsOfRow>[0]): readonly ModelFacts[] => {
  const facts = factsOfRow(row)
  if (facts === undefined || elsewhere.test(facts.upstream)) return []
  const kind = kinds.find(([pattern]) => pattern.test(facts.upstream))?.[1]
  return [kind === undefined ? facts : { ...facts, kind }]
}

/** `GET /models`: every model that the key may use (platform.openai.com/docs/api-reference/models/list). */
export const modelListing = (endpoint: MediaEndpoint): ModelListing => ({
  endpoint: () => endpoint("models", ""),
  read: (document) => rowsOf(document).flatMap(factsOf),
})
