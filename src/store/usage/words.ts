import type { Statement } from "../executor.ts"
import { dayStart } from "../windows.ts"
import { between } from "./between.ts"
import { seriesFields, type UsageEntry } from "./entry.ts"
import type { Steps } from "./steps.ts"
import { otherTags } from "./tags.ts"

/**
 * What clients write as they like, and what stands for it beyond the number of new ones that a key may bring in a day: otherwise one client
 * with a random name for each request would make every question slow for everybody.
 */
const wordFields = { requestedModel: "(other)", app: "\t(other)", tags: otherTags } as const
const newWordsPerDay = 200

const fields = Object.keys(wordFields) as (keyof typeof wordFields)[]
const positions = fields.map((field) => seriesFields.indexOf(field))
const key = seriesFields.indexOf("key")
const model = seriesFields.indexOf("model")
const provider = seriesFields.indexOf("provider")
const requestedModel = seriesFields.indexOf("requestedModel")

/** The entries with such words as may stay, and the statements that remember new ones. */
export function* boundWords(entries: readonly UsageEntry[]): Steps<{ bounded: UsageEntry[]; statements: Statement[] }> {
  const split = entries.map((entry) => ({ entry, names: entry[1].split(between) }))
  const used = new Map<string, [key: string, field: string, text: string]>()
  for (const { names } of split)
    for (const [at, field] of fields.entries()) {
      const text = names[positions[at]!]!
      if (text !== "") used.set(wordOf(names[key]!, field, text), [names[key]!, field, text])
    }
  const known = new Set<string>()
  for (const row of yield {
    sql: `select word.key, word.field, word.text from json_each(?) as wanted cross join usage_words as word
where word.key = wanted.value ->> 0 and word.field = wanted.value ->> 1 and word.text = wanted.value ->> 2`,
    args: [JSON.stringify([...used.values()])],
  })
    known.add(wordOf(String(row.key), String(row.field), String(row.text)))
  const counts = new Map<string, number>()
  const days = [...new Set(entries.map(([hour]) => dayStart(hour)))]
  for (const row of yield {
    sql: "select since, key, field, count(*) as count from usage_words where since in (select value from json_each(?)) group by since, key, field",
    args: [JSON.stringify(days)],
  })
    counts.set(`${row.since} ${row.field} ${row.key}`, Number(row.count))
  const statements: Statement[] = []
  const bounded = split.map(({ entry: [hour, , sums, bins], names }): UsageEntry => {
    for (const [at, field] of fields.entries()) {
      const text = names[positions[at]!]!
      const word = wordOf(names[key]!, field, text)
      if (text === "" || known.has(word)) continue
      const since = dayStart(hour)
      const place = `${since} ${field} ${names[key]!}`
      const count = counts.get(place) ?? 0
      if (count < newWordsPerDay) {
        counts.set(place, count + 1)
        known.add(word)
        statements.push({
          sql: "insert or ignore into usage_words (key, field, text, since) values (?, ?, ?, ?)",
          args: [names[key]!, field, text, since],
        })
        continue
      }
      // A name that led nowhere is written down as the model as well.
      if (at === 0 && names[provider] === "" && names[model] === text) names[model] = wordFields[field]
      names[positions[at]!] = wordFields[field]
    }
    return [hour, names.join(between), sums, bins]
  })
  return { bounded, statements }
}

const wordOf = (key: string, field: string, text: string): string => `${key}\n${field}\n${text}`

if (positions[0] !== requestedModel) throw new Error("the words of models come first")
