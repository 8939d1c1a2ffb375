import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"

export interface AskedTool {
  readonly name: string
  readonly parameters: JsonObject
}

/** What a client wants, in no format's words. */
export interface Ask {
  readonly model: string
  readonly stream?: boolean
  readonly system?: string
  readonly text: string
  /** Base64. */
  readonly png?: string
  /** Base64. */
  readonly pdf?: string
  readonly tools?: readonly AskedTool[]
  readonly schema?: JsonObject
  readonly effort?: "low" | "medium" | "high"
  /** A breakpoint of the prompt cache on the system text and on the user's. */
  readonly cache?: boolean
  readonly maxTokens?: number
  /** What was answered so far; `result` answers every call of it, or is what the user says next. */
  readonly turns?: readonly { readonly said: Said; readonly result: string }[]
  /** Fields that nobody knows, and anything else for this format alone. */
  readonly more?: JsonObject
}

export interface SaidCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** An answer, in no format's words. */
export interface Said {
  readonly text: string
  readonly reasoning: string
  /** What the model says in place of an answer that it refuses. */
  readonly refusal: string
  readonly calls: readonly SaidCall[]
  /** In the format's own words; undefined after an error. */
  readonly finish: string | undefined
  readonly tokens: { readonly input: number; readonly output: number } | undefined
  /** URLs. */
  readonly cited: readonly string[]
  /** What the format says where an answer breaks off. */
  readonly error: string | undefined
  /** The assistant's turn as a client of this format sends it back: everything it got, untouched. */
  readonly turn: readonly Json[]
}

/** A client that follows its format to the letter and throws where the answer does not. */
export interface Client {
  readonly name: string
  path(ask: Ask): string
  body(ask: Ask): JsonObject
  readWhole(body: JsonObject): Said
  /** Throws where the stream breaks a rule of its format. */
  readStream(text: string): Said
  /** The message of an error body. Throws where it has another form. */
  readError(body: JsonObject): string
}

export function must(holds: unknown, words: string): asserts holds {
  if (!holds) throw new Error(words)
}

export const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "")
export const count = (value: Json | undefined): number => (typeof value === "number" ? value : 0)

export interface Told {
  readonly name: string | undefined
  readonly data: string
}

/** The events of a stream as the standard reads them: comments left out, nothing unfinished at the end. */
export const eventsIn = (stream: string): Told[] => {
  const lines = stream.replaceAll("\r\n", "\n")
  must(lines === "" || lines.endsWith("\n\n"), `the stream ends within an event: ${JSON.stringify(lines.slice(-80))}`)
  return lines.split("\n\n").flatMap((block) => {
    const fields = block.split("\n").filter((line) => line !== "" && !line.startsWith(":"))
    if (fields.length === 0) return []
    const of = (name: string) =>
      fields.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
    must(of("data").length + of("event").length === fields.length, `a line of no field: ${fields.join("|")}`)
    return [{ name: of("event")[0], data: of("data").join("\n") }]
  })
}

export const parsed = (data: string): JsonObject => {
  const value: unknown = JSON.parse(data)
  must(isObject(value), `an event that is no object: ${data}`)
  return value
}

/** Joins what is there. */
export const joined = (values: readonly (Json | undefined)[]): string => values.map(text).join("")
