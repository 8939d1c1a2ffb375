import {
  type ChatRequest,
  type Extras,
  type FileNotes,
  gatewayExtras,
  isObject,
  type Json,
  type JsonObject,
  type ReadFile,
} from "../../../contract/index.ts"
import { dialectName, withExtras } from "../names.ts"

const key = "annotations"

const isFile = (annotation: Json): boolean => isObject(annotation) && annotation.type === "file"

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

/**
 * Fields of an assistant message as extras. Annotations of type `file` (openrouter.ai/docs, PDF inputs) are addressed to whoever reads the
 * files, which is the gateway; the others belong to the message.
 */
export const sortAnnotations = (rest: JsonObject): { extras?: Extras } => {
  const all = listOf(rest[key])
  const files = all.filter(isFile)
  if (files.length === 0) return withExtras(rest)
  const others = all.filter((annotation) => !isFile(annotation))
  const { [key]: _, ...fields } = rest
  const own = withExtras(others.length > 0 ? { ...fields, [key]: others } : fields)
  return { extras: { ...own.extras, [gatewayExtras]: { [key]: files } } }
}

/** All annotations of a message, for an upstream that is a gateway itself and reads files as well. */
export const encodeAnnotations = (extras: Extras | undefined): JsonObject => {
  const files = listOf(extras?.[gatewayExtras]?.[key])
  return files.length > 0 ? { [key]: [...listOf(extras?.[dialectName]?.[key]), ...files] } : {}
}

const textOf = (content: Json | undefined): string =>
  listOf(content)
    .map((part) => (isObject(part) && typeof part.text === "string" ? part.text : ""))
    .join("\n")

const readFile = (annotation: Json): ReadFile | undefined => {
  const file = isObject(annotation) ? annotation.file : undefined
  if (!isObject(file) || typeof file.hash !== "string") return undefined
  const text = textOf(file.content)
  const name = typeof file.name === "string" ? file.name : ""
  return text === "" ? undefined : { hash: file.hash, name, text }
}

/** The text of files as OpenRouter's answers carry it, and as its clients send it back. */
export const fileNotes: FileNotes = {
  write: ({ hash, name, text }) => ({
    type: "opaque",
    dialect: dialectName,
    data: { [key]: [{ type: "file", file: { hash, name, content: [{ type: "text", text }] } }] },
    index: 0,
  }),
  read: ({ messages }: ChatRequest) =>
    messages.flatMap(({ extras }) => listOf(extras?.[gatewayExtras]?.[key]).flatMap((raw) => readFile(raw) ?? [])),
}
