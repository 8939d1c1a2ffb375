import { isObject } from "../../contract/index.ts"
import { type Read, shortText, wrong } from "./fields.ts"

/** What people call something of theirs: it is shown in lists, refusals and the audit log. */
export const objectName = shortText(256)

const most = { labels: 64, labelName: 64, labelValue: 256 }

/** Names and values for people; what they mean is nobody's business here. */
export const labels: Read<Readonly<Record<string, string>>> = (value, name) => {
  if (!isObject(value)) throw wrong(name, 'an object of texts, as in {"team": "search"}')
  const entries = Object.entries(value)
  if (entries.length > most.labels) throw wrong(name, `of at most ${most.labels} labels`)
  for (const [label, said] of entries) {
    if (label.trim() === "" || label.length > most.labelName)
      throw wrong(name, `of labels with names of 1 to ${most.labelName} characters`)
    if (typeof said !== "string" || said.length > most.labelValue)
      throw wrong(`${name}.${label}`, `a text of at most ${most.labelValue} characters`)
  }
  return Object.fromEntries(entries) as Readonly<Record<string, string>>
}
