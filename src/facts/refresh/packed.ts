import { isObject } from "../../contract/json.ts"
import type { ModelFacts } from "../../contract/offer.ts"

/** What was made of a document, as it is kept. */
export interface Content {
  readonly models: number
  readonly leftOut: number
  /** An upstream's list: it was read to its end, so that what is not in it is not there. */
  readonly complete?: boolean
  /** `ModelFacts[]` as JSON, by kind of provider: only those that are wanted are ever parsed. */
  readonly lists: Readonly<Record<string, string>>
}

interface ContentParts extends Omit<Content, "lists"> {
  readonly lists: Iterable<readonly [string, readonly ModelFacts[]]>
}

export const packContent = ({ lists, ...rest }: ContentParts): Uint8Array =>
  Bun.zstdCompressSync(
    JSON.stringify({
      ...rest,
      lists: Object.fromEntries([...lists].map(([vendor, facts]) => [vendor, JSON.stringify(facts)])),
    }),
  )

/** Throws on what `packContent` did not make. */
export async function unpackContent(body: Uint8Array): Promise<Content> {
  const text = new TextDecoder().decode(await Bun.zstdDecompress(body as Uint8Array<ArrayBuffer>))
  const content = JSON.parse(text) as unknown
  if (!isObject(content) || typeof content.models !== "number" || !isObject(content.lists))
    throw new Error("the kept copy cannot be read")
  return content as unknown as Content
}
