import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from "node:fs"
import { join } from "node:path"

/** A file inside the executable. */
export interface EmbeddedFile {
  /** Holds a hash of the content. */
  readonly name: string
  readonly size: number
}

/** The database's native library in this executable; undefined from source. */
export const embeddedLibrary = (): EmbeddedFile | undefined =>
  (Bun.embeddedFiles as readonly (Blob & EmbeddedFile)[]).find(({ name }) => name.endsWith(".node"))

/** Whole, and of nobody else's making: whoever can write it runs code here. */
const isOurs = (path: string, size: number): boolean => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return (
    found?.isFile() === true && found.size === size && found.uid === process.geteuid?.() && (found.mode & 0o22) === 0
  )
}

const write = (path: string, bytes: Uint8Array) => {
  const descriptor = openSync(path, "wx", 0o600)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    // A power cut must not leave a file of the right length without its content.
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Unpacks the database's native library once and for all starts to come; gives its path, or undefined when that cannot be done. The
 * runtime unpacks by itself as well, but hashes the library at every start to find its name: ten megabytes read, and kept in memory.
 */
export const placeLibrary = (
  folder: string,
  file: EmbeddedFile,
  read: (name: string) => Uint8Array = (name) => readFileSync(`/$bunfs/root/${name}`),
): string | undefined => {
  const path = join(folder, file.name)
  if (isOurs(path, file.size)) return path
  const draft = `${path}.${crypto.randomUUID()}`
  try {
    try {
      write(draft, read(file.name))
      renameSync(draft, path)
    } catch (thrown) {
      unlinkSync(draft)
      throw thrown
    }
  } catch {
    // A full or read-only disk; the runtime may know another place.
    return undefined
  }
  return isOurs(path, file.size) ? path : undefined
}
