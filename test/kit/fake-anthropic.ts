import { isObject, type Json, type JsonObject } from "../../src/contract/index.ts"
import { answers, failures } from "./fake-anthropic/scenarios.ts"
import { validate } from "./fake-anthropic/validate.ts"
import { event, events, message } from "./fake-anthropic/wire.ts"
import { type FakeAnswer, type FakeUpstream, type SeenRequest, startWireServer } from "./wire-server.ts"

/** The text of the last user turn, without tool results; undefined after a tool's answer. */
const lastUserText = (body: JsonObject): string | undefined => {
  const messages = (Array.isArray(body.messages) ? body.messages : []).filter(isObject)
  const content = messages.findLast(({ role }) => role === "user")?.content
  if (typeof content === "string") return content
  const blocks = (Array.isArray(content) ? content : []).filter(isObject)
  return blocks.findLast(({ type }) => type === "text")?.text as string | undefined
}

const pick = <T>(table: Readonly<Record<string, T>>, text: string): T | undefined =>
  Object.entries(table).find(([start]) => text.toLowerCase().startsWith(start))?.[1]

const refuse = (status: number, error: JsonObject, headers: Record<string, string> = {}): FakeAnswer => ({
  status,
  headers: { "request-id": "req_fake", ...headers },
  body: JSON.stringify({ type: "error", error, request_id: "req_fake" } satisfies Json),
})

const hello = { content: [{ type: "text", text: "Hello from the fake, said word by word." }] }

const answer = ({ path, headers, body }: SeenRequest): FakeAnswer => {
  const invalid = (text: string) => refuse(400, { type: "invalid_request_error", message: text })
  if (!path.startsWith("/v1/messages")) return refuse(404, { type: "not_found_error", message: "Not found" })
  const key = headers.get("x-api-key") ?? headers.get("authorization")
  if (!key) return refuse(401, { type: "authentication_error", message: "x-api-key header is required" })
  if (!headers.get("anthropic-version")) return invalid("anthropic-version: header is required")
  const refusal = validate(body)
  if (refusal) return invalid(refusal)
  const text = lastUserText(body) ?? "after tool"
  const failure = pick(failures, text)
  if (failure) return refuse(failure.status, failure.error, failure.headers)
  const model = String(body.model)
  const given = pick(answers, text)?.(body) ?? hello
  const overloaded = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }
  if (text.startsWith("error first") || text.startsWith("error in 200"))
    return body.stream
      ? { events: [event("error", overloaded)], end: "close" }
      : { status: 200, body: JSON.stringify(overloaded) }
  if (!body.stream) return { status: 200, body: JSON.stringify(message(model, given)) }
  const all = events(model, given)
  if (text.startsWith("cut")) return { events: all.slice(0, 6), end: "close" }
  if (text.startsWith("reset")) return { events: all.slice(0, 6), end: "reset" }
  if (text.startsWith("stall")) return { events: all.slice(0, 6), end: "stall" }
  if (text.startsWith("silent")) return { events: [], end: "stall" }
  if (text.startsWith("error later")) return { events: [...all.slice(0, 6), event("error", overloaded)], end: "close" }
  if (text.startsWith("malformed event"))
    return { events: [...all.slice(0, 6), 'event: content_block_delta\ndata: {"type": [\n\n'], end: "close" }
  if (text.startsWith("slow")) return { events: all, end: "close", everyMs: 20 }
  return { events: all, end: "close" }
}

/**
 * A strict stand-in for api.anthropic.com: refuses with 400 what the real one refuses, and answers by the first words of the last user
 * text: text (anything), tool, parallel tools, zero tool, thinking, thinking tool, redacted, json, web search, max tokens, stop sequence,
 * refusal, pause, cache, empty answer; rate limit, spend limit, overloaded, server error, bad key, no money, missing model, overflow, too large,
 * bad request; error first, error in 200, error later, malformed event, cut, reset, stall, silent, slow.
 */
export const startFakeAnthropic = (): FakeUpstream => startWireServer(answer)
