import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
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

const body = (ask: Ask): JsonObject => ({
  model: ask.model,
  store: false,
  include: ["reasoning.encrypted_content"],
  ...(ask.system === undefined ? {} : { instructions: ask.system }),
  input: [
    {
      type: "message",
      role: "user",
      content: [
        { type: "input_text", text: ask.text },
        ...(ask.png === undefined
          ? []
          : [{ type: "input_image", image_url: `data:image/png;base64,${ask.png}`, detail: "auto" }]),
        ...(ask.pdf === undefined
          ? []
          : [{ type: "input_file", filename: "report.pdf", file_data: `data:application/pdf;base64,${ask.pdf}` }]),
      ],
    },
    ...(ask.turns ?? []).flatMap(({ said, result }): Json[] => [
      ...said.turn,
      ...(said.calls.length > 0
        ? said.calls.map(({ id }) => ({ type: "function_call_output", call_id: id, output: result }))
        : [{ type: "message", role: "user", content: [{ type: "input_text", text: result }] }]),
    ]),
  ],
  ...(ask.stream ? { stream: true } : {}),
  ...(ask.tools ? { tools: ask.tools.map((tool) => ({ type: "function", strict: false, ...tool })) } : {}),
  ...(ask.schema
    ? { text: { format: { type: "json_schema", name: "answer", strict: true, schema: ask.schema } } }
    : {}),
  ...(ask.effort ? { reasoning: { effort: ask.effort, summary: "auto" } } : {}),
  ...(ask.maxTokens === undefined ? {} : { max_output_tokens: ask.maxTokens }),
  ...(ask.cache ? { prompt_cache_key: "a-session" } : {}),
  ...ask.more,
})

const wordsOf = (item: JsonObject): JsonObject[] => list(item.content)

const saidIn = (output: readonly JsonObject[], response: JsonObject): Said => {
  const items = (type: string) => output.filter((item) => item.type === type)
  const messages = items("message").flatMap(wordsOf)
  const usage = isObject(response.usage) ? response.usage : undefined
  must(
    !usage || count(usage.total_tokens) === count(usage.input_tokens) + count(usage.output_tokens),
    "the total is not the sum of its parts",
  )
  const reason = text(object(response.incomplete_details).reason)
  return {
    text: joined(messages.map((part) => part.text)),
    reasoning: joined(
      items("reasoning").flatMap((item) => [...list(item.summary), ...list(item.content)].map((part) => part.text)),
    ),
    refusal: joined(messages.map((part) => part.refusal)),
    calls: items("function_call").map((call) => {
      must(text(call.call_id) !== "" && text(call.name) !== "", "a call without call_id or name")
      must(text(call.arguments) !== "", "a call without arguments")
      return { id: text(call.call_id), name: text(call.name), arguments: text(call.arguments) }
    }),
    finish: reason || text(response.status),
    tokens: usage && { input: count(usage.input_tokens), output: count(usage.output_tokens) },
    cited: messages.flatMap(({ annotations }) => list(annotations).map(({ url }) => text(url))),
    error: undefined,
    turn: output,
  }
}

const readWhole = (response: JsonObject): Said => {
  must(response.object === "response" && text(response.id) !== "", "not a response")
  must(response.status === "completed" || response.status === "incomplete", `status ${String(response.status)}`)
  return saidIn(list(response.output), response)
}

const readStream = (stream: string): Said => {
  const told = eventsIn(stream)
  if (told.at(-1)?.data === "[DONE]") told.pop()
  const events = told.map(({ name, data }) => {
    const event = parsed(data)
    must(name === undefined || name === event.type, `an event ${String(event.type)} with the name ${name}`)
    return event
  })
  const items: JsonObject[] = []
  const open = new Set<number>()
  for (const [at, { type, output_index, item, sequence_number }] of events.entries()) {
    must(
      sequence_number === undefined || sequence_number === at,
      `event ${at} has the number ${String(sequence_number)}`,
    )
    must((type === "response.created") === (at === 0) || type === "error", `${String(type)} at place ${at}`)
    const place = count(output_index)
    if (type === "response.output_item.added") {
      must(!open.has(place) && items[place] === undefined, `item ${place} is opened twice`)
      open.add(place)
    } else if (type === "response.output_item.done") {
      must(open.delete(place), `item ${place} is done and was not opened`)
      items[place] = object(item)
    } else if (/\.delta$/.test(text(type))) must(open.has(place), `a delta of item ${place}, which is not open`)
    const isLast = /^(?:response\.(?:completed|incomplete|failed)|error)$/.test(text(type))
    must(isLast === (at === events.length - 1), isLast ? `something follows ${String(type)}` : "no last event")
  }
  const last = events.at(-1)
  must(last, "a stream without an event")
  if (last.type === "error" || last.type === "response.failed") {
    const words =
      text(last.message) || text(object(last.error).message) || text(object(object(last.response).error).message)
    must(words !== "", "an error without a message")
    return { ...saidIn([], {}), finish: undefined, tokens: undefined, error: words }
  }
  must(open.size === 0, "items are left open")
  return saidIn(items, object(last.response))
}

/** Codex and OpenAI's SDKs. */
export const responsesActor: Client = {
  name: "responses",
  path: () => "/api/v1/responses",
  body,
  readWhole,
  readStream,
  readError(reply) {
    const words = text(object(reply.error).message)
    must(words !== "", "an error without a message")
    return words
  },
}
