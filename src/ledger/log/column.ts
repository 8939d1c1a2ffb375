import { packColumn, unpackColumn } from "../../store/usage/columns.ts"
import { elementsOf } from "./entry-columns.ts"

/** Whole numbers of one column, a row after the other; a column in which all are the same has only that one. */
export interface NumberColumn {
  readonly low: number
  readonly high: number
  /** Above `low`; absent: nothing is. */
  readonly above: ArrayLike<number> | undefined
}

/** Texts of one column: each different one once, in the order in which they came, and which one each row has. */
export interface TextColumn {
  readonly texts: readonly string[]
  /** Absent with one text: all have it. Absent with as many texts as rows: each has its own. */
  readonly codes: ArrayLike<number> | undefined
}

/** A column as the store has it. */
export interface PackedColumn {
  readonly name: string
  /** Of numbers the smallest and the largest one, of texts how many there are, and nothing. */
  readonly low: number
  readonly high: number
  readonly hashes: Uint8Array | null
  readonly texts: Uint8Array | null
  readonly data: Uint8Array | null
}

/** Stored, so it never changes. */
export const textHash = (text: string): number => Bun.hash.crc32(text)

export const numberAt = ({ low, above }: NumberColumn, index: number): number => (above ? low + above[index]! : low)

export const textAt = (column: TextColumn, index: number): string => column.texts[codeAt(column, index)]!

export const codeAt = ({ codes, texts }: TextColumn, index: number): number =>
  codes ? codes[index]! : texts.length === 1 ? 0 : index

export function packNumbers(name: string, numbers: readonly number[]): PackedColumn {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const number of numbers) {
    if (number < low) low = number
    if (number > high) high = number
  }
  const data = low === high ? null : packColumn(numbers.map((number) => number - low))
  return { name, low, high, hashes: null, texts: null, data }
}

/** Texts are compressed so many together, so that one of them is read without all others. */
const textsPerChunk = 512
/** Below this, compressing costs more than it saves. */
const smallTexts = 512
const plain = 0
const compressed = 1

const joined = (texts: readonly string[]): Uint8Array<ArrayBuffer> => new TextEncoder().encode(texts.join("\0"))
const parted = (bytes: Uint8Array): readonly string[] => new TextDecoder().decode(bytes).split("\0")

/** One byte says the form. Compressed ones follow each other, each behind its length. */
function packTexts(texts: readonly string[]): Uint8Array {
  const bytes = joined(texts)
  if (bytes.length < smallTexts) return Uint8Array.of(plain, ...bytes)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < texts.length; at += textsPerChunk)
    chunks.push(Bun.zstdCompressSync(joined(texts.slice(at, at + textsPerChunk)), { level: 3 }))
  const packed = new Uint8Array(chunks.reduce((sum, { length }) => sum + 4 + length, 1))
  const view = new DataView(packed.buffer)
  packed[0] = compressed
  let at = 1
  for (const chunk of chunks) {
    view.setUint32(at, chunk.length, true)
    packed.set(chunk, at + 4)
    at += 4 + chunk.length
  }
  return packed
}

/** Reads one text after the other; of those that are compressed no more than is needed. */
export function textsReader(packed: Uint8Array): { all(): readonly string[]; at(index: number): string } {
  if (packed[0] === plain) {
    const texts = parted(packed.subarray(1))
    return { all: () => texts, at: (index) => texts[index] ?? "" }
  }
  const view = new DataView(packed.buffer, packed.byteOffset)
  const chunks: Uint8Array[] = []
  for (let at = 1; at < packed.length; ) {
    const end = at + 4 + view.getUint32(at, true)
    chunks.push(packed.subarray(at + 4, end))
    at = end
  }
  const read: (readonly string[])[] = []
  const chunkAt = (number: number) =>
    (read[number] ??= parted(Bun.zstdDecompressSync(chunks[number]!.slice() as Uint8Array<ArrayBuffer>)))
  return {
    all: () => chunks.flatMap((_, number) => chunkAt(number)),
    at: (index) => chunkAt(Math.floor(index / textsPerChunk))[index % textsPerChunk] ?? "",
  }
}

/** Of each element of each text; enough to know that one is not there. */
function hashesOf(name: string, texts: readonly string[]): Uint32Array {
  const hashes = texts.flatMap((text) => elementsOf(name, text).map(textHash))
  return Uint32Array.from(hashes)
}

export function packTextColumn(name: string, texts: readonly string[], codes: readonly number[]): PackedColumn {
  const hashes = hashesOf(name, texts)
  return {
    name,
    low: texts.length,
    high: 0,
    hashes: new Uint8Array(hashes.buffer),
    texts: packTexts(texts),
    data: texts.length === 1 || texts.length === codes.length ? null : packColumn(codes),
  }
}

export const unpackHashes = (packed: Uint8Array): Uint32Array => new Uint32Array(packed.slice().buffer)

export const unpackNumbers = (data: Uint8Array | null): ArrayLike<number> | undefined =>
  data === null ? undefined : unpackColumn(data)
