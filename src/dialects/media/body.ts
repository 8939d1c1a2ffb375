import { isObject, type Json, type JsonObject, type Loss, type MediaFile } from "../../contract/index.ts"
import { invalid } from "./fields.ts"
import { base64Bytes, mediaFile, plainMime, splitDataUrl } from "./file.ts"

/** The bytes behind an http(s) URL that a client gave; the host guards which addresses may be asked. */
export type LoadUrl = (url: string, param: string) => Promise<{ readonly bytes: Uint8Array; readonly mime?: string }>

/** A client's request as it was read. */
export interface DecodedMedia<Request> {
  readonly request: Request
  /** The client wants an event stream instead of one body. */
  readonly events: boolean
  /** What was lost on reading, before any upstream was chosen. */
  readonly losses: readonly Loss[]
}

/** A body, JSON or form, as fields and the files that came as parts of the form. */
export interface MediaBody {
  readonly fields: JsonObject
  readonly files: ReadonlyMap<string, readonly MediaFile[]>
}

/** Which of a form's texts are something else. */
export interface FormKinds {
  readonly numbers: readonly string[]
  readonly flags: readonly string[]
}

const formValue = (key: string, text: string, kinds: FormKinds): Json => {
  if (kinds.numbers.includes(key)) {
    const value = Number(text)
    if (text.trim() === "" || !Number.isFinite(value)) throw invalid(key, "must be a number")
    return value
  }
  if (kinds.flags.includes(key)) {
    if (text !== "true" && text !== "false") throw invalid(key, "must be true or false")
    return text === "true"
  }
  return text
}

/** `name[]` is a list, however many of it there are; so is a name that comes twice. */
const readForm = async (form: FormData, kinds: FormKinds): Promise<MediaBody> => {
  const fields: JsonObject = {}
  const files = new Map<string, MediaFile[]>()
  for (const [name, value] of form.entries() as Iterable<[string, string | File]>) {
    const key = name.replace(/\[\d*\]$/, "")
    if (typeof value !== "string") {
      const bytes = new Uint8Array(await value.arrayBuffer())
      files.set(key, [...(files.get(key) ?? []), mediaFile(bytes, key, value.name, value.type)])
      continue
    }
    const read = formValue(key, value, kinds)
    const before = fields[key]
    if (before === undefined) fields[key] = key === name ? read : [read]
    else fields[key] = [...(Array.isArray(before) ? before : [before]), read]
  }
  return { fields, files }
}

export const readBody = async (body: Json | FormData, kinds: FormKinds): Promise<MediaBody> => {
  if (body instanceof FormData) return readForm(body, kinds)
  if (!isObject(body)) throw invalid("", "the body must be a JSON object")
  return { fields: body, files: new Map() }
}

/** Where the text of a file stands in the many forms in which JSON bodies carry one. */
const sourceOf = (value: Json, path: string): readonly [string, string] => {
  if (typeof value === "string") return [value, path]
  if (!isObject(value)) throw invalid(path, "must be a data: URL, base64, or an object with one")
  if (isObject(value.image_url)) return sourceOf(value.image_url, `${path}.image_url`)
  for (const key of ["url", "image_url", "data", "file_data", "b64_json"]) {
    const text = value[key]
    if (typeof text === "string") return [text, `${path}.${key}`]
  }
  throw invalid(path, "has no url and no data; send a data: URL or base64")
}

const textIn = (value: Json, ...keys: readonly string[]): string | undefined => {
  for (const key of isObject(value) ? keys : []) {
    const text = (value as JsonObject)[key]
    if (typeof text === "string") return text
  }
  return undefined
}

/** A file inside JSON: a data URL, plain base64, or a URL where the caller can load one. `stem` names a file without a name. */
export const jsonFile = async (value: Json, path: string, stem: string, load?: LoadUrl): Promise<MediaFile> => {
  const [text, at] = sourceOf(value, path)
  const name = textIn(value, "filename", "name") ?? ""
  const declared = textIn(value, "mime_type", "media_type")
  // OpenRouter's `format: "wav"` is the ending of a name.
  const format = textIn(value, "format")
  const named = name === "" && format !== undefined ? `${stem}.${format}` : name
  if (/^https?:/i.test(text)) {
    if (load === undefined) throw invalid(at, "URLs are not fetched here; send the file as a data: URL")
    const { bytes, mime } = await load(text, at)
    return mediaFile(bytes, stem, named, declared ?? mime)
  }
  const inline = splitDataUrl(text)
  const bytes = base64Bytes(inline?.base64 ?? text, at)
  return mediaFile(bytes, stem, named, plainMime(declared) ?? inline?.mime)
}
