/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "ollama"

/** Its thoughts are plain text that nobody signs. */
export const thinkingFormat = "unknown"
