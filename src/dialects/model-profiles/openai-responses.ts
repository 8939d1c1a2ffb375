import type { Profile } from "../../contract/index.ts"
import { openAiProfile } from "./openai.ts"
import { type ModelId, readModelId } from "./openai-id.ts"

/** Models that chat completions do not reach (developers.openai.com/api/docs/models). */
export const isResponsesOnly = (model: string): boolean =>
  /(?:-pro|codex|deep-research|computer-use)(?:$|-)/.test(model)

/** Models that the Responses API does not reach: search and audio of chat completions, and their finished answers. */
export const isChatOnly = (model: string): boolean =>
  readModelId(model).searchPreview || /(?:^gpt-audio|-audio(?:$|-)|-audio-preview)/.test(model)

const atLeastMedium = { none: "medium", minimal: "medium", low: "medium" } as const
const onlyHigh = { ...atLeastMedium, none: "high", minimal: "high", low: "high", medium: "high" } as const

/** Efforts of the variants that only this API has, on top of their generation's. */
const variantEfforts = ({ generation, variant }: ModelId): Pick<Profile, "effortMap" | "thinkingMandatory"> => {
  if (generation === undefined) return {}
  if (/^pro\b/.test(variant)) {
    const effortMap = generation < 5.2 ? { ...onlyHigh, xhigh: "high", max: "high" } : atLeastMedium
    return { effortMap, thinkingMandatory: true }
  }
  if (!/codex/.test(variant)) return {}
  const highest = generation < 5.2 && !/codex-max/.test(variant) ? { xhigh: "high", max: "high" } : { max: "xhigh" }
  return { effortMap: { none: "low", minimal: "low", ...highest }, thinkingMandatory: true }
}

/** In place of `max`, `xhigh` is the most that chat completions know of 5.6; here it has both. */
const withMax = ({ generation = 0 }: ModelId, effortMap: Profile["effortMap"]): Pick<Profile, "effortMap"> => {
  if (generation < 5.6 || effortMap === undefined) return effortMap === undefined ? {} : { effortMap }
  const { max: _, ...rest } = effortMap
  return { effortMap: rest }
}

/** Small and early models have no web search (developers.openai.com, models). */
const hasSearch = (model: string): boolean => !/^(?:ft:)?(?:gpt-3|gpt-4(?!o|\.)|gpt-4\.1-nano|o1|o3-mini)/.test(model)

/** What the Responses API wants for a model of OpenAI's: what chat completions want, but for what only they refuse. */
export const openAiResponsesProfile = (model: string): Profile => {
  const id = readModelId(model)
  const profile = openAiProfile(model)
  return {
    ...profile,
    ...withMax(id, profile.effortMap),
    ...variantEfforts(id),
    reasoningWithTools: true,
    ...(hasSearch(model) ? { webSearch: "tool" as const } : {}),
  }
}
