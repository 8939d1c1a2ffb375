/** Whole numbers of one kind, a row after the other. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array

const kinds = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const

/** As narrow as its numbers allow: the width in bytes in the first eight, which keeps the numbers behind it aligned. */
export function packColumn(numbers: ArrayLike<number>): Uint8Array {
  let largest = 0
  let smallest = 0
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at]!
    if (number > largest) largest = number
    else if (number < smallest) smallest = number
  }
  const Kind =
    smallest < 0 || largest > 0xffffffff
      ? Float64Array
      : largest > 0xffff
        ? Uint32Array
        : largest > 0xff
          ? Uint16Array
          : Uint8Array
  const bytes = new Uint8Array(8 + numbers.length * Kind.BYTES_PER_ELEMENT)
  bytes[0] = Kind.BYTES_PER_ELEMENT
  new Kind(bytes.buffer, 8, numbers.length).set(numbers)
  return bytes
}

/** Reads in place where the bytes happen to be aligned. Of the two libraries one gives a buffer, the other bytes. */
export function unpackColumn(stored: Uint8Array | ArrayBuffer): Column {
  const given = stored instanceof ArrayBuffer ? new Uint8Array(stored) : stored
  const Kind = kinds.find(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT === given[0])
  if (!Kind || (given.length - 8) % Kind.BYTES_PER_ELEMENT !== 0) throw new Error("a column of usage cannot be read")
  const bytes = given.byteOffset % Kind.BYTES_PER_ELEMENT === 0 ? given : new Uint8Array(given)
  return new Kind(bytes.buffer as ArrayBuffer, bytes.byteOffset + 8, (bytes.length - 8) / Kind.BYTES_PER_ELEMENT)
}

/**
 * Columns of one kind, for loops: one that sees several kinds of arrays is compiled for none of them, and takes ten times as long as the
 * copy.
 */
export const asFloats = (column: Column): Float64Array =>
  column instanceof Float64Array ? column : new Float64Array(column)
export const asWhole = (column: Column): Uint32Array =>
  column instanceof Uint32Array ? column : new Uint32Array(column)
export const asBytes = (column: Column): Uint8Array => (column instanceof Uint8Array ? column : new Uint8Array(column))
