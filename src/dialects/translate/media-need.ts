import type { MediaContent, MediaNeed, Profile } from "../../contract/index.ts"

/** What endings of file names say, where nothing better is known. */
const mimeByEnding: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  xml: "application/xml",
  json: "application/json",
  jsonl: "application/x-ndjson",
  yaml: "application/yaml",
  yml: "application/yaml",
  toml: "application/toml",
  sql: "application/sql",
  js: "text/javascript",
  ts: "text/x-typescript",
  py: "text/x-python",
}

/** Types that say nothing: what servers and clients write where they do not know. */
const vague: ReadonlySet<string> = new Set(["", "application/octet-stream", "binary/octet-stream"])

const lastSegment = (url: string): string => URL.parse(url)?.pathname.split("/").at(-1) ?? ""

/** The type of a file: as it was said, otherwise as the ending of its name or address has it. Lower case, without parameters. */
export const mediaType = (media: MediaContent): string | undefined => {
  const said = media.mime?.split(";")[0]?.trim().toLowerCase() ?? ""
  if (!vague.has(said)) return said
  const name = media.name ?? (media.source.type === "url" ? lastSegment(media.source.url) : "")
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase()
  return ending === undefined ? undefined : mimeByEnding[ending]
}

const textLike =
  /^text\/|^application\/(?:json|x-ndjson|jsonl|xml|yaml|x-yaml|toml|csv|sql|javascript|x-javascript|typescript|x-sh|x-python|graphql)$|\+(?:json|xml|yaml)$/

export const isTextType = (mime: string | undefined): boolean =>
  mime !== undefined && textLike.test(mime) && !mime.startsWith("image/")

export const isPdfType = (mime: string | undefined): boolean =>
  mime === "application/pdf" || mime === "application/x-pdf"

/** Known by an address that somebody has to fetch; `data:` is no such. */
export const isRemote = ({ source }: MediaContent): boolean => source.type === "url" && !/^data:/i.test(source.url)

/** How a format carries files. */
export interface FileRules {
  /** Files of this type are carried by their address. */
  readonly byUrl: (mime: string | undefined) => boolean
  /** Files of text are carried as files. */
  readonly textFiles: (mime: string) => boolean
}

/** What a part of kind `file` needs at an upstream that reads PDF or does not. */
export const fileNeed = (media: MediaContent, profile: Profile, rules: FileRules): MediaNeed | undefined => {
  if (media.source.type === "id") return undefined
  const mime = mediaType(media)
  const isText = isTextType(mime)
  if (isText && (profile.pdf === false || !rules.textFiles(mime!))) return "text"
  if (isPdfType(mime) && profile.pdf === false) return "text"
  // What it is, is seen when it is there.
  return isRemote(media) && !rules.byUrl(mime) ? "bytes" : undefined
}
