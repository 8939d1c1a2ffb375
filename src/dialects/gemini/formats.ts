import type { ChatRequest, Profile } from "../../contract/index.ts"
import { type ToolNames, toolNames } from "../translate/index.ts"

/** Key of this format's fields in `Extras`, and its name everywhere. */
export const dialectName = "gemini"

/** The tag of Gemini's thoughts and thought signatures (OpenRouter's vocabulary). */
export const geminiFormat = "google-gemini-v1"

/** What Google documents for calls whose signature was lost (ai.google.dev, thought signatures, "what if I have no signature"). */
export const lostSignature = "skip_thought_signature_validator"

export const reasoningOrigins = (profile: Profile): readonly string[] => profile.reasoningOrigins ?? [geminiFormat]

/** ai.google.dev, function calling: starts with a letter or underscore, then letters, digits, `_`, `.`, `:`, `-`, 64 at most. */
export const geminiToolNames = (request: ChatRequest): ToolNames =>
  toolNames(request, { allowed: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/, forbidden: /[^a-zA-Z0-9_.:-]/g, length: 64 })
