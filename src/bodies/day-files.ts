import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import { dayMs } from "../store/windows.ts"
import { decodeFrame, encodeFrame, fileKey, headBytes, idHash, nonceBytes, readHead } from "./frames.ts"
import type { BodyFound, BodySettings, KeptBody } from "./types.ts"

const magic = Buffer.from("SBBODY1\n")
const saltBytes = 16
const startBytes = magic.length + saltBytes
/** A file that is this large is followed by another one, so that a quota can be kept to within it. */
const fileBytes = 64 << 20

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const isDay = (name: string): boolean => /^\d{4}-\d\d-\d\d$/.test(name)

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written)
}

interface Current {
  readonly day: string
  readonly handle: number
  readonly salt: Buffer
  bytes: number
  /** How many frames it has: nonces, which never come twice with a file's key. */
  frames: number
  passphrase?: string
  key?: Buffer
}

/** Kept bodies in folders by day (UTC). One process writes to a file, and never to one that was there before. */
export class DayFiles {
  readonly #folder: string
  readonly #name: string
  readonly #seed: Uint8Array
  #current: Current | undefined
  #files = 0
  readonly #keys = new Map<string, Buffer>()

  /** `seed`: random bytes that nobody else has, which the salts of all files come from. */
  constructor(folder: string, name: string, seed: Uint8Array) {
    this.#folder = folder
    this.#name = name
    this.#seed = seed
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  keep(body: KeptBody, settings: BodySettings): void {
    const current = this.#open(body.at)
    const { encryptionKey } = settings
    if (current.passphrase !== encryptionKey || (encryptionKey !== undefined && !current.key)) {
      current.passphrase = encryptionKey as string
      if (encryptionKey === undefined) delete current.key
      else current.key = this.#key(encryptionKey, current.salt)
    }
    const nonce = Buffer.alloc(nonceBytes)
    nonce.writeUIntLE(++current.frames, 0, 6)
    const frame = encodeFrame(body.id, JSON.stringify(body), current.key, nonce)
    try {
      writeAll(current.handle, frame)
    } catch (thrown) {
      // What follows half a frame would not be found: the next one begins a file of its own.
      this.close()
      throw thrown
    }
    current.bytes += frame.length
  }

  #open(at: number): Current {
    const day = dayOf(at)
    if (this.#current && (this.#current.day !== day || this.#current.bytes >= fileBytes)) this.close()
    if (this.#current) return this.#current
    mkdirSync(join(this.#folder, day), { recursive: true, mode: 0o700 })
    this.#files += 1
    const since = String(Math.round(at)).padStart(15, "0")
    const path = join(this.#folder, day, `${since}-${this.#name}-${this.#files}.bodies`)
    const handle = openSync(path, "ax", 0o600)
    const salt = new Bun.CryptoHasher("sha256").update(this.#seed).update(path).digest().subarray(0, saltBytes)
    try {
      writeAll(handle, Buffer.concat([magic, salt]))
    } catch (thrown) {
      // Each body that is given to a full disk comes here: none of them may leave an open file behind.
      closeSync(handle)
      rmSync(path)
      throw thrown
    }
    this.#current = { day, handle, salt, bytes: startBytes, frames: 0 }
    return this.#current
  }

  #key(passphrase: string, salt: Uint8Array): Buffer {
    const name = `${Buffer.from(salt).toString("hex")} ${passphrase}`
    let key = this.#keys.get(name)
    if (!key) {
      key = fileKey(passphrase, salt)
      if (this.#keys.size > 100) this.#keys.clear()
      this.#keys.set(name, key)
    }
    return key
  }

  /** `at`: when it ended, about; the days before and after are looked through as well. The newest one with the id counts. */
  find(id: string, at: number, settings: BodySettings): BodyFound {
    let problem: BodyFound["problem"]
    for (const day of [dayOf(at), dayOf(at + dayMs), dayOf(at - dayMs)]) {
      const files = this.#filesOf(day)
      // Those that were begun after it do not have it, unless clocks differ.
      const begun = files.filter((name) => Number.parseInt(name, 10) <= at)
      for (const file of [...begun.toReversed(), ...files.filter((name) => !begun.includes(name))]) {
        const found = this.#findIn(join(this.#folder, day, file), id, settings)
        if (found?.body) return found
        problem ??= found?.problem
      }
    }
    return problem ? { problem } : {}
  }

  #findIn(path: string, id: string, { encryptionKey }: BodySettings): BodyFound | undefined {
    const hash = idHash(id)
    const handle = openSync(path, "r")
    try {
      const size = statSync(path).size
      const start = Buffer.alloc(startBytes)
      readSync(handle, start, 0, startBytes, 0)
      if (!start.subarray(0, magic.length).equals(magic)) return undefined
      const salt = start.subarray(magic.length)
      const head = Buffer.alloc(headBytes)
      let found: BodyFound | undefined
      for (let at = startBytes; at + headBytes <= size; ) {
        readSync(handle, head, 0, headBytes, at)
        const known = readHead(head, 0)
        // The rest is damaged, or half a frame that nobody was told of.
        if (!known || at + headBytes + known.length > size) break
        if (known.idHash === hash) {
          const body = Buffer.alloc(known.length)
          readSync(handle, body, 0, known.length, at + headBytes)
          const read = decodeFrame(known, body, () =>
            encryptionKey === undefined ? undefined : this.#key(encryptionKey, salt),
          )
          if ("problem" in read) found ??= { problem: read.problem }
          else {
            const kept = JSON.parse(read.text) as KeptBody
            if (kept.id === id) found = { body: kept }
          }
        }
        at += headBytes + known.length
      }
      return found
    } finally {
      closeSync(handle)
    }
  }

  #days(): readonly string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder).filter(isDay).sort() : []
  }

  /** The oldest first. */
  #filesOf(day: string): readonly string[] {
    const folder = join(this.#folder, day)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => name.endsWith(".bodies"))
      .sort()
  }

  bytes(): number {
    let sum = 0
    for (const day of this.#days())
      for (const file of this.#filesOf(day)) sum += statSync(join(this.#folder, day, file)).size
    return sum
  }

  /** Unlinks days that are over their time, then the oldest files until the rest is within the quota. Gives how many bytes are left. */
  sweep(now: number, { retentionDays, quotaBytes }: BodySettings): number {
    const oldest = dayOf(now - retentionDays * dayMs)
    for (const day of this.#days()) if (day < oldest) this.#remove(day)
    let bytes = this.bytes()
    for (const day of this.#days()) {
      for (const file of this.#filesOf(day)) {
        if (bytes <= quotaBytes) return bytes
        const path = join(this.#folder, day, file)
        bytes -= statSync(path).size
        if (this.#current?.day === day) this.close()
        rmSync(path)
      }
      if (this.#filesOf(day).length === 0) this.#remove(day)
    }
    return bytes
  }

  #remove(day: string): void {
    if (this.#current?.day === day) this.close()
    rmSync(join(this.#folder, day), { recursive: true, force: true })
  }

  close(): void {
    const current = this.#current
    this.#current = undefined
    if (!current) return
    try {
      fsyncSync(current.handle)
    } finally {
      closeSync(current.handle)
    }
  }
}
