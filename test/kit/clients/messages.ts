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

const marked = (ask: Ask): JsonObject => (ask.cache ? { cache_control: { type: "ephemeral" } } : {})
const budgets = { low: 1024, medium: 2048, high: 4096 } as const

const body = (ask: Ask): JsonObject => ({
  model: ask.model,
  max_tokens: ask.maxTokens ?? 8000,
  ...(ask.system === undefined ? {} : { system: [{ type: "text", text: ask.system, ...marked(ask) }] }),
  messages: [
    {
      role: "user",
      content: [
        ...(ask.png === undefined
          ? []
          : [{ type: "image", source: { type: "base64", media_type: "image/png", data: ask.png } }]),
        ...(ask.pdf === undefined
          ? []
          : [
              {
                type: "document",
                source: { type: "base64", media_type: "application/pdf", data: ask.pdf },
                title: "report.pdf",
              },
            ]),
        { type: "text", text: ask.text, ...marked(ask) },
      ],
    },
    ...(ask.turns ?? []).flatMap(({ said, result }): Json[] => [
      { role: "assistant", content: [...said.turn] },
      {
        role: "user",
        content:
          said.calls.length > 0
            ? said.calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: result }))
            : [{ type: "text", text: result }],
      },
    ]),
  ],
  ...(ask.stream ? { stream: true } : {}),
  ...(ask.tools ? { tools: ask.tools.map(({ name, parameters }) => ({ name, input_schema: parameters })) } : {}),
  ...(ask.schema ? { output_config: { format: { type: "json_schema", schema: ask.schema } } } : {}),
  ...(ask.effort ? { thinking: { type: "enabled", budget_tokens: budgets[ask.effort] } } : {}),
  ...ask.more,
})

const saidIn = (content: readonly JsonObject[], finish: string, usage: JsonObject): Said => {
  const blocks = (type: string) => content.filter((block) => block.type === type)
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = usage
  must(typeof input_tokens === "number" && typeof output_tokens === "number", "usage without its two counts")
  return {
    text: joined(blocks("text").map((block) => block.text)),
    reasoning: joined(blocks("thinking").map(({ thinking }) => thinking)),
    refusal: "",
    calls: blocks("tool_use").map((call) => {
      must(text(call.id) !== "" && text(call.name) !== "" && isObject(call.input), "a call without id, name or input")
      return { id: text(call.id), name: text(call.name), arguments: JSON.stringify(call.input) }
    }),
    finish,
    tokens: {
      input: input_tokens + count(cache_read_input_tokens) + count(cache_creation_input_tokens),
      output: output_tokens,
    },
    cited: blocks("text").flatMap(({ citations }) => list(citations).map(({ url }) => text(url))),
    error: undefined,
    turn: content,
  }
}

const readWhole = (reply: JsonObject): Said => {
  must(reply.type === "message" && reply.role === "assistant", "not a message")
  must(typeof reply.stop_reason === "string", "a message without a stop reason")
  return saidIn(list(reply.content), reply.stop_reason, object(reply.usage))
}

/** A block as its deltas make it; the JSON of a call's input is put together in `json`. */
interface Open {
  block: JsonObject
  json: string
}

/** What a model writes need not be JSON; the SDK then leaves the input as it was. */
const inputOf = (json: string): Json => {
  try {
    return JSON.parse(json) as Json
  } catch {
    return {}
  }
}

const apply = (open: Open, delta: JsonObject): void => {
  const { block } = open
  const append = (key: string, piece: Json | undefined) => {
    block[key] = joined([block[key], piece])
  }
  if (delta.type === "text_delta") append("text", delta.text)
  else if (delta.type === "thinking_delta") append("thinking", delta.thinking)
  else if (delta.type === "signature_delta") block.signature = delta.signature ?? ""
  else if (delta.type === "input_json_delta") open.json += text(delta.partial_json)
  else if (delta.type === "citations_delta") block.citations = [...list(block.citations), object(delta.citation)]
}

const readStream = (stream: string): Said => {
  const events = eventsIn(stream).map(({ name, data }) => {
    const event = parsed(data)
    must(name === event.type, `an event ${String(event.type)} with the name ${name}`)
    return event
  })
  const blocks: JsonObject[] = []
  let open: Open | undefined
  let [usage, finish]: [JsonObject, string | undefined] = [{}, undefined]
  for (const [at, event] of events.entries()) {
    if (event.type === "error") {
      must(at === events.length - 1, "something follows an error")
      const words = text(object(event.error).message)
      must(words !== "", "an error without a message")
      return {
        ...saidIn([], "", { input_tokens: 0, output_tokens: 0 }),
        finish: undefined,
        tokens: undefined,
        error: words,
      }
    }
    if (event.type === "ping") continue
    must((event.type === "message_start") === (at === 0), `${String(event.type)} at place ${at}`)
    if (event.type === "message_start") usage = object(object(event.message).usage)
    else if (event.type === "content_block_start") {
      must(!open, "a block is opened within another one")
      must(event.index === blocks.length, `block ${String(event.index)} at place ${blocks.length}`)
      open = { block: { ...object(event.content_block) }, json: "" }
    } else if (event.type === "content_block_delta") {
      must(open && event.index === blocks.length, "a delta of a block that is not open")
      apply(open, object(event.delta))
    } else if (event.type === "content_block_stop") {
      must(open && event.index === blocks.length, "the end of a block that is not open")
      const { block, json } = open
      blocks.push(json === "" ? block : { ...block, input: inputOf(json) })
      open = undefined
    } else if (event.type === "message_delta") {
      must(!open, "the message ends within a block")
      finish = text(object(event.delta).stop_reason)
      usage = { ...usage, ...object(event.usage) }
    } else if (event.type === "message_stop") must(at === events.length - 1, "something follows message_stop")
    else must(false, `an unknown event ${String(event.type)}`)
  }
  must(events.at(-1)?.type === "message_stop" && finish, "the stream ends without message_stop")
  return saidIn(blocks, finish, usage)
}

/** Claude Code and Anthropic's SDKs. */
export const messagesActor: Client = {
  name: "messages",
  path: () => "/v1/messages?beta=true",
  body,
  readWhole,
  readStream,
  readError(reply) {
    const words = text(object(reply.error).message)
    must(reply.type === "error" && words !== "" && text(object(reply.error).type) !== "", "not an error of this API")
    return words
  },
}
