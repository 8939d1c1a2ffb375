/** What the vendors' models want of their wire formats, wherever they are hosted. */
export { claudeProfile, isClaude } from "./claude.ts"
export { geminiProfile } from "./gemini.ts"
export { imitatedMessages, imitatedResponses } from "./imitations.ts"
export { openAiProfile } from "./openai.ts"
export { type ModelId, readModelId } from "./openai-id.ts"
export { isChatOnly, isResponsesOnly, openAiResponsesProfile } from "./openai-responses.ts"
