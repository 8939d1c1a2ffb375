import type { ChatRequest, Content } from "signalbox/plugin"

/** One token of this provider is one word. */
export const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0

/** The pieces that a text is streamed in: each word with the space after it, the first one also with the space before it. */
export const pieces = (text: string): string[] => text.match(/^\s*\S+\s*|\S+\s*|^\s+$/g) ?? []

const textOf = (content: readonly Content[]): string =>
  content.map((part) => ("text" in part && part.text !== undefined ? part.text : "")).join("")

export const lastUserText = (request: ChatRequest): string => {
  const message = request.messages.findLast(({ role }) => role === "user") ?? request.messages.at(-1)
  return message ? textOf(message.content) : ""
}

/** Words of everything that the request says, tool calls and results included. */
export const inputWords = (request: ChatRequest): number => {
  let words = 0
  for (const { content } of request.messages) {
    for (const part of content) {
      if ("text" in part && part.text !== undefined) words += countWords(part.text)
      if (part.type === "tool-call") words += countWords(part.name) + countWords(part.arguments)
    }
  }
  return words
}

/** The text up to the first stop sequence in it. */
export function stopAt(
  text: string,
  stop: readonly string[],
): { readonly text: string; readonly stopSequence?: string } {
  const hits = stop
    .filter((sequence) => sequence !== "")
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
  const [hit] = hits
  return hit ? { text: text.slice(0, hit.at), stopSequence: hit.sequence } : { text }
}
