/** Where the data of an event is. */
export interface EventData {
  readonly before: string
  readonly data: string
  readonly after: string
}

/** Undefined: a comment, or an event without data. */
export const dataOf = (event: string): EventData | undefined => {
  const at = event.startsWith("data:") ? 0 : event.indexOf("\ndata:") + 1
  if (at === 0 && !event.startsWith("data:")) return undefined
  const from = event.startsWith("data: ", at) ? at + 6 : at + 5
  const to = event.indexOf("\n", from)
  if (event.indexOf("\ndata:", to) < 0)
    return { before: event.slice(0, from), data: event.slice(from, to), after: event.slice(to) }
  // Several data lines are one text; in JSON their line breaks are space.
  const lines = event.trim().split("\n")
  const pieces = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5))
  const others = lines.filter((line) => !line.startsWith("data:"))
  return { before: [...others, "data: "].join("\n"), data: pieces.join(" ").trim(), after: "\n\n" }
}
