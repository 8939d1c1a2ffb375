import type { LedgerEntry } from "../../store/executor.ts"
import { type NumberColumn, type PackedColumn, packNumbers, packTextColumn, type TextColumn } from "./column.ts"
import { numbersOf, tagsOfEntry, textsOf } from "./entry-columns.ts"
import type { Segment } from "./segment.ts"
import { numberNames, tagPrefix, textNames } from "./types.ts"

/** So many rows make a segment. Larger ones are searched in fewer steps, smaller ones leave less to be read anew after a start. */
export const segmentRows = 8_192
/** Names of tags that one segment has columns for; whoever makes up names without end has the first ones found. */
const mostTagColumns = 64

/** Each different text once. */
class TextBuilder {
  readonly texts: string[] = []
  readonly codes: number[] = []
  readonly #codes = new Map<string, number>()

  /** Rows that came before had nothing. */
  constructor(rows: number) {
    for (let row = 0; row < rows; row += 1) this.add("")
  }

  add(text: string): void {
    let code = this.#codes.get(text)
    if (code === undefined) {
      code = this.texts.length
      this.texts.push(text)
      this.#codes.set(text, code)
    }
    this.codes.push(code)
  }
}

/** The newest rows, which are too few for a segment of their own yet. In memory only: after a start they are read from the ledger again. */
export class OpenSegment implements Segment {
  readonly #texts = new Map<string, TextBuilder>(textNames.map((name) => [name, new TextBuilder(0)]))
  /** By their names in lower case; one column has the name that was found first. */
  readonly #tags = new Map<string, { readonly name: string; readonly builder: TextBuilder }>()
  readonly #numbers = new Map<string, number[]>(
    ["at", "batch", "place", ...numberNames].map((name) => [name, [] as number[]]),
  )
  rows = 0
  number = 0
  lastBatch = 0
  firstAt = Number.POSITIVE_INFINITY
  lastAt = Number.NEGATIVE_INFINITY

  /** All of one batch. Throws before anything is added where one of its entries cannot be read. */
  add(batch: number, entries: readonly LedgerEntry[]): void {
    const read = entries.map((entry) => ({
      at: entry.settledAt,
      texts: textsOf(entry),
      numbers: numbersOf(entry),
      tags: tagsOfEntry(entry),
    }))
    if (this.rows === 0) this.number = batch
    this.lastBatch = batch
    for (const [place, { at, texts, numbers, tags }] of read.entries()) {
      for (const name of textNames) this.#texts.get(name)!.add(texts[name])
      for (const name of numberNames) this.#numbers.get(name)!.push(numbers[name])
      this.#numbers.get("at")!.push(at)
      this.#numbers.get("batch")!.push(batch)
      this.#numbers.get("place")!.push(place)
      const folded = new Map<string, string>()
      for (const [name, value] of Object.entries(tags)) {
        const key = name.toLowerCase()
        folded.set(key, value)
        if (!this.#tags.has(key) && this.#tags.size < mostTagColumns)
          this.#tags.set(key, { name, builder: new TextBuilder(this.rows) })
      }
      for (const [key, { builder }] of this.#tags) builder.add(folded.get(key) ?? "")
      this.firstAt = Math.min(this.firstAt, at)
      this.lastAt = Math.max(this.lastAt, at)
      this.rows += 1
    }
  }

  #builder(name: string): TextBuilder | undefined {
    return name.startsWith(tagPrefix)
      ? this.#tags.get(name.slice(tagPrefix.length).toLowerCase())?.builder
      : this.#texts.get(name)
  }

  hashes(): undefined {
    return undefined
  }

  texts(name: string): readonly string[] | undefined {
    return this.#builder(name)?.texts
  }

  text(name: string): TextColumn | undefined {
    const builder = this.#builder(name)
    return builder && { texts: builder.texts, codes: builder.codes }
  }

  values(name: string): ((row: number) => string) | undefined {
    const builder = this.#builder(name)
    return builder && ((row) => builder.texts[builder.codes[row]!]!)
  }

  range(name: string): readonly [number, number] {
    const numbers = this.#numbers.get(name) ?? []
    return [Math.min(...numbers), Math.max(...numbers)]
  }

  numbers(name: string): NumberColumn {
    const numbers = this.#numbers.get(name) ?? []
    return { low: 0, high: Number.POSITIVE_INFINITY, above: numbers }
  }

  tagNames(): readonly string[] {
    return [...this.#tags.values()].map(({ name }) => name)
  }

  pack(): readonly PackedColumn[] {
    const texts = [
      ...[...this.#texts].map(([name, builder]) => [name, builder] as const),
      ...[...this.#tags.values()].map(({ name, builder }) => [`${tagPrefix}${name}`, builder] as const),
    ]
    return [
      ...texts.map(([name, builder]) => packTextColumn(name, builder.texts, builder.codes)),
      ...[...this.#numbers].map(([name, numbers]) => packNumbers(name, numbers)),
    ]
  }
}
