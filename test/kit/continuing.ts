import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { isObject, type Json, type JsonObject } from "../../src/contract/index.ts"
import { event as messagesEvent } from "./fake-anthropic/wire.ts"

/** The answer that all of them give; it has spaces and lines wherever it may be cut. */
export const wholeText =
  'First of all: the train to Basel leaves at 7:05.  It stops in Olten,\n\nand in Liestal. Then 🚂 it goes on — as ever — to the border; "mind the gap".'

export type WireFormat = "chat" | "messages" | "gemini"

/** How an answer ends: as it should, or after so many pieces of text. `refuse-begun`: 400 to a conversation that ends with an answer. */
export type Ending = "whole" | "refuse-begun" | `${"close" | "reset" | "stall" | "error" | "garbage"}-${number}`

/** The name of a model that answers so; `mark` makes it another one. */
export const modelOf = (format: WireFormat, ending: Ending, mark = ""): string =>
  `${{ chat: "plain", messages: "claude-sonnet-4-5", gemini: "gemini-2.0-flash" }[format]}~${ending}~${mark}`

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

interface Turn {
  readonly role: string
  readonly text: string
}

const textIn = (content: Json | undefined): string =>
  typeof content === "string"
    ? content
    : list(content)
        .map(({ text }) => (typeof text === "string" ? text : ""))
        .join("")

const turnsOf = (body: JsonObject): Turn[] => [
  ...list(body.messages).map(({ role, content }) => ({ role: String(role), text: textIn(content) })),
  ...list(body.contents).map(({ role, parts }) => ({ role: String(role), text: textIn(parts) })),
]

const isModel = ({ role }: Turn | { role: undefined } = { role: undefined }) => role === "assistant" || role === "model"

/** What is left to say, by how the conversation ends. */
const restOf = (body: JsonObject, text: string): string => {
  const turns = turnsOf(body)
  const last = turns.at(-1)
  const begun = isModel(last) ? last : last?.text.startsWith("Your last message was cut off") ? turns.at(-2) : undefined
  return begun && text.startsWith(begun.text) ? text.slice(begun.text.length) : text
}

const piecesOf = (text: string): string[] => text.match(/.{1,7}/gsu) ?? []

interface Framing {
  begin(model: string): string[]
  piece(text: string, index: number): string
  end(pieces: number): string[]
  error(): string
  garbage: string
}

const sse = (data: JsonObject): string => `data: ${JSON.stringify(data)}\n\n`
const chunk = (delta: JsonObject, finish: string | null = null): string =>
  sse({
    id: "chatcmpl-up",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  })

/** Input tokens that each of them counts. */
export const inputTokens = 20

const framings: Readonly<Record<WireFormat, Framing>> = {
  chat: {
    begin: () => [chunk({ role: "assistant", content: "" })],
    piece: (text) => chunk({ content: text }),
    end: (pieces) => [
      chunk({}, "stop"),
      sse({
        id: "chatcmpl-up",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [],
        usage: { prompt_tokens: inputTokens, completion_tokens: pieces, total_tokens: inputTokens + pieces },
      }),
      "data: [DONE]\n\n",
    ],
    error: () => sse({ error: { message: "The server had an error", type: "server_error", code: null } }),
    garbage: 'data: {"id": "chatcmpl-up", "choi\n\n',
  },
  messages: {
    begin: (model) => [
      messagesEvent("message_start", {
        message: {
          id: "msg_up",
          type: "message",
          role: "assistant",
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: inputTokens, output_tokens: 1 },
        },
      }),
      messagesEvent("ping"),
      messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ],
    piece: (text) => messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    end: (pieces) => [
      messagesEvent("content_block_stop", { index: 0 }),
      messagesEvent("message_delta", {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: pieces },
      }),
      messagesEvent("message_stop"),
    ],
    error: () => messagesEvent("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
    garbage: 'event: content_block_delta\ndata: {"type": [\n\n',
  },
  gemini: {
    begin: () => [],
    piece: (text, index) =>
      sse({
        candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0 }],
        usageMetadata: { promptTokenCount: inputTokens, candidatesTokenCount: index + 1 },
        modelVersion: "m",
        responseId: "resp_up",
      }),
    end: (pieces) => [
      sse({
        candidates: [{ content: { role: "model", parts: [{ text: "" }] }, index: 0, finishReason: "STOP" }],
        usageMetadata: {
          promptTokenCount: inputTokens,
          candidatesTokenCount: pieces,
          totalTokenCount: inputTokens + pieces,
        },
        modelVersion: "m",
        responseId: "resp_up",
      }),
    ],
    error: () => sse({ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }),
    garbage: 'data: {"candidates": [\n\n',
  },
}

const formatOf = (path: string): WireFormat =>
  path.startsWith("/v1/messages") ? "messages" : path.startsWith("/v1beta/") ? "gemini" : "chat"

const nameOf = ({ path, body }: SeenRequest): string =>
  decodeURIComponent(/\/models\/([^:]+):/.exec(path)?.[1] ?? String(body.model))

const refusesBegun = (seen: SeenRequest): boolean =>
  nameOf(seen).split("~")[1] === "refuse-begun" && isModel(turnsOf(seen.body).at(-1))

interface Script {
  readonly events: readonly string[]
  /** `close`: the body ends. `reset`: the connection breaks. `stall`: nothing more comes until the client leaves. */
  readonly end: "close" | "reset" | "stall"
}

const scriptOf = (seen: SeenRequest, text: string): Script => {
  const format = formatOf(seen.path)
  const framing = framings[format]
  const name = nameOf(seen)
  const [how, after] = (name.split("~")[1] ?? "whole").split("-")
  const pieces = piecesOf(restOf(seen.body, text))
  const said = after === undefined || how === "refuse" ? pieces : pieces.slice(0, Number(after))
  const events = [...framing.begin(name), ...said.map(framing.piece)]
  switch (how) {
    case "whole":
    case "refuse":
      return { events: [...events, ...framing.end(said.length)], end: "close" }
    case "reset":
    case "stall":
      return { events, end: how }
    case "error":
      return { events: [...events, framing.error()], end: "close" }
    case "garbage":
      return { events: [...events, framing.garbage, framing.piece("lost", 0)], end: "close" }
    default:
      return { events, end: "close" }
  }
}

export interface SeenRequest {
  readonly path: string
  readonly body: JsonObject
  /** Settles when the answer is over, or its client has left. */
  readonly closed: Promise<"finished" | "aborted">
}

export interface ContinuingUpstream {
  /** Without a path. */
  readonly url: string
  readonly requests: readonly SeenRequest[]
  stop(): Promise<void>
}

/**
 * Upstreams of all formats at one address (`/v1` for chat completions), which say `wholeText` and break off as their model's name wants. One
 * that is given the beginning of it goes on from there, like a model that is continued. `before` may hold an answer back.
 */
export const startContinuing = async (
  text = wholeText,
  before?: (seen: SeenRequest) => Promise<unknown> | undefined,
): Promise<ContinuingUpstream> => {
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    let received = ""
    const closed = Promise.withResolvers<"finished" | "aborted">()
    response.on("close", () => closed.resolve(response.writableFinished ? "finished" : "aborted"))
    request.on("data", (bytes: Buffer) => {
      received += bytes.toString("utf8")
    })
    request.on("end", async () => {
      const body = JSON.parse(received) as JsonObject
      const seen = { path: request.url ?? "", body, closed: closed.promise }
      requests.push(seen)
      await before?.(seen)
      if (refusesBegun(seen)) {
        const error = { type: "invalid_request_error", message: "The conversation must end with a user message." }
        response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ type: "error", error }))
        return
      }
      const { events, end } = scriptOf(seen, text)
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.flushHeaders()
      for (const event of events) await new Promise((resolve) => response.write(event, resolve))
      if (end === "close") response.end()
      // What was written must arrive before the connection breaks.
      else if (end === "reset") setTimeout(() => response.destroy(), 20)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** An entry of `providers:` for one format of that server. */
export const continuingProvider = (
  id: string,
  format: WireFormat,
  url: string,
  models: readonly { readonly id: string; readonly upstream: string }[],
  more: JsonObject = {},
): JsonObject => ({
  id,
  plugin: { chat: "openai-compatible", messages: "anthropic", gemini: "google" }[format],
  base_url: format === "chat" ? `${url}/v1` : url,
  api_key: `key-of-${id}`,
  models: models.map((model) => ({ ...model, price: { input: 1, output: 2 } })),
  ...more,
})
