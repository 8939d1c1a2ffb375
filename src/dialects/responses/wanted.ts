import type { ChatRequest, Profile } from "../../contract/index.ts"
import { askedReasoning } from "../translate/index.ts"

/**
 * Whether a request needs the Responses API where a model has both it and chat completions, whose profile this is: function tools for a
 * model that reasons by itself and cannot do both at once there, or a search of the web that chat completions cannot be asked for.
 */
export const wantsResponses = ({ reasoning, tools = [] }: ChatRequest, profile: Profile): boolean => {
  const calls = tools.some(({ type }) => type === "function")
  if (calls && profile.reasoningWithTools === false && askedReasoning(reasoning)?.on !== false) return true
  return profile.webSearch === undefined && tools.some(({ type }) => type === "web-search")
}
