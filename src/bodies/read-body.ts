import { isObject, type Json } from "../contract/index.ts"
import type { KeptBody } from "./types.ts"

/** A kept prompt and answer as people read them, whatever format the client spoke. */
export interface Readable {
  readonly input: { readonly prompt: string } | { readonly messages: readonly Json[] }
  /** Null: there was none. */
  readonly completion: string | null
  readonly reasoning: string | null
}

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Where the formats have the conversation; one that was cut is shown as the text that is left. */
function inputOf({ request }: KeptBody): Readable["input"] {
  const body = parse(request)
  if (!isObject(body)) return { prompt: request }
  const messages = body.messages ?? body.contents ?? body.input ?? body.prompt
  const before = body.system ?? body.instructions ?? body.systemInstruction
  const system: Json[] = before === undefined || before === null ? [] : [{ role: "system", content: before }]
  if (Array.isArray(messages) && !messages.every((one) => typeof one === "string" || typeof one === "number"))
    return { messages: [...system, ...messages] }
  if (typeof messages !== "string") return { prompt: messages === undefined ? request : JSON.stringify(messages) }
  return system.length === 0 ? { prompt: messages } : { messages: [...system, { role: "user", content: messages }] }
}

class Collected {
  text = ""
  reasoning = ""

  add(value: Json | undefined, isReasoning = false): void {
    if (typeof value !== "string") return
    if (isReasoning) this.reasoning += value
    else this.text += value
  }
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
const member = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined)

/** A part of a list of content, in any of the formats. */
function addPart(found: Collected, part: Json): void {
  if (!isObject(part)) return
  if (part.type === "thinking") found.add(part.thinking, true)
  else if (part.type === "reasoning") {
    for (const piece of [...list(part.summary), ...list(part.content)]) found.add(member(piece, "text"), true)
  } else if (part.type === "message") for (const piece of list(part.content)) addPart(found, piece)
  else found.add(part.text ?? part.refusal, part.thought === true)
}

/** One whole answer, or one event of a stream: formats use other names for the pieces, so that all can be looked for at once. */
function addEvent(found: Collected, event: Json): void {
  if (!isObject(event)) return
  const [choice] = list(event.choices)
  const said = member(choice, "message") ?? member(choice, "delta")
  const content = member(said, "content")
  found.add(content)
  for (const part of list(content)) addPart(found, part)
  found.add(member(said, "reasoning") ?? member(said, "reasoning_content"), true)
  found.add(member(choice, "text"))
  for (const part of list(member(member(list(event.candidates)[0], "content"), "parts"))) addPart(found, part)
  for (const part of [...list(event.content), ...list(event.output)]) addPart(found, part)
  if (event.type === "content_block_delta") {
    found.add(member(event.delta, "text"))
    found.add(member(event.delta, "thinking"), true)
  } else if (event.type === "response.output_text.delta") found.add(event.delta)
  else if (event.type === "response.reasoning_text.delta" || event.type === "response.reasoning_summary_text.delta")
    found.add(event.delta, true)
}

export function readBody(body: KeptBody): Readable {
  const found = new Collected()
  if (body.streamed) {
    for (const line of body.answer.split("\n")) {
      const event = line.startsWith("data:") ? parse(line.slice("data:".length)) : undefined
      if (event !== undefined) addEvent(found, event)
    }
  } else {
    const whole = parse(body.answer)
    if (whole !== undefined) addEvent(found, whole)
    else found.add(body.answer)
  }
  return {
    input: inputOf(body),
    completion: found.text === "" ? null : found.text,
    reasoning: found.reasoning === "" ? null : found.reasoning,
  }
}
