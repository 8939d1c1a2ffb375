import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { isObject, type JsonObject } from "../../src/contract/json.ts"
import { badRequest, errorBody, type Refusal } from "./fake-openai/refusal.ts"
import { type Quirk, type ReplyContext, streamEvents, wholeReply } from "./fake-openai/reply.ts"
import { choose } from "./fake-openai/scenarios.ts"
import { validateRequest } from "./fake-openai/validate.ts"
import { brokenWhole, pieces, send, writeStream } from "./fake-openai/wire.ts"

export type { Quirk } from "./fake-openai/reply.ts"

export interface FakeOpenAiOptions {
  /** Refuses what api.openai.com would refuse. Default true; false = a lenient server. */
  readonly strict?: boolean
  /** Manners of a server that is only nearly OpenAI's, for every answer. */
  readonly quirks?: readonly Quirk[]
  /** Any other key is answered with 401. Default: every key is right, none is not. */
  readonly apiKey?: string
  /** Answers without a key. Default false. */
  readonly keyless?: boolean
  /** Sends streams in pieces of so many bytes, wherever that cuts. Default: one event a piece. */
  readonly pieceBytes?: number
  /** Waits so long before every event; for load. Default 0. */
  readonly eventDelayMs?: number
  /** Keeps what came in. Default true; false under load, where only the count goes on. */
  readonly record?: boolean
}

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** `performance.now()` when the client went away before the answer was complete. */
  abortedAt?: number
  /** Destroys the socket, after a `stall` for example. */
  readonly cut: () => void
  /** Settles when the answer is over, one way or another. */
  readonly closed: Promise<"finished" | "aborted" | "cut">
}

export interface FakeOpenAi {
  /** With `/v1`, as SDKs and `base_url` want it. */
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  /** Those whose client went away. */
  readonly aborted: readonly RecordedRequest[]
  /** How many requests came, recorded or not. */
  readonly count: number
  /** Resolves with the request number `index`, once it is there. */
  request(index: number): Promise<RecordedRequest>
  stop(): Promise<void>
}

const created = 1_790_000_000

const parseBody = (text: string): JsonObject | undefined => {
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const notJson = badRequest(
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
)

const checkKey = (header: string | undefined, options: FakeOpenAiOptions): Refusal | undefined => {
  const key = /^Bearer (.+)$/.exec(header ?? "")?.[1]
  if (key === undefined)
    return options.keyless
      ? undefined
      : {
          status: 401,
          body: errorBody(
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            "invalid_request_error",
            null,
            null,
          ),
        }
  if (options.apiKey === undefined || options.apiKey === key) return undefined
  return {
    status: 401,
    body: errorBody(
      `Incorrect API key provided: ${key.slice(0, 4)}****. You can find your API key at https://platform.openai.com/account/api-keys.`,
      "invalid_request_error",
      null,
      "invalid_api_key",
    ),
  }
}

/**
 * A strict loopback fake of OpenAI's chat completions. The last user text (`!tools …`) or the model's name (`tools`) chooses what
 * happens; without either it answers as a model would. See `fake-openai/scenarios.ts` for the names.
 */
export const startFakeOpenAi = async (options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> => {
  const requests: RecordedRequest[] = []
  const waiting = new Map<number, (request: RecordedRequest) => void>()
  const cut = new WeakSet<ServerResponse>()
  let count = 0

  const keep = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const closed = Promise.withResolvers<"finished" | "aborted" | "cut">()
    const recorded: RecordedRequest = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body,
      cut: () => {
        cut.add(response)
        response.destroy()
      },
      closed: closed.promise,
    }
    response.once("close", () => {
      if (response.writableFinished) return closed.resolve("finished")
      if (cut.has(response)) return closed.resolve("cut")
      recorded.abortedAt = performance.now()
      closed.resolve("aborted")
    })
    requests.push(recorded)
    waiting.get(requests.length - 1)?.(recorded)
  }

  const respond = async (response: ServerResponse, body: JsonObject, id: string): Promise<void> => {
    const refusal = options.strict === false ? undefined : validateRequest(body)
    if (refusal !== undefined) return send(response, refusal, id)
    const { outcome, quirks } = choose(body)
    if (outcome.kind === "refusal") return send(response, outcome.refusal, id)
    if (outcome.kind === "hang") {
      if (outcome.when === "first-event") {
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" })
        response.flushHeaders()
      }
      return
    }
    const streamOptions = isObject(body.stream_options) ? body.stream_options : {}
    const context: ReplyContext = {
      id: `chatcmpl-${id}`,
      createdSeconds: created,
      model: String(body.model),
      choices: typeof body.n === "number" ? body.n : 1,
      includeUsage: streamOptions.include_usage === true,
      obfuscate: options.strict !== false && streamOptions.include_obfuscation !== false,
      logprobs: body.logprobs === true,
      quirks: new Set([...(options.quirks ?? []), ...quirks]),
    }
    const { reply, mishap } = outcome
    const isStream = body.stream === true
    const whole = isStream ? "" : JSON.stringify(wholeReply(reply, context))
    if (!isStream && mishap === undefined) return send(response, { status: 200, body: whole }, id)
    if (mishap?.kind === "cut") cut.add(response)
    const parts =
      isStream || mishap === undefined
        ? pieces(streamEvents(reply, context), mishap, options.pieceBytes)
        : brokenWhole(whole, mishap)
    const contentType = isStream ? "text/event-stream; charset=utf-8" : "application/json"
    await writeStream(response, parts, mishap, { delayMs: options.eventDelayMs ?? 0, contentType })
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString("utf8")
    const id = `req_${++count}`
    if (options.record !== false) keep(request, response, text)
    const key = checkKey(request.headers.authorization, options)
    if (key !== undefined) return send(response, key, id)
    if (request.method === "GET" && request.url?.endsWith("/models")) {
      const data = [{ id: "gpt-4o-mini", object: "model", created, owned_by: "system" }]
      return send(response, { status: 200, body: JSON.stringify({ object: "list", data }) }, id)
    }
    const path = request.url?.split("?")[0] ?? ""
    if (request.method !== "POST" || !path.endsWith("/chat/completions")) {
      const body = errorBody(`Invalid URL (${request.method} ${path})`, "invalid_request_error", null, null)
      return send(response, { status: 404, body }, id)
    }
    const body = parseBody(text)
    return body === undefined ? send(response, notJson, id) : respond(response, body, id)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A mistake of the test, such as a scenario that does not exist: loud, and no hang.
      if (!response.headersSent) send(response, { status: 500, body: `fake-openai: ${String(error)}` }, "broken")
      else response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    get aborted() {
      return requests.filter((request) => request.abortedAt !== undefined)
    },
    get count() {
      return count
    },
    request(index) {
      const already = requests[index]
      if (already !== undefined) return Promise.resolve(already)
      return new Promise((resolve) => waiting.set(index, resolve))
    },
    stop() {
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
