import { chmod, link, mkdir, open, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { GatewayError } from "../contract/index.ts"

/** Texts that must be read again later and that nobody else may read: secrets in the database. */
export interface Seal {
  /** `purpose` is bound in: a text that was sealed for one opens for no other. Give the place where it lies, like `alert-destination/ID`. */
  seal(text: string, purpose: string): Promise<string>
  /** Throws GatewayError with what to do where the key is another one, or the sealed text is not as it was made. */
  open(sealed: string, purpose: string): Promise<string>
}

export interface SealOptions {
  /** From the configuration; absent: `seal.key` in the data directory, which is made at the first use. */
  readonly configured: () => string | undefined
  readonly dataDir: string
  readonly randomBytes: (count: number) => Uint8Array
}

const version = "v1"
const keyBytes = 32
const nonceBytes = 12
const utf8 = new TextEncoder()

interface Master {
  readonly key: CryptoKey
  /** Says which key it is and nothing of what it is, so that a wrong one is told from a broken text. */
  readonly mark: string
}

/** AES-256-GCM under a key per purpose, made from one that is never in the database. */
export function createSeal({ configured, dataDir, randomBytes }: SealOptions): Seal {
  let ofFile: Promise<Master> | undefined
  const ofText = new Map<string, Promise<Master>>()
  const master = (isForOpening = false): Promise<Master> => {
    const text = configured()
    if (text === undefined) {
      ofFile ??= keyFile(dataDir, isForOpening ? undefined : randomBytes).then(masterOf)
      // A disk that was full for a moment must not decide for good.
      ofFile.catch(() => {
        ofFile = undefined
      })
      return ofFile
    }
    let made = ofText.get(text)
    if (made === undefined) {
      made = masterOf(utf8.encode(text))
      ofText.set(text, made)
    }
    return made
  }
  return {
    async seal(text, purpose) {
      const { key, mark } = await master()
      const nonce = own(randomBytes(nonceBytes))
      const cipher = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv: nonce, additionalData: utf8.encode(purpose) },
        await keyFor(key, purpose),
        utf8.encode(text),
      )
      return `${version}.${mark}.${base64(nonce)}.${base64(new Uint8Array(cipher))}`
    },
    async open(sealed, purpose) {
      const { key, mark } = await master(true)
      const [form, madeBy, nonce, cipher] = sealed.split(".")
      if (form !== version || nonce === undefined || cipher === undefined) throw unreadable()
      if (madeBy !== mark)
        throw new GatewayError(
          "internal",
          "A secret in the store was sealed with another key. Put the earlier seal_key (or data_dir/seal.key) back, or enter the secret again.",
        )
      try {
        const plain = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: bytesOf(nonce), additionalData: utf8.encode(purpose) },
          await keyFor(key, purpose),
          bytesOf(cipher),
        )
        return new TextDecoder().decode(plain)
      } catch (thrown) {
        throw unreadable(thrown)
      }
    },
  }
}

const unreadable = (cause?: unknown) =>
  new GatewayError(
    "internal",
    "A sealed secret in the store is damaged, or lies where it was not put. Enter the secret again.",
    cause === undefined ? {} : { cause },
  )

async function masterOf(secret: Uint8Array): Promise<Master> {
  const key = await crypto.subtle.importKey("raw", own(secret), "HKDF", false, ["deriveKey", "deriveBits"])
  const mark = await crypto.subtle.deriveBits(derivation("signalbox seal mark"), key, 64)
  return { key, mark: base64(new Uint8Array(mark)) }
}

const keyFor = (master: CryptoKey, purpose: string): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    derivation(`signalbox seal ${purpose}`),
    master,
    { name: "AES-GCM", length: keyBytes * 8 },
    false,
    ["encrypt", "decrypt"],
  )

const derivation = (info: string): HkdfParams => ({
  name: "HKDF",
  hash: "SHA-256",
  salt: new Uint8Array(0),
  info: utf8.encode(info),
})

/**
 * Reads the key of this installation; makes it where there is none. Of several that make one at once, all get the first one's. Without
 * `randomBytes` none is made: what is to be opened was sealed with one that was there, and a new one would stand in its place.
 */
async function keyFile(dataDir: string, randomBytes: SealOptions["randomBytes"] | undefined): Promise<Uint8Array> {
  const path = join(dataDir, "seal.key")
  if (!(await Bun.file(path).exists())) {
    if (randomBytes === undefined)
      throw new GatewayError("internal", `${path} is missing. Put it back; without it what was sealed is lost.`)
    await mkdir(dataDir, { recursive: true })
    const draft = `${path}.${Buffer.from(randomBytes(8)).toString("hex")}`
    const file = await open(draft, "wx", 0o600)
    try {
      await file.writeFile(`${base64(randomBytes(keyBytes))}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    try {
      // Whole or not at all, and never over another one: what was sealed with that would be lost.
      await link(draft, path)
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== "EEXIST") throw thrown
    } finally {
      await rm(draft, { force: true })
    }
  }
  await chmod(path, 0o600)
  const key = Buffer.from((await readFile(path, "utf8")).trim(), "base64url")
  if (key.length !== keyBytes)
    throw new GatewayError(
      "internal",
      `${path} does not hold a key of ${keyBytes} bytes. Put the right file back; without it what was sealed is lost.`,
    )
  return key
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url")
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => own(Buffer.from(text, "base64url"))

/** In memory of its own, as the runtime's types want it. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
