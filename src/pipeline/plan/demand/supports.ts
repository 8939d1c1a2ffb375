import type { Modality, Profile, Traits } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import type { Need } from "./needs.ts"

const traitOfParameter: Readonly<Record<string, keyof Traits | undefined>> = {
  tools: "tools",
  tool_choice: "tools",
  parallel_tool_calls: "tools",
  reasoning: "reasoning",
  include_reasoning: "reasoning",
  structured_outputs: "structuredOutput",
}

/** Parameters that a trait alone proves to be taken. */
const proven = new Set(["tools", "reasoning", "include_reasoning", "structured_outputs"])

/** Lists name these by either word, or by one that includes it. */
const otherWords: Readonly<Record<string, string | undefined>> = {
  reasoning: "include_reasoning",
  include_reasoning: "reasoning",
  response_format: "structured_outputs",
}

const sampled = new Set(["temperature", "top_p", "top_k", "min_p", "top_a", "frequency_penalty", "presence_penalty"])

/** Whether an offer takes a request parameter; undefined = nobody knows. An output limit all of them take, some with a smaller value. */
export function supports(offer: LiveOffer, parameter: string): boolean | undefined {
  if (parameter === "max_tokens") return true
  const { wires, parameters, traits } = offer
  if (wires.length > 0 && wires.every(({ profile }) => refuses(profile, parameter))) return false
  const trait = traitOfParameter[parameter]
  const known = trait && traits?.[trait]
  if (known === false) return false
  if (known === true && proven.has(parameter)) return true
  if (!parameters) return undefined
  const other = otherWords[parameter]
  return parameters.includes(parameter) || (other !== undefined && parameters.includes(other))
}

function refuses(profile: Profile, parameter: string): boolean {
  if (profile.tools === false && traitOfParameter[parameter] === "tools") return true
  if (profile.noSampling === true && profile.samplingAtEffortNone !== true && sampled.has(parameter)) return true
  return profile.dropFields?.includes(parameter) === true
}

const modalityOf: Partial<Record<Need, Modality>> = { vision: "image", pdf: "file", audio: "audio", video: "video" }
const traitOfNeed: Partial<Record<Need, keyof Traits>> = {
  vision: "vision",
  pdf: "pdf",
  audio: "audio",
  image_output: "imageOutput",
}
const writtenAs: Partial<Record<Need, Modality>> = { image_output: "image", audio_output: "audio" }

/** Whether an offer reads or writes such media; undefined = nobody knows. What the configuration says of it is a trait, and goes first. */
export function takes({ traits, input, output }: LiveOffer, need: Need): boolean | undefined {
  const trait = traitOfNeed[need]
  const known = trait && traits?.[trait]
  if (known !== undefined) return known
  const read = modalityOf[need]
  if (read) return input?.includes(read)
  const written = writtenAs[need]
  return written && output?.includes(written)
}
