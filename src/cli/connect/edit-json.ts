import { isObject, type Json, type JsonObject } from "../../contract/json.ts"
import { type JsonNode, readNodes } from "./json-nodes.ts"
import { mergeContent, mergeValue, sameContent, UnsafeEdit } from "./merge.ts"

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const parse = (text: string): JsonObject => {
  const value: unknown = Bun.JSONC.parse(text)
  if (!isObject(value)) throw new UnsafeEdit("it holds something else than an object")
  return value as JsonObject
}

const lineIndent = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1))?.[0] ?? ""

/** The file's own step: what its first member is indented by. */
const stepOf = (text: string): string => /^\{\s*?\n([ \t]+)\S/.exec(text.trimStart())?.[1] ?? "  "

const render = (value: Json, indent: string, step: string): string =>
  JSON.stringify(value, null, step).replaceAll("\n", `\n${indent}`)

/** Adds edits that bring the object at `node` from `old` to `old` with `wanted` over it. */
const editObject = (
  text: string,
  node: Extract<JsonNode, { kind: "object" }>,
  old: JsonObject,
  wanted: JsonObject,
  step: string,
  edits: Edit[],
): void => {
  const outer = lineIndent(text, node.start)
  const first = node.members[0]
  const oneLine = !text.slice(node.start, node.end).includes("\n")
  const indent = first && !oneLine ? lineIndent(text, first.start) : outer + step
  const added: string[] = []
  for (const [key, value] of Object.entries(wanted)) {
    const member = node.members.findLast((candidate) => candidate.key === key)
    const before = old[key]
    if (!member) added.push(`${JSON.stringify(key)}: ${render(value, indent, step)}`)
    else if (member.value.kind === "object" && isObject(before) && isObject(value))
      editObject(text, member.value, before, value, step, edits)
    else {
      const next = mergeValue(before, value)
      if (!sameContent(before, next))
        edits.push({ start: member.value.start, end: member.value.end, text: render(next, indent, step) })
    }
  }
  if (added.length === 0) return
  const lines = added.map((line) => `\n${indent}${line}`).join(",")
  const last = node.members.at(-1)
  if (!last) edits.push({ start: node.start + 1, end: node.start + 1, text: `${lines}\n${outer}` })
  else if (last.afterComma !== undefined) edits.push({ start: last.afterComma, end: last.afterComma, text: lines })
  else edits.push({ start: last.value.end, end: last.value.end, text: `,${lines}${oneLine ? `\n${outer}` : ""}` })
}

/**
 * Puts values into a JSON text, comments allowed, and leaves everything else in it as it stands. Throws SyntaxError where the text is no
 * JSON, UnsafeEdit where the result would not be what was meant.
 */
export const editJson = (text: string, wanted: JsonObject): string => {
  if (text.trim() === "") return `${JSON.stringify(wanted, null, 2)}\n`
  const old = parse(text)
  const node = readNodes(text)
  if (node.kind !== "object") throw new UnsafeEdit("it holds something else than an object")
  const edits: Edit[] = []
  editObject(text, node, old, wanted, stepOf(text), edits)
  const next = edits
    .toSorted((left, right) => right.start - left.start)
    .reduce((all, { start, end, text: piece }) => all.slice(0, start) + piece + all.slice(end), text)
  if (!sameContent(parse(next), mergeContent(old, wanted))) throw new UnsafeEdit("its parts cannot be told apart")
  return next
}
