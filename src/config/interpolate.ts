/** Where the values of `${NAME}` and `${file:/path}` come from. */
export interface Lookup {
  variable(name: string): string | undefined
  /** The file's text, or why it cannot be read. */
  file(path: string): { readonly text: string } | { readonly failure: string }
}

export interface Filled {
  readonly value: string
  /** True when at least one `${…}` was replaced: the value may be a secret and is never shown. */
  readonly filled: boolean
  /** True when the text is nothing but one `${…}`: it may stand where a number or a boolean is wanted. */
  readonly whole: boolean
  readonly failures: readonly string[]
}

type Piece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "fill"; readonly body: string }
  | { readonly type: "unclosed" }

/** Index of the `}` that closes the `${` before `from`, or -1. A nested `${…}` inside a default is skipped. */
export const closingBrace = (text: string, from: number): number => {
  let depth = 1
  for (let index = from; index < text.length && text[index] !== "\n"; index++) {
    if (text[index] === "{" && text[index - 1] === "$") depth++
    else if (text[index] === "}" && --depth === 0) return index
  }
  return -1
}

const split = (text: string): Piece[] => {
  const pieces: Piece[] = []
  let from = 0
  for (;;) {
    const open = text.indexOf("${", from)
    if (open < 0) break
    if (text[open - 1] === "$" && open > from) {
      pieces.push({ type: "text", text: `${text.slice(from, open - 1)}\${` })
      from = open + 2
      continue
    }
    if (open > from) pieces.push({ type: "text", text: text.slice(from, open) })
    const close = closingBrace(text, open + 2)
    if (close < 0) {
      pieces.push({ type: "unclosed" })
      return pieces
    }
    pieces.push({ type: "fill", body: text.slice(open + 2, close) })
    from = close + 1
  }
  if (from < text.length) pieces.push({ type: "text", text: text.slice(from) })
  return pieces
}

const variablePattern = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s

const fill = (body: string, lookup: Lookup, failures: string[]): string => {
  if (body.startsWith("file:")) {
    const path = body.slice("file:".length).trim()
    if (path === "") {
      failures.push("${file:} names no file; write ${file:/path/to/file}")
      return ""
    }
    const found = lookup.file(path)
    if ("text" in found) return found.text.replace(/\r?\n$/, "")
    failures.push(`cannot read \${file:${path}}: ${found.failure}`)
    return ""
  }
  const match = variablePattern.exec(body)
  if (!match) {
    failures.push("this is no variable name; write ${NAME}, ${NAME:-default} or ${file:/path}, and $${ for a plain ${")
    return ""
  }
  const value = lookup.variable(match[1]!)
  if (match[2] === undefined) {
    if (value === undefined)
      failures.push(`the environment variable ${match[1]} is not set; set it or write \${${match[1]}:-default}`)
    return value ?? ""
  }
  if (value !== undefined && value !== "") return value
  const rest = interpolate(match[2], lookup)
  failures.push(...rest.failures)
  return rest.value
}

/**
 * Fills in `${NAME}`, `${NAME:-default}` (also when NAME is empty; the default may hold further ones) and `${file:/path}`
 * (one newline at the end is dropped). `$${` is a plain `${`.
 */
export const interpolate = (text: string, lookup: Lookup): Filled => {
  if (!text.includes("${")) return { value: text, filled: false, whole: false, failures: [] }
  const pieces = split(text)
  const failures: string[] = []
  let value = ""
  for (const piece of pieces) {
    if (piece.type === "text") value += piece.text
    else if (piece.type === "fill") value += fill(piece.body, lookup, failures)
    else failures.push("${ is not closed with }; write $${ for a plain ${")
  }
  const filled = pieces.some((piece) => piece.type === "fill")
  return { value, filled, whole: filled && pieces.length === 1, failures }
}

/** The paths of all `${file:…}` in a text, also in nested defaults. */
export const filesNamedIn = (text: string): string[] =>
  split(text).flatMap((piece) => {
    if (piece.type !== "fill") return []
    if (piece.body.startsWith("file:")) return [piece.body.slice("file:".length).trim()].filter((path) => path !== "")
    const fallback = variablePattern.exec(piece.body)?.[2]
    return fallback === undefined ? [] : filesNamedIn(fallback)
  })
