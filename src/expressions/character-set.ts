/** First and last, both in it; ascending, apart from one another. */
type Range = readonly [first: number, last: number]

const largest = 0xffff
const ascii = 128

/** A set of UTF-16 units. */
export class CharacterSet {
  readonly ranges: readonly Range[]
  readonly #low: Uint8Array

  private constructor(ranges: readonly Range[]) {
    this.ranges = ranges
    this.#low = new Uint8Array(ascii)
    for (const [first, last] of ranges) if (first < ascii) this.#low.fill(1, first, Math.min(last, ascii - 1) + 1)
  }

  has(unit: number): boolean {
    if (unit < ascii) return this.#low[unit] === 1
    for (const [first, last] of this.ranges) if (unit <= last) return unit >= first
    return false
  }

  /** The unit that one was made of; undefined for a set of any other kind. */
  get single(): number | undefined {
    return this.#single
  }

  #single: number | undefined

  static of(unit: number, caseless: boolean): CharacterSet {
    const set = CharacterSet.range(unit, unit, caseless)
    set.#single = unit
    return set
  }

  static range(first: number, last: number, caseless: boolean): CharacterSet {
    if (!caseless) return new CharacterSet([[first, last]])
    const both: Range[] = [[first, last]]
    for (let unit = first; unit <= last; unit += 1) {
      const written = String.fromCharCode(unit)
      for (const other of [written.toLowerCase(), written.toUpperCase()])
        if (other.length === 1) both.push([other.charCodeAt(0), other.charCodeAt(0)])
    }
    return new CharacterSet(merged(both))
  }

  static union(sets: readonly CharacterSet[]): CharacterSet {
    return new CharacterSet(merged(sets.flatMap(({ ranges }) => ranges)))
  }

  complement(): CharacterSet {
    const out: Range[] = []
    let next = 0
    for (const [first, last] of this.ranges) {
      if (first > next) out.push([next, first - 1])
      next = last + 1
    }
    if (next <= largest) out.push([next, largest])
    return new CharacterSet(out)
  }

  /** What JavaScript means by `\d`, `\W` and the like. */
  static named(letter: string): CharacterSet | undefined {
    const found = namedSets[letter.toLowerCase()]
    if (!found || !/[dwsDWS]/.test(letter)) return undefined
    return letter === letter.toLowerCase() ? found : found.complement()
  }

  static readonly word = new CharacterSet([
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ])

  static readonly notLineEnd = new CharacterSet([
    [10, 10],
    [13, 13],
    [0x2028, 0x2029],
  ]).complement()

  static readonly digit = new CharacterSet([[48, 57]])

  static readonly space = new CharacterSet([
    [9, 13],
    [32, 32],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ])
}

const namedSets: Readonly<Record<string, CharacterSet>> = {
  d: CharacterSet.digit,
  w: CharacterSet.word,
  s: CharacterSet.space,
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const out: [number, number][] = []
  for (const [first, last] of [...ranges].sort((one, other) => one[0] - other[0])) {
    const before = out.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else out.push([first, last])
  }
  return out
}
