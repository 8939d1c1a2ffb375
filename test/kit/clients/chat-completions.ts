import { isObject, type JsonObject } from "../../../src/contract/index.ts"
import {
  type Ask,
  type Client,
  count,
  eventsIn,
  joined,
  list,
  must,
  object,
  parsed,
  type Said,
  text,
} from "./client.ts"

const marked = (ask: Ask): JsonObject => (ask.cache ? { cache_control: { type: "ephemeral" } } : {})

const userContent = (ask: Ask): JsonObject["content"] => {
  const { text: words, png, pdf, cache } = ask
  if (png === undefined && pdf === undefined && !cache) return words
  return [
    { type: "text", text: words, ...marked(ask) },
    ...(png === undefined ? [] : [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }]),
    ...(pdf === undefined
      ? []
      : [{ type: "file", file: { filename: "report.pdf", file_data: `data:application/pdf;base64,${pdf}` } }]),
  ]
}

const body = (ask: Ask): JsonObject => ({
  model: ask.model,
  messages: [
    ...(ask.system === undefined
      ? []
      : [{ role: "system", content: ask.cache ? [{ type: "text", text: ask.system, ...marked(ask) }] : ask.system }]),
    { role: "user", content: userContent(ask) ?? "" },
    ...(ask.turns ?? []).flatMap(({ said, result }) => [
      ...said.turn,
      ...(said.calls.length > 0
        ? said.calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: result }))
        : [{ role: "user", content: result }]),
    ]),
  ],
  ...(ask.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  ...(ask.tools ? { tools: ask.tools.map((tool) => ({ type: "function", function: { ...tool } })) } : {}),
  ...(ask.schema
    ? { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: ask.schema } } }
    : {}),
  ...(ask.effort ? { reasoning: { effort: ask.effort } } : {}),
  ...(ask.maxTokens === undefined ? {} : { max_tokens: ask.maxTokens }),
  ...ask.more,
})

const tokensOf = (usage: JsonObject | undefined): Said["tokens"] => {
  if (!usage) return undefined
  must(
    count(usage.total_tokens) === count(usage.prompt_tokens) + count(usage.completion_tokens),
    "the total is not the sum of its parts",
  )
  return { input: count(usage.prompt_tokens), output: count(usage.completion_tokens) }
}

const saidIn = (message: JsonObject, finish: string | undefined, usage: JsonObject | undefined): Said => ({
  text: text(message.content),
  reasoning: text(message.reasoning) || text(message.reasoning_content),
  refusal: text(message.refusal),
  calls: list(message.tool_calls).map((call) => {
    const made = object(call.function)
    must(text(call.id) !== "" && text(made.name) !== "", "a call without id or name")
    must(text(made.arguments) !== "", "a call without arguments")
    return { id: text(call.id), name: text(made.name), arguments: text(made.arguments) }
  }),
  finish,
  tokens: tokensOf(usage),
  cited: list(message.annotations).map((note) => text(object(note.url_citation).url)),
  error: undefined,
  turn: [message],
})

const readWhole = (reply: JsonObject): Said => {
  const [choice = {}] = list(reply.choices)
  must(isObject(choice.message), "a choice without a message")
  must(typeof choice.finish_reason === "string", "a choice without a finish reason")
  return saidIn(choice.message, choice.finish_reason, isObject(reply.usage) ? reply.usage : undefined)
}

/** Entries of one index and kind are one thought, as OpenRouter's SDKs put them together. */
const mergedDetails = (details: readonly JsonObject[]): JsonObject[] => {
  const out: JsonObject[] = []
  for (const detail of details) {
    const at = out.findIndex((other) => other.index === detail.index && other.type === detail.type)
    const known = at < 0 ? undefined : out[at]
    if (!known) out.push(detail)
    else
      out[at] = {
        ...known,
        ...detail,
        ...(known.text === undefined ? {} : { text: joined([known.text, detail.text]) }),
        ...(known.summary === undefined ? {} : { summary: joined([known.summary, detail.summary]) }),
      }
  }
  return out
}

const mergedCalls = (deltas: readonly JsonObject[]): JsonObject[] => {
  const calls: { id: string; name: string; arguments: string }[] = []
  for (const delta of deltas) {
    must(Number.isInteger(delta.index), "a tool call delta without an index")
    const made = object(delta.function)
    const at = count(delta.index)
    if (at === calls.length) {
      must(text(delta.id) !== "" && text(made.name) !== "", "the first delta of a call has no id or name")
      calls.push({ id: text(delta.id), name: text(made.name), arguments: text(made.arguments) })
      continue
    }
    const call = calls[at]
    must(call, `a delta of call ${at}, which was not begun`)
    // Some servers repeat it, some leave it blank; SDKs take it from the first delta.
    must(!delta.id || delta.id === call.id, "a call changes its id")
    call.arguments += text(made.arguments)
  }
  return calls.map(({ id, name, arguments: written }) => ({
    id,
    type: "function",
    function: { name, arguments: written },
  }))
}

const readStream = (stream: string): Said => {
  const events = eventsIn(stream)
  const isDone = events.at(-1)?.data === "[DONE]"
  const chunks = (isDone ? events.slice(0, -1) : events).map(({ data }) => parsed(data))
  const failed = chunks.find((chunk) => chunk.error !== undefined)
  must(failed ? failed === chunks.at(-1) : isDone, "the stream ends neither with [DONE] nor with an error")
  const choices = chunks.flatMap((chunk) => list(chunk.choices)).filter(({ index }) => index === 0)
  const deltas = choices.map(({ delta }) => object(delta))
  const finished = choices.filter(({ finish_reason }) => finish_reason != null)
  must(failed !== undefined || finished.length === 1, `${finished.length} finish reasons`)
  const details = mergedDetails(deltas.flatMap((delta) => list(delta.reasoning_details)))
  const calls = mergedCalls(deltas.flatMap((delta) => list(delta.tool_calls)))
  const message: JsonObject = {
    role: "assistant",
    content: joined(deltas.map(({ content }) => content)),
    ...(deltas.some(({ reasoning }) => reasoning)
      ? { reasoning: joined(deltas.map(({ reasoning }) => reasoning)) }
      : {}),
    ...(details.length > 0 ? { reasoning_details: details } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(deltas.some(({ refusal }) => refusal) ? { refusal: joined(deltas.map(({ refusal }) => refusal)) } : {}),
    ...(deltas.some(({ annotations }) => annotations)
      ? { annotations: deltas.flatMap(({ annotations }) => list(annotations)) }
      : {}),
  }
  if (failed) {
    const words = text(object(failed.error).message)
    must(words !== "", "an error without a message")
    return { ...saidIn({ ...message, tool_calls: [] }, undefined, undefined), error: words }
  }
  const usage = chunks.map((chunk) => chunk.usage).findLast(isObject)
  return saidIn(message, text(finished[0]?.finish_reason), usage)
}

/** OpenRouter's SDKs and agents that speak chat completions. */
export const chatCompletionsActor: Client = {
  name: "chat-completions",
  path: () => "/api/v1/chat/completions",
  body,
  readWhole,
  readStream,
  readError(reply) {
    const words = text(object(reply.error).message)
    must(words !== "", "an error without a message")
    return words
  },
}
