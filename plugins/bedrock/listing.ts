import { known, membersOf, rowsOf, textIn, textsIn } from "signalbox/dialects"
import type { Endpoint, Json, JsonObject, Modality, ModelFacts, ModelKind, ModelListing } from "signalbox/plugin"
import type { Account } from "./account.ts"
import { serviceUrl } from "./hosts.ts"

const modalities: Readonly<Record<string, Modality>> = {
  TEXT: "text",
  IMAGE: "image",
  VIDEO: "video",
  SPEECH: "audio",
  AUDIO: "audio",
}

const modalitiesIn = (value: Json | undefined): readonly Modality[] | undefined =>
  textsIn(value)?.flatMap((word) => (Object.hasOwn(modalities, word) ? [modalities[word]!] : []))

const kindOf = (id: string, outputs: readonly string[]): ModelKind | "none" => {
  if (outputs.includes("EMBEDDING")) return "embeddings"
  if (/rerank/.test(id)) return "rerank"
  if (outputs.includes("TEXT")) return "chat"
  return outputs.includes("IMAGE") ? "images" : "none"
}

/** A model of the region; those that are reached by an inference profile only, or by bought capacity, cannot be called by this id. */
const factsOfModel = (row: JsonObject): readonly ModelFacts[] => {
  const upstream = textIn(row.modelId)
  if (upstream === undefined || !textsIn(row.inferenceTypesSupported)?.includes("ON_DEMAND")) return []
  const kind = kindOf(upstream, textsIn(row.outputModalities) ?? [])
  if (kind === "none") return []
  const input = modalitiesIn(row.inputModalities)
  return [
    {
      upstream,
      ...known({
        kind: kind === "chat" ? undefined : kind,
        name: textIn(row.modelName),
        input,
        traits: input === undefined ? undefined : { vision: input.includes("image") },
        deprecated: membersOf(row.modelLifecycle).status === "LEGACY" ? true : undefined,
      }),
    },
  ]
}

const factsOfProfile = (row: JsonObject): readonly ModelFacts[] => {
  const upstream = textIn(row.inferenceProfileId)
  if (upstream === undefined || row.status !== "ACTIVE") return []
  return [{ upstream, ...known({ name: textIn(row.inferenceProfileName) }) }]
}

/**
 * The region's models, then its inference profiles (docs.aws.amazon.com, ListFoundationModels and ListInferenceProfiles). Undefined where
 * requests must not leave an address of one's own. What the OpenAI-shaped endpoint has besides is not in it.
 */
export const modelListing = ({ options, signing, headers }: Account): ModelListing | undefined => {
  const { region, endpoints } = options
  const base =
    endpoints.control ??
    (endpoints.runtime === undefined && region !== undefined ? serviceUrl("bedrock", region) : undefined)
  if (base === undefined) return undefined
  const at = (path: string): Endpoint => ({
    url: `${base}/${path}`,
    headers: { accept: "application/json", ...headers },
  })
  const profiles = (token?: string) =>
    at(
      `inference-profiles?maxResults=1000&type=SYSTEM_DEFINED${token === undefined ? "" : `&nextToken=${encodeURIComponent(token)}`}`,
    )
  const isFirst = (document: Json) => membersOf(document).modelSummaries !== undefined
  return {
    partial: true,
    endpoint: () => at("foundation-models"),
    read: (document) =>
      isFirst(document)
        ? rowsOf(document, "modelSummaries").flatMap(factsOfModel)
        : rowsOf(document, "inferenceProfileSummaries").flatMap(factsOfProfile),
    next(document) {
      if (isFirst(document)) return profiles()
      const token = textIn(membersOf(document).nextToken)
      return token === undefined ? undefined : profiles(token)
    },
    sign: (request, signal) => signing.sign(request, "bedrock", signal, "GET"),
  }
}
