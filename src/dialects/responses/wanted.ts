import type { ChatRequest, Profile } from "../../contract/index.ts"
import { askedReasoning } from "../translate/index.ts"

/** Whether a request brings function tools to a model that reasons by itself and cannot do both at once in chat completions, whose profile this is. */
export const thinksBesideTools = ({ reasoning, tools = [] }: ChatRequest, profile: Profile): boolean =>
  profile.reasoningWithTools === false &&
  tools.some(({ type }) => type === "function") &&
  askedReasoning(reasoning)?.on !== false

/**
 * Whether a request needs the Responses API where a model has both it and chat completions: reasoning beside tools, or a search of the
 * web that chat completions cannot be asked for.
 */
export const wantsResponses = (request: ChatRequest, profile: Profile): boolean =>
  thinksBesideTools(request, profile) ||
  (profile.webSearch === undefined && (request.tools ?? []).some(({ type }) => type === "web-search"))
