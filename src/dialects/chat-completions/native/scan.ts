import { type ObjectSpan, topLevel } from "../../json-text/index.ts"
import { watchedWords } from "./refusals.ts"

/** A body's top-level members, and which of the watched words its nested values hold. */
export interface RequestScan {
  readonly span: ObjectSpan
  readonly found: ReadonlySet<string>
}

let lastText = ""
let lastScan: RequestScan | undefined

/**
 * Looks through a body once. Planning, budgets and each attempt ask for the same body in a row, and a large one costs more to look
 * through than all the rest of a request; so the latest is kept. Undefined when it is no JSON object.
 */
export const scanRequest = (text: string): RequestScan | undefined => {
  if (lastScan && text === lastText) return lastScan
  const found = new Set<string>()
  const span = topLevel(text, { wanted: watchedWords, found })
  if (!span) return undefined
  lastText = text
  lastScan = { span, found }
  return lastScan
}
