import { isObject, type JsonObject } from "../contract/index.ts"
import { elementsAt, memberOf, objectAt, patchObject, topLevel, valueText } from "../dialects/json-text/index.ts"

/** An answer with what it answers. Texts, because what is sent on must be spelled as it came. */
export interface KeptResponse {
  readonly id: string
  readonly keyId: string
  /** Milliseconds UTC. */
  readonly createdAt: number
  /** The answer that this one goes on with. */
  readonly previousId?: string
  /** The items of this turn's own input as a JSON array. */
  readonly input: string
  /** The response object as JSON. */
  readonly response: string
  /** While it is made in the background: until when whoever makes it has promised to say more. */
  readonly aliveUntil?: number
  /** Characters of both texts, about, where that is known without looking for the input. */
  readonly characters?: number
}

export interface KeptBody {
  readonly input: string
  readonly response: string
}

/** What `responses.body` holds. */
export const packBody = ({ input, response }: KeptBody): Promise<Uint8Array> =>
  Bun.zstdCompress(`{"input":${input},"response":${response}}`, { level: 1 })

export const unpackBody = async (stored: Uint8Array): Promise<KeptBody> => {
  const text = new TextDecoder().decode(await Bun.zstdDecompress(stored as Uint8Array<ArrayBuffer>))
  const span = objectAt(text)
  const [input, response] = [memberOf(span, "input"), memberOf(span, "response")]
  if (!input || !response) throw new Error("a stored response cannot be read")
  return { input: valueText(text, input), response: valueText(text, response) }
}

/** A body's `input` as items: a text is what a user says. */
export const inputItems = (body: string): string => {
  const member = memberOf(topLevel(body), "input")
  if (!member) return "[]"
  const value = valueText(body, member)
  return value.startsWith('"') ? `[${userMessage(value)}]` : value
}

const userMessage = (text: string): string => `{"type":"message","role":"user","content":${text}}`

/** The items of a JSON array, one text each. In `input`, a bare text stands for what a user says. */
export const itemTexts = (list: string): readonly string[] =>
  (elementsAt(list, 0) ?? []).map(({ start, end }) => {
    const item = list.slice(start, end)
    return item.startsWith('"') ? userMessage(item) : item
  })

export const outputTexts = (response: string): readonly string[] => {
  const member = memberOf(objectAt(response), "output")
  return member ? itemTexts(valueText(response, member)) : []
}

/** The text of one of an item's fields, without its quotes. */
export const wordOf = (item: string, key: string): string | undefined => {
  const member = memberOf(objectAt(item), key)
  return member && item[member.valueStart] === '"' ? (JSON.parse(valueText(item, member)) as string) : undefined
}

/** Items whose ids mean nothing to an upstream that stores nothing; reasoning is void without its own, and some tools' items demand theirs. */
const idless: ReadonlySet<string | undefined> = new Set([
  "message",
  "function_call",
  "custom_tool_call",
  "function_call_output",
  "custom_tool_call_output",
])

/** An item of the output as it is said again in an input. */
export const repeated = (item: string): string => {
  const span = objectAt(item)
  if (!span || !idless.has(wordOf(item, "type"))) return item
  return patchObject(item, span, new Map([["id", undefined]]))
}

/** The random part of a response's id, which the ids of its items have as well. */
const randomPart = (id: string): string => id.replace(/^[a-z]+_/, "")

/** The id of an item of the input, which had none. */
export const inputItemId = (responseId: string, item: string, index: number): string => {
  const type = wordOf(item, "type") ?? "message"
  const prefix = type === "message" ? "msg" : type === "reasoning" ? "rs" : type.endsWith("_output") ? "fco" : "item"
  return `${prefix}_${randomPart(responseId)}in${index}`
}

/** Which response an item's id belongs to, where the gateway made it. */
export const responseOfItem = (itemId: string): string | undefined => {
  const random = /^[a-z]+_([A-Za-z0-9]{24})(?:in)?\d{1,5}$/.exec(itemId)?.[1]
  return random === undefined ? undefined : `resp_${random}`
}

/** An item of this turn, of either side. */
export const itemOf = (kept: KeptResponse, itemId: string): string | undefined => {
  const said = outputTexts(kept.response).find((item) => wordOf(item, "id") === itemId)
  if (said !== undefined) return repeated(said)
  return itemTexts(kept.input).find(
    (item, index) => (wordOf(item, "id") ?? inputItemId(kept.id, item, index)) === itemId,
  )
}

/** The ids in an output that do not say themselves whose they are. */
export const foreignIds = ({ id, response }: KeptResponse): readonly string[] =>
  outputTexts(response).flatMap((item) => {
    const own = wordOf(item, "id")
    return own === undefined || responseOfItem(own) === id ? [] : [own]
  })

/** An item of an input as lists show it: with an id, and with its text as a part. */
export const listedItem = (responseId: string, item: string, index: number): JsonObject => {
  const parsed: unknown = JSON.parse(item)
  const fields = isObject(parsed) ? parsed : {}
  const type = typeof fields.type === "string" ? fields.type : "message"
  const listed: JsonObject = { ...fields, type, id: wordOf(item, "id") ?? inputItemId(responseId, item, index) }
  if (type !== "message") return listed
  const kind = fields.role === "assistant" ? "output_text" : "input_text"
  const { content } = fields
  return {
    ...listed,
    status: typeof fields.status === "string" ? fields.status : "completed",
    content:
      typeof content === "string"
        ? [{ type: kind, text: content, ...(kind === "output_text" ? { annotations: [] } : {}) }]
        : (content ?? []),
  }
}
