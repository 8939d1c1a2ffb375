import { isObject, type Json, type JsonObject } from "../../src/contract/index.ts"
import { type Answer, answers, failures } from "./fake-openai-responses/answers.ts"
import { validate } from "./fake-openai-responses/validate.ts"
import { eventsOf, eventText, whole } from "./fake-openai-responses/wire.ts"
import { type FakeAnswer, type FakeUpstream, type SeenRequest, startWireServer } from "./wire-server.ts"

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The text of the last user message; undefined after a tool's output. */
const lastUserText = ({ input }: JsonObject): string | undefined => {
  if (typeof input === "string") return input
  const last = list(input).at(-1)
  if (last?.role !== "user") return undefined
  if (typeof last.content === "string") return last.content
  return list(last.content).findLast(({ type }) => type === "input_text")?.text as string | undefined
}

const pick = <T>(table: Readonly<Record<string, T>>, text: string): T | undefined =>
  Object.entries(table).find(([start]) => text.toLowerCase().startsWith(start))?.[1]

const hello: Answer = {
  output: [
    {
      id: "msg_fake0",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Hello from the fake, said in pieces.", annotations: [], logprobs: [] }],
    },
  ],
}

const overloaded = { code: "server_is_overloaded", message: "Our servers are currently overloaded." }
const failed = eventText({ type: "response.failed", response: { status: "failed", error: overloaded, usage: null } })

const answer = ({ path, headers, body }: SeenRequest): FakeAnswer => {
  const refuse = (status: number, error: object): FakeAnswer => ({ status, body: JSON.stringify({ error }) })
  if (!path.endsWith("/responses")) return refuse(404, { message: `Invalid URL (POST ${path})` })
  if (!headers.get("authorization")) return refuse(401, { message: "Missing bearer authentication in header" })
  const refusal = validate(body)
  if (refusal) return refuse(400, { type: "invalid_request_error", ...refusal })
  const text = lastUserText(body) ?? "after tool"
  const failure = pick(failures, text)
  if (failure) return { status: failure.status, headers: failure.headers, body: JSON.stringify(failure.body) }
  const model = String(body.model)
  const given = pick(answers, text)?.(body) ?? hello
  const early = text.startsWith("error first") || text.startsWith("error in 200")
  if (!body.stream) {
    const broken = { ...whole(model, { output: [] }), status: "failed", error: overloaded }
    return { status: 200, body: JSON.stringify(early ? broken : whole(model, given)) }
  }
  if (early) return { events: [failed], end: "close" }
  const all = eventsOf(model, given)
  if (text.startsWith("cut")) return { events: all.slice(0, 6), end: "close" }
  if (text.startsWith("reset")) return { events: all.slice(0, 6), end: "reset" }
  if (text.startsWith("stall")) return { events: all.slice(0, 6), end: "stall" }
  if (text.startsWith("error later")) return { events: [...all.slice(0, 6), failed], end: "close" }
  if (text.startsWith("malformed event")) return { events: [...all.slice(0, 6), 'data: {"type": [\n\n'], end: "close" }
  return { events: all, end: "close" }
}

/**
 * A strict stand-in for OpenAI's `/v1/responses`: refuses what the real one refuses, stored answers as well, and answers by the first words
 * of the last user text: text (anything), tool, parallel tools, zero tool, thinking, thinking tool, json, web search, max tokens, safety,
 * empty answer, cache; rate limit, no money, overloaded, server error, bad key, forbidden, missing model, overflow, bad request; error
 * first, error in 200, error later, malformed event, cut, reset, stall.
 */
export const startFakeOpenAiResponses = (): FakeUpstream => startWireServer(answer)
