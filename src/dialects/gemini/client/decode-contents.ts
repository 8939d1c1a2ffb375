import { type Content, isObject, type Json, type JsonObject, type Message } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { placed, shortHash } from "../../translate/index.ts"
import { type CallBook, ModelTurn } from "./decode-model-turn.ts"
import { decodePart, partsOf, withExtras } from "./decode-parts.ts"

/**
 * Pairs calls and results. Models before Gemini 3 give calls no ids; Gemini CLI then makes one up for the result alone. Such a result
 * belongs to the oldest open call of its name that has none. Ids are made of order and name, so that prompt caches of other vendors hold.
 */
class Calls implements CallBook {
  #count = 0
  #open: { readonly id: string; readonly name: string; readonly isNamed: boolean }[] = []

  open(name: string, given: string | undefined): string {
    const id = given || this.#newId(name)
    this.#open.push({ id, name, isNamed: Boolean(given) })
    return id
  }

  answer(name: string | undefined, given: string | undefined): string {
    const exact = given ? this.#open.findIndex(({ id }) => id === given) : -1
    const at = exact >= 0 ? exact : this.#open.findIndex((call) => call.name === name && (!given || !call.isNamed))
    const [found] = at < 0 ? [] : this.#open.splice(at, 1)
    return found?.id ?? (given || this.#newId(name ?? ""))
  }

  #newId(name: string): string {
    return `call_${shortHash(`${this.#count++} ${name}`, 12)}`
  }
}

/** Google: with `error` the function failed; without `output` and `error` the whole object is its output. */
const resultText = (response: JsonObject): { readonly text: string; readonly isError?: true } => {
  const keys = Object.keys(response)
  const written = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value))
  if (keys.length === 1 && response.output !== undefined) return { text: written(response.output) }
  if (keys.length === 1 && response.error !== undefined) return { text: written(response.error), isError: true }
  return { text: JSON.stringify(response) }
}

const decodeResponse = (raw: JsonObject, part: Fields, path: string, calls: Calls): Message => {
  const response = new Fields(raw, path)
  const name = response.string("name")
  const callId = calls.answer(name, response.string("id"))
  const { text, isError } = resultText(response.object("response") ?? {})
  const media = partsOf({ parts: response.any("parts") ?? null }, path).map((inner, index) =>
    decodePart(inner, `${path}.parts[${index}]`),
  )
  for (const read of ["thought", "thoughtSignature"]) part.any(read)
  return {
    role: "tool",
    callId,
    ...defined({ name, isError }),
    content: [{ type: "text", text }, ...media.filter((content) => content !== undefined)],
    ...withExtras({ ...part.rest(), ...response.rest() }),
  }
}

type Speaker = "system" | "developer" | "user" | "assistant"

const speakers: Readonly<Record<string, Speaker>> = {
  user: "user",
  function: "user",
  tool: "user",
  model: "assistant",
  assistant: "assistant",
  system: "system",
  developer: "developer",
}

/** Turns of anybody but the model: results of functions are messages of their own. */
const decodeTurn = (
  role: Exclude<Speaker, "assistant">,
  rest: JsonObject,
  parts: JsonObject[],
  path: string,
  calls: Calls,
) => {
  const messages: Message[] = []
  let content: Content[] = []
  const flush = () => {
    if (content.length > 0) messages.push({ role, content, ...withExtras(rest) })
    content = []
  }
  parts.forEach((raw, index) => {
    const place = `${path}.parts[${index}]`
    const part = new Fields(raw, place)
    const response = part.object("functionResponse")
    if (response) {
      flush()
      messages.push(decodeResponse(response, part, `${place}.functionResponse`, calls))
      return
    }
    const decoded = decodePart(raw, place)
    if (decoded) content.push(placed(decoded, place))
  })
  flush()
  if (messages.length === 0) messages.push({ role, content: [], ...withExtras(rest) })
  return messages
}

/** `contents` as messages. A role that nobody knows speaks as the user, and is kept. */
export const decodeContents = (contents: readonly Json[]): Message[] => {
  const messages: Message[] = []
  const calls = new Calls()
  let turn: ModelTurn | undefined
  let rest: JsonObject = {}
  let begun = ""
  const flush = () => {
    if (turn && turn.content.length > 0)
      messages.push(placed({ role: "assistant", content: turn.content, ...withExtras(rest) }, begun))
    turn = undefined
    rest = {}
  }
  contents.forEach((raw, index) => {
    const path = `contents[${index}]`
    if (!isObject(raw) && typeof raw !== "string") throw invalid(path, "must be an object with role and parts")
    const content = new Fields(typeof raw === "string" ? { parts: [{ text: raw }] } : raw, path)
    const role = content.string("role") ?? "user"
    const parts = partsOf({ parts: content.any("parts") ?? null }, path)
    const speaker = speakers[role]
    if (speaker === "assistant") {
      if (!turn) begun = path
      turn ??= new ModelTurn(calls)
      for (const [at, part] of parts.entries()) turn.push(part, `${path}.parts[${at}]`)
      rest = { ...rest, ...content.rest() }
      return
    }
    flush()
    const own = speaker === undefined && role !== "" ? { role, ...content.rest() } : content.rest()
    messages.push(...decodeTurn(speaker ?? "user", own, parts, path, calls).map((message) => placed(message, path)))
  })
  flush()
  return messages
}

/** `systemInstruction`: a content, a list of parts, one part, or a bare text. */
export const decodeSystem = (instruction: Json | undefined): Message[] => {
  if (instruction === undefined || instruction === null || instruction === "") return []
  const path = "systemInstruction"
  const isContent = isObject(instruction) && instruction.parts !== undefined
  if (!isObject(instruction) && !Array.isArray(instruction) && typeof instruction !== "string")
    throw invalid(path, "must be an object with parts")
  const parts = partsOf(isContent ? instruction : { parts: instruction }, path)
  const content = parts
    .map((part, index) => {
      const place = `${path}.parts[${index}]`
      const decoded = decodePart(part, place)
      return decoded && placed(decoded, place)
    })
    .filter((part) => part !== undefined)
  return content.length > 0 ? [placed({ role: "system", content }, path)] : []
}
