import { memberOf, type ObjectSpan } from "./scan.ts"

/** Replaces `start..end` by `text`; an insertion has `start === end`. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** New values of an object's members as JSON text; `undefined` removes the member. Keys that are not there are added at the end. */
export type Changes = ReadonlyMap<string, string | undefined>

/** The edits that bring about `changes` in one object. They never overlap, so those of nested objects may be added to them. */
export const objectEdits = (span: ObjectSpan, changes: Changes): TextEdit[] => {
  const edits: TextEdit[] = []
  const { members } = span
  let anyKept = false
  let found = 0
  let cursor = span.start + 1
  for (let index = 0; index < members.length; index++) {
    const member = members[index]!
    const value = changes.get(member.key)
    if (value === undefined && !changes.has(member.key)) {
      anyKept = true
      cursor = member.valueEnd
      continue
    }
    found++
    if (value !== undefined) {
      edits.push({ start: member.valueStart, end: member.valueEnd, text: value })
      anyKept = true
      cursor = member.valueEnd
      continue
    }
    // With something kept before it, a member goes with the comma in front of it, otherwise with the one behind it.
    if (anyKept) edits.push({ start: cursor, end: member.valueEnd, text: "" })
    else edits.push({ start: member.keyStart, end: members[index + 1]?.keyStart ?? member.valueEnd, text: "" })
    cursor = member.valueEnd
  }
  if (found < changes.size) {
    let added = ""
    for (const [key, value] of changes) {
      if (value === undefined || memberOf(span, key)) continue
      added += `${anyKept || added ? "," : ""}${JSON.stringify(key)}:${value}`
    }
    if (added) edits.push({ start: cursor, end: cursor, text: added })
  }
  return edits
}

/** The edits of one object come in order already; only nested ones have to be sorted in. */
const isInOrder = (edit: TextEdit, index: number, edits: readonly TextEdit[]): boolean =>
  index === 0 || edits[index - 1]!.end <= edit.start

/** Applies edits that do not overlap, in one pass. Everything outside of them stays as it is, byte for byte. */
export const applyEdits = (text: string, edits: readonly TextEdit[]): string => {
  if (edits.length === 0) return text
  const ordered = edits.every(isInOrder) ? edits : [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let out = ""
  let cursor = 0
  for (const edit of ordered) {
    out += text.slice(cursor, edit.start) + edit.text
    cursor = edit.end
  }
  return out + text.slice(cursor)
}

/** Changes the members of one object in a text. */
export const patchObject = (text: string, span: ObjectSpan, changes: Changes): string =>
  applyEdits(text, objectEdits(span, changes))
