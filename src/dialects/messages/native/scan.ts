import { type ObjectSpan, topLevel } from "../../json-text/index.ts"

let lastText = ""
let lastSpan: ObjectSpan | undefined

/** A body's top-level members. The latest is kept: planning, budgets and each attempt ask for the same body in a row. */
export const scanBody = (text: string): ObjectSpan | undefined => {
  if (lastSpan && text === lastText) return lastSpan
  const span = topLevel(text)
  if (!span) return undefined
  lastText = text
  lastSpan = span
  return span
}
