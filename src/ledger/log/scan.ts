import { codeAt, type NumberColumn, numberAt, textAt } from "./column.ts"
import { elementsOf } from "./entry-columns.ts"
import type { Segment } from "./segment.ts"
import { eachRow, eachRowDown, rowsOf, selecting } from "./selection.ts"
import {
  type LogCursor,
  type LogFacets,
  type LogFilter,
  type LogPage,
  type LogRow,
  type LogSearch,
  type LogSession,
  type NumberName,
  numberNames,
  type TextName,
  tagPrefix,
  textNames,
} from "./types.ts"

/** All rows of the log, in the order of the ledger. */
export type Segments = readonly Segment[]

const absent = () => ""

/** A segment's columns as rows are printed from them; each is read once. */
class Printer {
  readonly #segment: Segment
  #texts: (readonly [TextName, (row: number) => string])[] | undefined
  #numbers: (readonly [NumberName, NumberColumn])[] | undefined
  #tags: (readonly [string, (row: number) => string])[] | undefined

  constructor(segment: Segment) {
    this.#segment = segment
  }

  print(row: number, place: LogCursor): LogRow {
    const segment = this.#segment
    this.#texts ??= textNames.map((name) => [name, segment.values(name) ?? absent] as const)
    this.#numbers ??= numberNames.map((name) => [name, segment.numbers(name)] as const)
    this.#tags ??= segment.tagNames().map((name) => [name, segment.values(`${tagPrefix}${name}`) ?? absent] as const)
    const tags: Record<string, string> = {}
    for (const [name, valueAt] of this.#tags) {
      const value = valueAt(row)
      if (value !== "") tags[name] = value
    }
    return {
      ...place,
      at: numberAt(segment.numbers("at"), row),
      texts: Object.fromEntries(this.#texts.map(([name, valueAt]) => [name, valueAt(row)])) as LogRow["texts"],
      numbers: Object.fromEntries(
        this.#numbers.map(([name, column]) => [name, numberAt(column, row)]),
      ) as LogRow["numbers"],
      tags,
    }
  }
}

/** The last row before a cursor. */
function startAt(segment: Segment, { batch, place }: LogCursor): number {
  if (segment.lastBatch < batch) return segment.rows - 1
  const [batches, places] = [segment.numbers("batch"), segment.numbers("place")]
  let [low, high] = [0, segment.rows]
  while (low < high) {
    const middle = (low + high) >> 1
    const found = numberAt(batches, middle)
    if (found < batch || (found === batch && numberAt(places, middle) < place)) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** One page, the newest first. `now`: milliseconds of any clock. */
export function search(segments: Segments, question: LogSearch, now: () => number): Omit<LogPage, "behind"> {
  const { filter, limit, before, budgetMs } = question
  const select = selecting(filter)
  const until = now() + budgetMs
  const rows: LogRow[] = []
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index]!
    if (before && segment.number > before.batch) continue
    const selection = select(segment)
    if (selection !== "none") {
      const [batches, places] = [segment.numbers("batch"), segment.numbers("place")]
      const printer = new Printer(segment)
      for (const row of rowsOf(selection, before ? startAt(segment, before) : segment.rows - 1)) {
        const place = { batch: numberAt(batches, row), place: numberAt(places, row) }
        rows.push(printer.print(row, place))
        if (rows.length === limit) return { rows, next: place }
      }
    }
    if (index > 0 && now() > until) return { rows, next: { batch: segment.number, place: 0 } }
  }
  return { rows }
}

/** The values of a column and how many rows have them. */
export function facets(
  segments: Segments,
  filter: LogFilter,
  column: string,
  limit: number,
): Omit<LogFacets, "behind"> {
  const select = selecting(filter)
  const sums = new Map<string, number>()
  let requests = 0
  for (const segment of segments) {
    const selection = select(segment)
    if (selection === "none") continue
    const found = segment.text(column)
    const counts = new Uint32Array(found?.texts.length ?? 1)
    if (found && (found.codes || found.texts.length > 1)) {
      const { codes } = found
      if (codes) eachRow(selection, segment.rows, (row) => counts[codes[row]!]!++)
      else eachRow(selection, segment.rows, (row) => counts[codeAt(found, row)]!++)
    } else if (selection === "all") counts[0] = segment.rows
    else eachRow(selection, segment.rows, () => counts[0]!++)
    for (const [code, count] of counts.entries()) {
      if (count === 0) continue
      requests += count
      const text = found?.texts[code] ?? ""
      for (const element of elementsOf(column, text)) sums.set(element, (sums.get(element) ?? 0) + count)
    }
  }
  const sorted = [...sums].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
  return { facets: sorted.slice(0, limit).map(([value, count]) => ({ value, count })), values: sums.size, requests }
}

const mostModels = 10

type Changing<T> = { -readonly [Name in keyof T]: T[Name] }
type OpenSession = Changing<Omit<LogSession, "models">> & { readonly models: string[] }

/** Requests of one conversation together, the latest conversations first. */
export function sessions(segments: Segments, filter: LogFilter, limit: number): readonly LogSession[] {
  const select = selecting(filter)
  const found = new Map<string, OpenSession>()
  // From the newest on, so that those that are met first are the latest ones, and of all others nothing need be added up.
  for (const segment of segments.toReversed()) {
    const selection = select(segment)
    if (selection === "none") continue
    const text = (name: TextName) => segment.text(name)!
    const [conversation, session, key, model] = [text("conversation"), text("session"), text("key_id"), text("model")]
    const status = text("status")
    const [at, cost] = [segment.numbers("at"), segment.numbers("cost")]
    const [input, output] = [segment.numbers("input_tokens"), segment.numbers("output_tokens")]
    const failures = status.texts.map((text) => (text >= "400" ? 1 : 0))
    // By their codes, so that a name is looked up once for a segment and not for each row.
    const here: (OpenSession | null | undefined)[] = []
    const sessionAt = (code: number, row: number): OpenSession | null => {
      const name = conversation.texts[code]!
      const known = found.get(name)
      if (known || name === "" || found.size >= limit) return known ?? null
      const moment = numberAt(at, row)
      const [own, keyId] = [textAt(session, row), textAt(key, row)]
      const begun = { ...empty, conversation: name, session: own, keyId, firstAt: moment, lastAt: moment, models: [] }
      found.set(name, begun)
      return begun
    }
    eachRowDown(selection, segment.rows, (row) => {
      const code = codeAt(conversation, row)
      let one = here[code]
      if (one === undefined) {
        one = sessionAt(code, row)
        here[code] = one
      }
      if (one === null) return
      const moment = numberAt(at, row)
      if (moment < one.firstAt) one.firstAt = moment
      if (moment > one.lastAt) one.lastAt = moment
      one.requests += 1
      one.failed += failures[codeAt(status, row)]!
      one.costNano += numberAt(cost, row)
      one.inputTokens += numberAt(input, row)
      one.outputTokens += numberAt(output, row)
      const used = textAt(model, row)
      if (one.models.length < mostModels && !one.models.includes(used)) one.models.push(used)
    })
  }
  return [...found.values()].sort((one, other) => other.lastAt - one.lastAt)
}

const empty = { requests: 0, failed: 0, costNano: 0, inputTokens: 0, outputTokens: 0 }
