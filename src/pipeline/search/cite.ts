import type { ChatPart, SearchResult, Usage } from "../../contract/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "../answer.ts"
import { mentionsOf } from "./mentions.ts"

type Citation = Extract<ChatPart, { type: "citation" }>

/** A search of the gateway counts like one of the upstream. */
export const withSearchCount = (usage: Usage, searches: number): Usage =>
  searches === 0
    ? usage
    : { ...usage, counters: { ...usage.counters, webSearch: (usage.counters?.webSearch ?? 0) + searches } }

/** Cites the pages that the gateway showed the model. */
export function cite(answer: Answer): Answer {
  if (answer.kind !== "parts") return answer
  const results = answer.current.shownResults
  if (!results) return answer
  return { ...answer, first: [], parts: cited(answer, results) }
}

async function* cited(answer: PartsAnswer, results: readonly SearchResult[]): AsyncGenerator<ChatPart> {
  const choices = new Map<number, CitedText>()
  for await (const part of partsOf(answer)) {
    if (part.type === "text-delta" || part.type === "text-end") {
      const choice = part.choice ?? 0
      const text = choices.get(choice) ?? new CitedText(results)
      choices.set(choice, text)
      if (part.type === "text-delta") text.push(part.text)
      else
        for (const citation of text.take())
          yield { ...citation, index: part.index, ...(choice === 0 ? {} : { choice }) }
    }
    yield part
  }
}

/**
 * The text of one choice. At the end of each of its blocks, the pages that it mentions are cited with their places; where the first words
 * mention none, all pages that the model was shown are cited once, without a place.
 */
class CitedText {
  #text = ""
  /** Up to here mentions were looked for. */
  #seen = 0
  #isCited = false

  constructor(private readonly results: readonly SearchResult[]) {}

  push(text: string): void {
    this.#text += text
  }

  take(): Omit<Citation, "index" | "choice">[] {
    const from = this.#seen
    this.#seen = this.#text.length
    if (this.#text.slice(from).trim() === "") return []
    const mentions = mentionsOf(this.#text, from, this.results)
    if (mentions.length === 0 && this.#isCited) return []
    this.#isCited = true
    const found = mentions.length > 0 ? mentions : this.results.map((result) => ({ result }))
    return found.map(({ result: { url, title, content }, ...place }) => ({
      type: "citation" as const,
      url,
      title,
      ...place,
      ...(content === "" ? {} : { content }),
    }))
  }
}
