import { isObject, type Json, type JsonObject } from "../../src/contract/index.ts"
import { answers as claudeAnswers } from "./fake-anthropic/scenarios.ts"
import { events, message } from "./fake-anthropic/wire.ts"
import { claudeEvents, claudeMessage, hello, replies, streamReply, wholeReply } from "./fake-bedrock/answers.ts"
import { exceptions, failures } from "./fake-bedrock/failures.ts"
import { chunkFrame, concat, exceptionFrame } from "./fake-bedrock/frames.ts"
import { type KnownKey, signatureProblem } from "./fake-bedrock/signature.ts"
import { converseProblem, invokeProblem } from "./fake-bedrock/validate.ts"

export interface SeenCall {
  readonly path: string
  readonly headers: Headers
  readonly text: string
  readonly body: JsonObject
}

export interface FakeBedrock {
  /** `http://127.0.0.1:PORT`, without a path: all services of the account. */
  readonly url: string
  readonly calls: SeenCall[]
  /** Access keys that are good, by id. */
  readonly keys: Record<string, KnownKey>
  /** Bodies for `invoke` of models other than Claude, by the start of the id. */
  readonly invokes: Record<string, (body: JsonObject) => JsonObject>
  stop(): Promise<void>
}

export const fakeRegion = "eu-central-1"
export const fakeToken = "bedrock-api-key-fake"

const pick = <T>(table: Readonly<Record<string, T>>, text: string): T | undefined =>
  Object.entries(table).find(([start]) => text.toLowerCase().startsWith(start))?.[1]

const textOf = (value: Json | undefined): string | undefined => {
  if (typeof value === "string") return value
  const blocks = (Array.isArray(value) ? value : []).filter(isObject)
  return blocks.findLast((block) => typeof block.text === "string")?.text as string | undefined
}

const lastUserText = (body: JsonObject): string => {
  const messages = (Array.isArray(body.messages) ? body.messages : []).filter(isObject)
  return textOf(messages.findLast(({ role }) => role === "user")?.content) ?? ""
}

const refuse = (status: number, type: string, message: string): Response =>
  new Response(JSON.stringify({ message }), {
    status,
    headers: {
      "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      "x-amzn-requestid": "req-fake",
    },
  })

const frames = (list: readonly Uint8Array[]): Response =>
  new Response(concat(list) as BodyInit, { headers: { "content-type": "application/vnd.amazon.eventstream" } })

/** A stream that an exception ends, or that ends in the middle of a frame, where the words ask for it. */
const broken = (list: readonly Uint8Array[], text: string): Response => {
  const exception = pick(exceptions, text)
  if (exception) return frames([...list.slice(0, 3), exceptionFrame(exception.type, exception.message)])
  if (text.startsWith("cut")) return frames([...list.slice(0, 3), (list[3] as Uint8Array).slice(0, 20)])
  if (text.startsWith("short")) return frames(list.slice(0, 3))
  return frames(list)
}

const converse = (body: JsonObject, model: string, stream: boolean): Response => {
  const problem = converseProblem(body, model)
  if (problem) return refuse(400, "ValidationException", problem)
  const text = lastUserText(body)
  const reply = pick(replies, text) ?? hello
  return stream ? broken(streamReply(reply), text) : Response.json(wholeReply(reply))
}

const dataOf = (event: string): JsonObject => JSON.parse(event.slice(event.indexOf("{"))) as JsonObject

const invokeClaude = (body: JsonObject, stream: boolean): Response => {
  const problem = invokeProblem(body)
  if (problem) return refuse(400, "ValidationException", problem)
  const text = lastUserText(body)
  const given = pick(claudeAnswers, text)?.(body)
  if (given)
    return stream
      ? broken(
          events("claude", given)
            .filter((event) => event.includes("{"))
            .map((event) => chunkFrame(dataOf(event))),
          text,
        )
      : Response.json(message("claude", given))
  const said = "Hello from Claude, said word by word."
  return stream ? broken(claudeEvents(said).map(chunkFrame), text) : Response.json(claudeMessage(said))
}

/**
 * A strict stand-in for the services of one AWS account: checks every signature anew, refuses what Bedrock refuses, and answers by the first
 * words of the last user text (see `fake-bedrock/`).
 */
export const startFakeBedrock = (): FakeBedrock => {
  const calls: SeenCall[] = []
  const keys: Record<string, KnownKey> = { AKIAFAKE: { secret: "wJalrXUtnFEMI/K7MDENG" } }
  const invokes: FakeBedrock["invokes"] = {}
  const authorized = (request: Request, path: string, query: string, body: string): Response | undefined => {
    if (request.headers.get("authorization") === `Bearer ${fakeToken}`) return undefined
    const service = /^\/(?:openai\/)?v1\//.test(path) ? "bedrock-mantle" : "bedrock"
    const signed = { method: request.method, path, query, headers: request.headers, body }
    const problem = signatureProblem(signed, keys, { service, region: fakeRegion })
    if (problem === undefined) return undefined
    return problem.endsWith("Exception")
      ? refuse(403, problem, "The security token included in the request is invalid.")
      : refuse(403, "InvalidSignatureException", problem)
  }
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const url = new URL(request.url)
      const text = await request.text()
      const body = (text === "" ? {} : JSON.parse(text)) as JsonObject
      calls.push({ path: url.pathname, headers: request.headers, text, body })
      const refused = authorized(request, url.pathname, url.search.slice(1), text)
      if (refused) return refused
      const failure = pick(failures, lastUserText(body))
      if (failure) return refuse(failure.status, failure.type, failure.message)
      if (url.pathname.endsWith("/chat/completions")) {
        const message = { role: "assistant", content: "Hello from mantle." }
        const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 }
        return Response.json({
          id: "chatcmpl-1",
          object: "chat.completion",
          model: body.model ?? "",
          choices: [{ index: 0, message, finish_reason: "stop" }],
          usage,
        })
      }
      if (url.pathname === "/rerank")
        return Response.json({
          results: [
            { index: 1, relevanceScore: 0.9 },
            { index: 0, relevanceScore: 0.2 },
          ],
        })
      const [, model = "", operation = ""] = /^\/model\/([^/]+)\/([\w-]+)$/.exec(url.pathname) ?? []
      if (model.includes(":")) return refuse(403, "InvalidSignatureException", "a colon in the path")
      const id = decodeURIComponent(model)
      if (operation === "converse" || operation === "converse-stream")
        return converse(body, id, operation === "converse-stream")
      if (operation === "count-tokens") return Response.json({ inputTokens: 123 })
      if (!operation.startsWith("invoke")) return refuse(404, "UnknownOperationException", "no such operation")
      const other = pick(invokes, id)
      return other
        ? Response.json(other(body), { headers: { "x-amzn-bedrock-input-token-count": "17" } })
        : invokeClaude(body, operation !== "invoke")
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, calls, keys, invokes, stop: () => server.stop(true) }
}
