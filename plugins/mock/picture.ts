/** Pixels of a side. */
const side = 16

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  out.set(new TextEncoder().encode(type), 4)
  out.set(data, 8)
  view.setUint32(8 + data.length, Bun.hash.crc32(out.subarray(4, 8 + data.length)))
  return out
}

/** Pixels packed as zlib wants them: a head, the data, a sum over what was packed. */
const packed = (rows: Uint8Array): Uint8Array => {
  const sum = new Uint8Array(4)
  new DataView(sum.buffer).setUint32(0, Bun.hash.adler32(rows))
  return new Uint8Array(Buffer.concat([Uint8Array.of(0x78, 0x9c), Bun.deflateSync(rows.slice()), sum]))
}

/** A small PNG, symmetric like an emblem, whose colour and pattern are made of the text alone. */
export const picture = (text: string): Uint8Array => {
  const hash = Bun.hash.xxHash64(text)
  const color = [Number(hash & 0xffn), Number((hash >> 8n) & 0xffn), Number((hash >> 16n) & 0xffn)]
  const cells = side / 2
  const rows = new Uint8Array(side * (1 + side * 3)).fill(0xff)
  for (let y = 0; y < side; y++) {
    rows[y * (1 + side * 3)] = 0
    for (let x = 0; x < side; x++) {
      const column = x < cells ? x : side - 1 - x
      const bit = BigInt((Math.floor(y / 2) * 4 + Math.floor(column / 2)) % 64)
      if (((hash >> bit) & 1n) === 1n) rows.set(color, y * (1 + side * 3) + 1 + x * 3)
    }
  }
  const head = new Uint8Array(13)
  const view = new DataView(head.buffer)
  view.setUint32(0, side)
  view.setUint32(4, side)
  // Eight bits a channel, three channels.
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const empty = new Uint8Array()
  return new Uint8Array(
    Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", packed(rows)), chunk("IEND", empty)]),
  )
}
