import {
  type ChatRequest,
  type Content,
  type Dialect,
  GatewayError,
  type Loss,
  type MediaContent,
  type MediaNeed,
  type Profile,
} from "../../contract/index.ts"
import { isPdfType, isTextType, mediaType } from "../../dialects/translate/index.ts"
import type { FetchedFile } from "../../egress/guarded-fetch.ts"
import { settled, withRealType } from "./real-type.ts"
import type { RequestFiles } from "./request-files.ts"
import { decodeText, namedText } from "./text.ts"

export interface CarryContext {
  readonly dialect: Dialect
  readonly profile: Profile
  /** The upstream, as people know it. */
  readonly upstream: string
  readonly pdfReading: ChatRequest["pdfReading"]
  readonly files: RequestFiles
  readonly lose: (loss: Loss) => void
  /** Guardrails over a text that was not one before; gives it masked, or throws. */
  readonly screen: (text: string) => Promise<string>
}

export interface CarriedPart {
  readonly content: Content
  /** It takes another form, and with it another number of tokens. */
  readonly converted: boolean
}

/** What becomes of a part that its upstream cannot carry as it is: the bytes behind its address, or its text. */
export async function carry(part: MediaContent, path: string, context: CarryContext): Promise<CarriedPart> {
  let media = settled(part)
  let need = needOf(media, path, context)
  if (need === undefined) return { content: media, converted: false }
  const { source } = media
  let why = ""
  if (source.type === "url") {
    media = withBytes(media, await context.files.load(source.url, path), path)
    need = needOf(media, path, context)
    why = `${context.upstream} does not fetch it: sent with the bytes behind its address`
  }
  const read = need === "text" ? await textOf(media, path, context) : undefined
  // What the client asked for in so many words is no loss.
  if (read ? read.why !== undefined : why !== "")
    context.lose({ path, action: "approximated", code: "media_converted", reason: read?.why ?? why })
  const content = read ? asText(media, await context.screen(read.text), context) : media
  return { content, converted: content !== media || why !== "" }
}

function needOf(media: MediaContent, path: string, context: CarryContext): MediaNeed | undefined {
  const { dialect, profile, pdfReading, upstream } = context
  const need = dialect.mediaNeed?.(media, profile)
  const isPdf = media.kind === "file" && media.source.type !== "id" && isPdfType(mediaType(media))
  if (!isPdf || pdfReading === undefined) return need
  if (pdfReading !== "native") return "text"
  if (need !== "text") return need
  throw new GatewayError(
    "invalid_request",
    `${path}: ${upstream} does not read PDF. Use another engine of the file-parser plugin (pdf-text), or leave it out.`,
    { param: path, retry: "next" },
  )
}

const isMedia = /^(?:image|audio|video)\//

/** What servers write where they do not know; most of them call any text `text/plain`. */
const vague: ReadonlySet<string> = new Set(["application/octet-stream", "binary/octet-stream", "text/plain"])

/** The bytes win over what the client calls them, and over what their server does; a name that says more than the server is believed. */
function withBytes(media: MediaContent, file: FetchedFile, path: string): MediaContent {
  const { bytes } = file
  const name = media.name ?? file.name
  const said = vague.has(file.mime) ? mediaType({ ...media, name }) : undefined
  const mime = said ?? file.mime
  if (media.kind !== "file" && !isMedia.test(mime) && !isPdfType(mime))
    throw new GatewayError(
      "invalid_request",
      `${path}: behind this address is no ${media.kind}, but ${file.mime}. Check the address.`,
      { param: path },
    )
  const source = { type: "data", base64: Buffer.from(bytes).toString("base64") } as const
  return withRealType({ ...media, source, mime, ...(media.kind === "file" ? { name } : {}) }, bytes)
}

interface Read {
  readonly text: string
  /** Undefined: nothing was lost. */
  readonly why: string | undefined
}

async function textOf(media: MediaContent, path: string, context: CarryContext): Promise<Read | undefined> {
  if (media.source.type !== "data") return undefined
  const bytes = Buffer.from(media.source.base64, "base64")
  const mime = mediaType(media)
  if (isTextType(mime))
    return { text: decodeText(bytes), why: `${context.upstream} takes no such file: sent as its text` }
  if (!isPdfType(mime)) return undefined
  const { text, leftOut } = await context.files.documentText(bytes, media.name, path)
  const rest = leftOut === 0 ? "" : `, without its last ${leftOut} pages`
  if (context.pdfReading === "text") return { text, why: leftOut === 0 ? undefined : `sent as its text${rest}` }
  const why =
    context.pdfReading === "ocr"
      ? "no characters are recognised in pictures here: sent as the text inside the file"
      : `${context.upstream} reads no PDF: sent as its text`
  return { text, why: why + rest }
}

/** As a file of text where the format has one, which keeps its name and place; otherwise as words of the message. */
function asText(media: MediaContent, text: string, { dialect, profile }: CarryContext): Content {
  const { cache } = media
  const more = cache ? { cache } : {}
  const file: MediaContent = {
    type: "media",
    kind: "file",
    source: { type: "data", base64: Buffer.from(text).toString("base64") },
    mime: "text/plain",
    ...(media.name === undefined ? {} : { name: media.name }),
    ...more,
  }
  const isCarried = dialect.mediaNeed !== undefined && dialect.mediaNeed(file, profile) === undefined
  return isCarried ? file : { type: "text", text: namedText(media.name, text), ...more }
}
