import type { Statement } from "../executor.ts"
import { between } from "./between.ts"
import type { UsageEntry } from "./entry.ts"
import type { Steps } from "./steps.ts"

/** Numbers for texts: those that the table has, and new ones with the statements that write them. */
function* numbersOf(
  table: "usage_values" | "usage_series",
  texts: ReadonlySet<string>,
): Steps<{ numbers: Map<string, number>; statements: Statement[] }> {
  const numbers = new Map<string, number>()
  const statements: Statement[] = []
  for (const { id, text } of yield {
    sql: `select known.id, known.text from json_each(?) as wanted cross join ${table} as known where known.text = wanted.value`,
    args: [JSON.stringify([...texts])],
  })
    numbers.set(String(text), Number(id))
  if (numbers.size === texts.size) return { numbers, statements }
  const [last] = yield { sql: `select coalesce(max(id), 0) as last from ${table}`, args: [] }
  let id = Number(last?.last)
  for (const text of texts) {
    if (numbers.has(text)) continue
    numbers.set(text, ++id)
    statements.push({ sql: `insert into ${table} (id, text) values (?, ?)`, args: [id, text] })
  }
  return { numbers, statements }
}

/** The number of each entry's series: its names, each of them a number as well, 0 for none. */
export function* internSeries(
  entries: readonly UsageEntry[],
): Steps<{ series: readonly number[]; statements: Statement[] }> {
  const names = entries.map(([, names]) => names.split(between))
  const values = yield* numbersOf("usage_values", new Set(names.flat().filter((name) => name !== "")))
  const texts = names.map((one) => one.map((name) => (name === "" ? 0 : values.numbers.get(name)!)).join(" "))
  const series = yield* numbersOf("usage_series", new Set(texts))
  return {
    series: texts.map((text) => series.numbers.get(text)!),
    statements: [...values.statements, ...series.statements],
  }
}
