import { mkdir, readdir, stat, unlink } from "node:fs/promises"
import { join } from "node:path"
import type { MadeImages } from "../dialects/images/index.ts"

/** As long as OpenAI's addresses of images hold. */
const keptMs = 3_600_000

const endings: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/svg+xml": "svg",
}
const mimes = new Map(Object.entries(endings).map(([mime, ending]) => [ending, mime]))

export interface MadeImagesOptions {
  readonly folder: string
  readonly now: () => number
  /** Letters and digits that nobody can guess: whoever knows the address sees the image. */
  readonly newName: () => string
  /** Of the gateway, without a slash at its end. */
  readonly baseUrl: () => string
}

export interface MadeImagesStore extends MadeImages {
  store(base64: string, mime: string): Promise<string>
  /** The image of a name; undefined when there is none, or its time is over. */
  find(name: string): Promise<{ readonly file: Blob; readonly mime: string } | undefined>
}

/** Images in files, for clients that ask for an address where the vendor gives bytes; each is gone after an hour. */
export function keepMadeImages({ folder, now, newName, baseUrl }: MadeImagesOptions): MadeImagesStore {
  const isOver = async (path: string) => now() - (await stat(path)).mtimeMs > keptMs
  const sweep = async () => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      // Another request may sweep at the same time.
      if (await isOver(path).catch(() => false)) await unlink(path).catch(() => {})
    }
  }
  return {
    async store(base64, mime) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await sweep()
      const name = `${newName()}.${endings[mime] ?? "bin"}`
      await Bun.write(join(folder, name), Buffer.from(base64, "base64"))
      return `${baseUrl()}/images/made/${name}`
    },
    async find(name) {
      const [, ending] = /^[A-Za-z0-9]{16,64}\.([a-z]{3,4})$/.exec(name) ?? []
      if (ending === undefined) return undefined
      const path = join(folder, name)
      const isThere = await Bun.file(path).exists()
      if (!isThere || (await isOver(path))) return undefined
      return { file: Bun.file(path), mime: mimes.get(ending) ?? "application/octet-stream" }
    },
  }
}
