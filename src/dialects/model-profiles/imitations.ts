import type { Profile } from "../../contract/index.ts"
import { claudeProfile, isClaude } from "./claude.ts"
import { readModelId } from "./openai-id.ts"
import { openAiResponsesProfile } from "./openai-responses.ts"

/** Reasoning of models that sign and encrypt nothing. */
const unsigned = ["unknown"] as const

/**
 * Servers that imitate Anthropic's API: they sign nothing, know neither `output_config` nor strict tools, and refuse fields that came
 * later. Claude behind such a server is still Claude.
 */
export const imitatedMessages = (model: string): Profile =>
  isClaude(model)
    ? { ...claudeProfile(model), eagerToolInput: false }
    : {
        thinking: "budget",
        nativeSchema: false,
        strictTools: false,
        emptySignatures: true,
        reasoningOrigins: unsigned,
      }

/** `author/name:variant` of gateways and clouds. */
const bareName = (model: string): string => model.replace(/^.*\//, "").replace(/:.*$/, "")

/**
 * Servers that imitate the Responses API: a stateless part of it, whose reasoning is plain text, and which has no built-in tools.
 * OpenAI's models behind such a server keep OpenAI's rules.
 */
export const imitatedResponses = (model: string): Profile => {
  const name = bareName(model)
  if (readModelId(name).reasoning) {
    const { webSearch: _, ...profile } = openAiResponsesProfile(name)
    return profile
  }
  return { developerRole: false, emptySignatures: true, reasoningOrigins: unsigned }
}
