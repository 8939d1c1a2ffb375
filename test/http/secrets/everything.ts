import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { unpackEntries } from "../../../src/store/packed-batch.ts"
import { openTestStore } from "../../store/support.ts"

/** A text in the forms in which it might lie somewhere. */
const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret)
  // Inside of something longer, base64 begins at one of three places.
  const inside = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64url")
      .slice(shift + 2, -3),
  )
  return [secret, bytes.toString("hex"), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inside]
}

/** The names of those that are in a text. */
export const foundIn = (text: string, secrets: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).some((form) => text.includes(form)) ? [name] : [],
  )

const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08])

/** What is compressed in a file, wherever it begins. */
function* unpacked(bytes: Buffer): Generator<string> {
  for (const [magic, unpack] of [
    [zstdMagic, (frame: Buffer) => Buffer.from(Bun.zstdDecompressSync(new Uint8Array(frame)))],
    [gzipMagic, (frame: Buffer) => gunzipSync(frame)],
  ] as const)
    for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1))
      try {
        yield unpack(bytes.subarray(at)).toString("latin1")
      } catch {
        // Something stands behind it, or it is none: rows of the ledger are read below.
      }
}

/** Every file below a folder: its bytes as they are, and what is compressed in them. */
export function* filesOf(dir: string, isLeftOut: (path: string) => boolean): Generator<readonly [string, string]> {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || isLeftOut(path)) continue
    const bytes = readFileSync(path)
    yield [path, bytes.toString("latin1")]
    yield [`${path} as UTF-16`, bytes.toString("utf16le")]
    for (const text of unpacked(bytes)) yield [`${path}, unpacked`, text]
  }
}

/** Every row of every table, with the ledger's rows unpacked. */
export async function* rowsOf(dataDir: string): AsyncGenerator<readonly [string, string]> {
  const store = await openTestStore(dataDir, { busyMs: 5000 })
  try {
    const tables = await store.writer.query({ sql: "select name from sqlite_master where type = 'table'", args: [] })
    for (const { name } of tables) {
      const rows = await store.writer.query({ sql: `select * from "${name}"`, args: [] })
      for (const row of rows) {
        yield [`table ${name}`, JSON.stringify(row)]
        if (name === "generation_batches" && row.entries instanceof Uint8Array)
          yield [`table ${name}, unpacked`, JSON.stringify(unpackEntries(row.entries as never))]
      }
    }
  } finally {
    await store.close()
  }
}
