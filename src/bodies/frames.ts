import { createCipheriv, createDecipheriv, scryptSync } from "node:crypto"

/**
 * One kept body on the disk: a head of twenty bytes (mark, form, length of what follows, checksum of it, hash of the id), then the text,
 * compressed by zstd and, with a key, encrypted with AES-256-GCM: nonce, text, tag. The head is authenticated with it.
 */
export const headBytes = 20
const mark = 0x59444f42
const plain = 1
const sealed = 2
export const nonceBytes = 12
const tagBytes = 16

export interface FrameHead {
  readonly form: number
  readonly length: number
  readonly checksum: number
  readonly idHash: number
}

export const idHash = (id: string): number => Bun.hash.crc32(id)

/** A passphrase and the salt of a file → the file's key. A tenth of a second, once for each file. */
export const fileKey = (passphrase: string, salt: Uint8Array): Buffer =>
  scryptSync(passphrase, salt, 32, { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 })

function headOf(form: number, body: Uint8Array, id: string): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt32LE(mark, 0)
  head.writeUInt32LE(form, 4)
  head.writeUInt32LE(body.length, 8)
  head.writeUInt32LE(Bun.hash.crc32(body), 12)
  head.writeUInt32LE(idHash(id), 16)
  return head
}

/** `nonce`: never twice with one key. */
export function encodeFrame(id: string, text: string, key: Buffer | undefined, nonce: Uint8Array): Buffer {
  const packed = Bun.zstdCompressSync(text, { level: 3 })
  if (key === undefined) return Buffer.concat([headOf(plain, packed, id), packed])
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(String(idHash(id))))
  const body = Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()])
  return Buffer.concat([headOf(sealed, body, id), body])
}

/** Undefined: there is no frame, or half of one. */
export function readHead(bytes: Buffer, at: number): FrameHead | undefined {
  if (at + headBytes > bytes.length || bytes.readUInt32LE(at) !== mark) return undefined
  return {
    form: bytes.readUInt32LE(at + 4),
    length: bytes.readUInt32LE(at + 8),
    checksum: bytes.readUInt32LE(at + 12),
    idHash: bytes.readUInt32LE(at + 16),
  }
}

/** The text of a frame, or why there is none. */
export function decodeFrame(
  head: FrameHead,
  body: Buffer,
  key: () => Buffer | undefined,
): { readonly text: string } | { readonly problem: "sealed" | "damaged" } {
  if (body.length !== head.length || Bun.hash.crc32(body) !== head.checksum) return { problem: "damaged" }
  let packed = body
  if (head.form === sealed) {
    const used = key()
    if (used === undefined) return { problem: "sealed" }
    const decipher = createDecipheriv("aes-256-gcm", used, body.subarray(0, nonceBytes))
    decipher.setAAD(Buffer.from(String(head.idHash))).setAuthTag(body.subarray(-tagBytes))
    try {
      packed = Buffer.concat([decipher.update(body.subarray(nonceBytes, -tagBytes)), decipher.final()])
    } catch {
      // What was written is whole, as its checksum says; so it was another key.
      return { problem: "sealed" }
    }
  }
  try {
    return { text: new TextDecoder().decode(Bun.zstdDecompressSync(new Uint8Array(packed))) }
  } catch {
    return { problem: "damaged" }
  }
}
