import { isObject, type Json, type JsonObject } from "../../../src/contract/json.ts"
import { type Refusal, refusals } from "./refusal.ts"
import { type FakeCall, type FakeReply, type FakeUsage, type Quirk, quirkNames } from "./reply.ts"
import { sampleOf } from "./sample.ts"

/** What happens to the stream of a reply on its way. */
export interface Mishap {
  /** `cut` destroys the socket, `stall` says nothing more, `inject` writes `text` there and ends. */
  readonly kind: "cut" | "stall" | "inject"
  /** How many events pass before. */
  readonly after: number
  readonly text?: string
}

export type Outcome =
  | { readonly kind: "reply"; readonly reply: FakeReply; readonly mishap?: Mishap }
  | { readonly kind: "refusal"; readonly refusal: Refusal }
  | { readonly kind: "hang"; readonly when: "headers" | "first-event" }

export interface Chosen {
  readonly outcome: Outcome
  readonly quirks: readonly Quirk[]
}

const textOf = (content: Json | undefined): string => {
  if (typeof content === "string") return content
  if (!Array.isArray(content)) return ""
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("")
}

const messagesOf = (body: JsonObject): readonly JsonObject[] =>
  Array.isArray(body.messages) ? body.messages.filter(isObject) : []

const lastText = (body: JsonObject, role: string): string =>
  textOf(messagesOf(body).findLast((message) => message.role === role)?.content)

const words = (text: string): string[] => text.match(/\s*\S+/g) ?? []

const promptTokens = (body: JsonObject): number =>
  messagesOf(body).reduce((sum, message) => sum + 4 + words(textOf(message.content)).length, 3)

const textReply = (body: JsonObject, content: readonly string[], usage: Partial<FakeUsage> = {}): FakeReply => ({
  content,
  finish: "stop",
  usage: { prompt: promptTokens(body), completion: content.length, ...usage },
})

const callsReply = (body: JsonObject, calls: readonly FakeCall[]): FakeReply => ({
  calls,
  finish: "tool_calls",
  usage: { prompt: promptTokens(body), completion: 20 * calls.length },
})

const weather = (id: string, city: string): FakeCall => ({
  id,
  name: "get_weather",
  arguments: ['{"ci', `ty":"${city}`, '","unit":"', 'celsius"}'],
})

const plain = (reply: FakeReply, mishap?: Mishap): Outcome => ({
  kind: "reply",
  reply,
  ...(mishap === undefined ? {} : { mishap }),
})

const long = (body: JsonObject, count: number): FakeReply =>
  textReply(
    body,
    Array.from({ length: count }, (_, index) => `w${index} `),
  )

const streamError = `data: ${JSON.stringify({
  error: {
    message: "The server had an error while processing your request. Sorry about that!",
    type: "server_error",
    param: null,
    code: null,
  },
})}\n\n`

/** By name; `-N` behind a name is its argument. */
const scenarios: Readonly<Record<string, (body: JsonObject, argument: number | undefined) => Outcome>> = {
  text: (body) => plain(textReply(body, ["Hello", ",", " world", "!"])),
  stream: (body, count = 200) => plain(long(body, count)),
  big: (body, bytes = 1_000_000) => plain(textReply(body, ["x".repeat(bytes)])),
  unicode: (body) => plain(textReply(body, ["Grüße ", "aus ", "Köln ", "👩‍🚀", " 日本"])),
  empty: (body) => plain(textReply(body, [])),
  length: (body) => plain({ ...textReply(body, ["Cut", " off"]), finish: "length" }),
  "content-filter": (body) => plain({ ...textReply(body, ["I"]), finish: "content_filter" }),
  tools: (body) => plain(callsReply(body, [weather("call_weather_1", "Köln")])),
  "parallel-tools": (body) =>
    plain(callsReply(body, [weather("call_weather_1", "Köln"), weather("call_weather_2", "Oslo")])),
  "zero-argument-tool": (body) => plain(callsReply(body, [{ id: "call_now_1", name: "get_time", arguments: [] }])),
  reasoning: (body) =>
    plain({
      ...textReply(body, ["The", " answer", " is", " 4."], { reasoning: 3, completion: 7 }),
      reasoning: ["Two", " and", " two"],
    }),
  "reasoning-field": (body) =>
    plain({
      ...textReply(body, ["4."], { reasoning: 1, completion: 2 }),
      reasoning: ["Sum"],
      reasoningField: "reasoning",
    }),
  "thinking-tool": (body) =>
    plain({
      ...callsReply(body, [weather("call_weather_1", "Köln")]),
      details: [
        {
          type: "reasoning.text",
          text: "The user wants the weather.",
          signature: "c2lnLXRvb2w=",
          format: "anthropic-claude-v1",
          index: 0,
        },
      ],
    }),
  "think-tags": (body) => plain(textReply(body, ["<th", "ink>Two and", " two</th", "ink>\n\n", "4."])),
  "usage-details": (body) =>
    plain(
      textReply(body, ["ok"], {
        prompt: 1200,
        completion: 300,
        cached: 1024,
        reasoning: 256,
        audioIn: 40,
        audioOut: 20,
      }),
    ),
  refusal: (body) =>
    plain({
      refusal: ["I'm sorry,", " I can't", " help with that."],
      finish: "stop",
      usage: { prompt: promptTokens(body), completion: 9 },
    }),
  annotations: (body) =>
    plain({
      ...textReply(body, ["See", " here"]),
      annotations: [
        {
          type: "url_citation",
          url_citation: { url: "https://example.com/", title: "Example", start_index: 4, end_index: 8 },
        },
      ],
    }),
  "hang-headers": () => ({ kind: "hang", when: "headers" }),
  "hang-first-event": () => ({ kind: "hang", when: "first-event" }),
  stall: (body, after = 4) => plain(long(body, 50), { kind: "stall", after }),
  cut: (body, after = 4) => plain(long(body, 50), { kind: "cut", after }),
  "cut-before-first": (body) => plain(long(body, 50), { kind: "cut", after: 0 }),
  "error-in-200": () => ({
    kind: "refusal",
    refusal: { status: 200, body: JSON.stringify({ error: "Unexpected endpoint or method." }) },
  }),
  "error-object-in-200": () => ({
    kind: "refusal",
    refusal: { status: 200, body: JSON.stringify({ error: { message: "Provider returned error", code: 502 } }) },
  }),
  "error-first-event": (body) => plain(long(body, 50), { kind: "inject", after: 0, text: streamError }),
  "error-mid-stream": (body, after = 4) => plain(long(body, 50), { kind: "inject", after, text: streamError }),
  "malformed-event": (body) => plain(long(body, 50), { kind: "inject", after: 4, text: 'data: {"choices": [{\n\n' }),
}

const find = (name: string, body: JsonObject): Outcome | undefined => {
  if (Object.hasOwn(scenarios, name)) return scenarios[name]?.(body, undefined)
  const refusal = refusals[name]
  if (refusal !== undefined) return { kind: "refusal", refusal }
  const match = /^(.+)-(\d+)$/.exec(name)
  const base = match?.[1]
  return base !== undefined && Object.hasOwn(scenarios, base) ? scenarios[base]?.(body, Number(match?.[2])) : undefined
}

const callFor = (body: JsonObject): FakeReply | undefined => {
  const choice = body.tool_choice
  const tools = Array.isArray(body.tools) ? body.tools.filter(isObject) : []
  const functions = tools.map((tool) => tool.function).filter(isObject)
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined
  if (named === undefined && choice !== "required") return undefined
  const target = functions.find(({ name }) => name === named) ?? functions[0]
  if (target === undefined) return undefined
  const written = JSON.stringify(sampleOf(target.parameters))
  return callsReply(body, [{ id: "call_asked_1", name: String(target.name), arguments: [written] }])
}

/** Without a scenario: does what was asked for, as a model would. */
const answer = (body: JsonObject): Outcome => {
  const last = messagesOf(body).at(-1)
  if (last?.role === "tool") return plain(textReply(body, words(`The tool said: ${textOf(last.content)}`)))
  const call = callFor(body)
  if (call !== undefined) return plain(call)
  const format = isObject(body.response_format) ? body.response_format : {}
  if (format.type === "json_schema" && isObject(format.json_schema))
    return plain(textReply(body, [JSON.stringify(sampleOf(format.json_schema.schema))]))
  if (format.type === "json_object") return plain(textReply(body, ['{"ok":', "true}"]))
  return plain(textReply(body, words(`You said: ${lastText(body, "user")}`)))
}

const isQuirk = (name: string): name is Quirk => (quirkNames as readonly string[]).includes(name)

/** `!name+quirk+quirk …` at the start of the last user text, or `name+quirk` as the model, chooses what happens. */
export const choose = (body: JsonObject): Chosen => {
  const inText = /^!(\S+)/.exec(lastText(body, "user"))?.[1]
  const inModel = String(body.model).split("/").at(-1) ?? ""
  for (const choice of [inText, inModel]) {
    if (choice === undefined) continue
    const [name = "", ...quirks] = choice.split("+")
    const outcome = find(name, body)
    if (outcome !== undefined) return { outcome, quirks: quirks.filter(isQuirk) }
    if (choice === inText) throw new Error(`the fake has no scenario ${name}`)
  }
  return { outcome: answer(body), quirks: [] }
}
