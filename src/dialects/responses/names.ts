/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "responses"

/** The tag of OpenAI's encrypted reasoning (OpenRouter's vocabulary). */
export const openAiFormat = "openai-responses-v1"
