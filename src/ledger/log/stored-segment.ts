import type { NumberColumn, TextColumn } from "./column.ts"
import type { ColumnHead, ColumnSource } from "./column-source.ts"
import type { Segment } from "./segment.ts"
import { tagPrefix } from "./types.ts"

interface SegmentFacts extends Pick<Segment, "number" | "lastBatch" | "rows" | "firstAt" | "lastAt"> {
  readonly tags: readonly string[]
}

/** Columns with so few different texts keep them in memory, because every search looks at them: a few megabytes at ten million rows. */
const keptTexts = 512
/** They are the same ones in most segments. */
const pool = new Map<string, string>()
const mostPooled = 50_000

const pooled = (text: string): string => {
  const known = pool.get(text)
  if (known !== undefined || pool.size >= mostPooled) return known ?? text
  pool.set(text, text)
  return text
}

/** A segment that is read from the file, as far as somebody asks. */
export class StoredSegment implements Segment {
  readonly number: number
  readonly lastBatch: number
  readonly rows: number
  readonly firstAt: number
  readonly lastAt: number
  /** By their names in lower case. */
  readonly #tags: ReadonlyMap<string, string>
  readonly #file: ColumnSource
  readonly #heads = new Map<string, ColumnHead | undefined>()
  readonly #texts = new Map<string, readonly string[]>()

  constructor(file: ColumnSource, facts: SegmentFacts) {
    this.#file = file
    this.number = facts.number
    this.lastBatch = facts.lastBatch
    this.rows = facts.rows
    this.firstAt = facts.firstAt
    this.lastAt = facts.lastAt
    this.#tags = new Map(facts.tags.map((name) => [name.toLowerCase(), name]))
  }

  /** The name that the column has in the file; undefined: it is a tag that nothing here has. */
  #stored(name: string): string | undefined {
    if (!name.startsWith(tagPrefix)) return name
    const found = this.#tags.get(name.slice(tagPrefix.length).toLowerCase())
    return found === undefined ? undefined : `${tagPrefix}${found}`
  }

  #head(asked: string): ColumnHead | undefined {
    const name = this.#stored(asked)
    if (name === undefined) return undefined
    if (this.#heads.has(name)) return this.#heads.get(name)
    const head = this.#file.head(name, this.number)
    if ((head?.hashes?.length ?? 0) <= keptTexts) this.#heads.set(name, head)
    return head
  }

  hashes(name: string): Uint32Array | undefined {
    return this.#head(name)?.hashes
  }

  texts(asked: string): readonly string[] | undefined {
    const name = this.#stored(asked)
    if (name === undefined) return undefined
    const known = this.#texts.get(name)
    if (known) return known
    const texts = this.#file.texts(name, this.number)?.all() ?? []
    if (texts.length > keptTexts) return texts
    const kept = texts.map(pooled)
    this.#texts.set(name, kept)
    return kept
  }

  text(asked: string): TextColumn | undefined {
    const name = this.#stored(asked)
    const texts = name === undefined ? undefined : this.texts(name)
    if (name === undefined || texts === undefined) return undefined
    const isPlain = texts.length === 1 || texts.length === this.rows
    return { texts, codes: isPlain ? undefined : this.#file.data(name, this.number) }
  }

  values(asked: string): ((row: number) => string) | undefined {
    const name = this.#stored(asked)
    if (name === undefined) return undefined
    const known = this.#texts.get(name)
    const count = known?.length ?? this.#head(name)?.low ?? 0
    const texts = known ? { at: (code: number) => known[code]! } : this.#file.texts(name, this.number)
    if (!texts) return undefined
    if (count === 1) return () => texts.at(0)
    const codes = count === this.rows ? undefined : this.#file.data(name, this.number)
    return codes ? (row) => texts.at(codes[row]!) : (row) => texts.at(row)
  }

  range(name: string): readonly [number, number] {
    const head = this.#head(name)
    return head ? [head.low, head.high] : [0, 0]
  }

  numbers(name: string): NumberColumn {
    const [low, high] = this.range(name)
    return { low, high, above: low === high ? undefined : this.#file.data(name, this.number) }
  }

  tagNames(): readonly string[] {
    return [...this.#tags.values()]
  }
}
