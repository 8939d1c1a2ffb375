import type { SeriesField } from "./entry.ts"
import { otherTags, otherValue } from "./tags.ts"
import { plainDimensions, type UsageDimension, type UsageKind, type UsageValue } from "./usage-types.ts"

/** What a dimension shows of the name in one field of a series. */
export interface Label {
  readonly field: SeriesField
  read(text: string): UsageValue
}

/** An app by its `origin` and `title`, as one text with a tab between them: the same number in every gateway, and before anybody wrote it down. */
export const appNumber = (app: string): number => Bun.hash.crc32(app)

const orNull = (text: string): UsageValue => (text === "" ? null : text)

export const kindOfApi = (api: string): UsageKind => {
  switch (api) {
    case "embeddings":
    case "images":
    case "speech":
    case "transcription":
    case "rerank":
      return api
    default:
      return "completions"
  }
}

const derived: Readonly<Record<"kind" | "byok" | "app" | "origin" | "title" | "project", Label>> = {
  kind: { field: "api", read: kindOfApi },
  byok: { field: "byok", read: (text) => (text === "1" ? "true" : "false") },
  app: { field: "app", read: (text) => (text === "" ? null : String(appNumber(text))) },
  origin: { field: "app", read: (text) => orNull(text.split("\t")[0]!) },
  title: { field: "app", read: (text) => orNull(text.split("\t")[1] ?? "") },
  // Names none: the one that is always there.
  project: { field: "project", read: (text) => (text === "" ? "default" : text) },
}

const isPlain = (dimension: string): dimension is (typeof plainDimensions)[number] =>
  (plainDimensions as readonly string[]).includes(dimension)

/** Undefined where there is no such dimension. Names of tags are the same in any case, because headers have none. */
export function labelOf(dimension: UsageDimension): Label | undefined {
  if (dimension.startsWith("extra.") && dimension.length > "extra.".length) {
    const wanted = dimension.slice("extra.".length).toLowerCase()
    return { field: "tags", read: (text) => tagIn(text, wanted) }
  }
  if (!isPlain(dimension)) return undefined
  if (dimension in derived) return derived[dimension as keyof typeof derived]
  return { field: dimension as SeriesField, read: orNull }
}

function tagIn(tags: string, wanted: string): UsageValue {
  if (tags === "") return null
  if (tags === otherTags) return otherValue
  for (const [name, value] of Object.entries(JSON.parse(tags) as Readonly<Record<string, string>>))
    if (name.toLowerCase() === wanted) return value
  return null
}
