import { countIn, known, membersOf, rowsOf, textIn, textsIn } from "signalbox/dialects"
import type { Json, ModelFacts } from "signalbox/plugin"
import type { VendorList } from "../vendor.ts"

/** `Q4_K_M`, `F16`, `MXFP4` in the words that are used elsewhere. */
const quantizationOf = (level: string | undefined): string | undefined => {
  const [, bits] = /^I?Q([48])(?:_|$)/i.exec(level ?? "") ?? []
  if (bits !== undefined) return `int${bits}`
  const found = /^(BF16|F16|F32|MXFP4|NVFP4|FP8)$/i.exec(level ?? "")?.[1]?.toLowerCase()
  return found?.replace(/^f(?=\d)/, "fp")
}

const readTags = (document: Json): readonly ModelFacts[] =>
  rowsOf(document, "models").flatMap((row) => {
    const upstream = textIn(row.model) ?? textIn(row.name)
    if (upstream === undefined) return []
    const quantization = quantizationOf(textIn(membersOf(row.details).quantization_level))
    return [{ upstream, ...known({ quantization, openWeights: true }) }]
  })

/** What the model's file sets goes before what the weights could do. */
const contextIn = (document: Json): number | undefined => {
  const { parameters, model_info: info } = membersOf(document)
  const [, set] = /^num_ctx\s+(\d+)/m.exec(textIn(parameters) ?? "") ?? []
  if (set !== undefined) return countIn(Number(set))
  const weights = membersOf(info)
  return countIn(weights[`${textIn(weights["general.architecture"]) ?? ""}.context_length`])
}

const readShow = (document: Json): Partial<ModelFacts> => {
  const can = textsIn(membersOf(document).capabilities)
  const isEmbedder = can?.includes("embedding") === true && !can.includes("completion")
  return known({
    kind: isEmbedder ? ("embeddings" as const) : undefined,
    context: contextIn(document),
    traits:
      can === undefined || isEmbedder
        ? undefined
        : { tools: can.includes("tools"), vision: can.includes("vision"), reasoning: can.includes("thinking") },
  })
}

/** docs.ollama.com/api: `/api/tags` says which models are on the disk, `/api/show` what one of them can do. */
export const ollamaList: VendorList = {
  path: "../api/tags",
  read: readTags,
  details: { path: "../api/show", body: (model) => ({ model }), read: readShow },
}
