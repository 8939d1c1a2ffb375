import type { ChatRequest } from "../../contract/index.ts"

/** Brave and Tavily refuse longer ones. */
const longestQuery = 400

/** Which message the results are put into, and what is searched for. */
export interface Question {
  readonly message: number
  readonly query: string
}

/**
 * What to search for: the last text of the last message of the user that has one, in one line, cut between words. Agents put what they
 * remind the model of before it, in texts of its own.
 */
export function questionOf({ messages }: ChatRequest): Question | undefined {
  const message = messages.findLastIndex(
    ({ role, content }) => role === "user" && content.some((part) => part.type === "text" && part.text.trim() !== ""),
  )
  const found = messages[message]?.content.findLast((part) => part.type === "text" && part.text.trim() !== "")
  if (found?.type !== "text") return undefined
  const line = found.text.trim().replace(/\s+/g, " ")
  if (line.length <= longestQuery) return { message, query: line }
  const cut = line.lastIndexOf(" ", longestQuery)
  return { message, query: line.slice(0, cut > 0 ? cut : longestQuery).toWellFormed() }
}
