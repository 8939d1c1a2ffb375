import { type ObjectSpan, topLevel } from "./scan.ts"

/** A body's top-level members, and which of the watched words its nested values hold. */
export interface BodyScan {
  readonly span: ObjectSpan
  readonly found: ReadonlySet<string>
}

/**
 * Looks through bodies of one format once. Planning, budgets and each attempt ask for the same body in a row, and a large one costs more
 * to look through than all the rest of a request; so the latest is kept. Undefined when it is no JSON object.
 */
export const bodyScanner = (watched?: ReadonlySet<string>): ((text: string) => BodyScan | undefined) => {
  let lastText = ""
  let lastScan: BodyScan | undefined
  return (text) => {
    if (lastScan && text === lastText) return lastScan
    const found = new Set<string>()
    const span = watched ? topLevel(text, { wanted: watched, found }) : topLevel(text)
    if (!span) return undefined
    lastText = text
    lastScan = { span, found }
    return lastScan
  }
}
