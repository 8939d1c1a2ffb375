import { isObject, type JsonObject } from "../../src/contract/index.ts"
import { type Answer, answers, failures } from "./fake-cohere/scenarios.ts"
import { type Refusal, validateChat, validateEmbed, validateRerank } from "./fake-cohere/validate.ts"
import { type FakeAnswer, type FakeUpstream, type SeenRequest, startWireServer } from "./wire-server.ts"

const lastUserText = (body: JsonObject): string => {
  const messages = (Array.isArray(body.messages) ? body.messages : []).filter(isObject)
  if (messages.at(-1)?.role === "tool") return "after tool"
  const content = messages.findLast(({ role }) => role === "user")?.content
  if (typeof content === "string") return content
  const parts = (Array.isArray(content) ? content : []).filter(isObject)
  return String(parts.findLast(({ type }) => type === "text")?.text ?? "after image")
}

const pick = <T>(table: Readonly<Record<string, T>>, text: string): T | undefined =>
  Object.entries(table).find(([start]) => text.toLowerCase().startsWith(start))?.[1]

const usual: JsonObject = {
  billed_units: { input_tokens: 10, output_tokens: 8 },
  tokens: { input_tokens: 75, output_tokens: 10 },
}

const contentOf = ({ thinking, text }: Answer): JsonObject[] => [
  ...(thinking === undefined ? [] : [{ type: "thinking", thinking }]),
  ...(text === undefined ? [] : [{ type: "text", text }]),
]

const callOf = ({ id, name, arguments: args }: NonNullable<Answer["calls"]>[number]): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: args },
})

const whole = (answer: Answer): JsonObject => {
  const content = contentOf(answer)
  return {
    id: "chat_fake",
    finish_reason: answer.finish ?? "COMPLETE",
    message: {
      role: "assistant",
      ...(content.length === 0 ? {} : { content }),
      ...(answer.plan === undefined ? {} : { tool_plan: answer.plan }),
      ...(answer.calls === undefined ? {} : { tool_calls: answer.calls.map(callOf) }),
      ...(answer.citations === undefined ? {} : { citations: [...answer.citations] }),
    },
    usage: { ...usual, ...answer.usage },
  }
}

const pieces = (text: string): string[] => text.match(/.{1,7}/gsu) ?? []

const event = (type: string, fields: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

const eventsOf = (answer: Answer): string[] => {
  const out = [
    event("message-start", {
      id: "chat_fake",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
    }),
  ]
  const say = (type: string, index: number | undefined, message: JsonObject) =>
    out.push(event(type, { ...(index === undefined ? {} : { index }), delta: { message } }))
  contentOf(answer).forEach((content, index) => {
    const key = content.type === "thinking" ? "thinking" : "text"
    say("content-start", index, { content: { type: key, [key]: "" } })
    for (const piece of pieces(String(content[key]))) say("content-delta", index, { content: { [key]: piece } })
    if (key === "text")
      answer.citations?.forEach((citation, at) => {
        say("citation-start", at, { citations: citation })
        out.push(event("citation-end", { index: at }))
      })
    out.push(event("content-end", { index }))
  })
  for (const piece of pieces(answer.plan ?? "")) say("tool-plan-delta", undefined, { tool_plan: piece })
  answer.calls?.forEach((call, index) => {
    say("tool-call-start", index, { tool_calls: { ...callOf({ ...call, arguments: "" }) } })
    for (const piece of pieces(call.arguments))
      say("tool-call-delta", index, { tool_calls: { function: { arguments: piece } } })
    out.push(event("tool-call-end", { index }))
  })
  const { finish_reason = null, usage = null } = whole(answer)
  out.push(event("message-end", { delta: { finish_reason, usage } }))
  return out
}

const chat = (body: JsonObject): FakeAnswer => {
  const text = lastUserText(body)
  const failure = pick(failures, text)
  if (failure) return { status: failure.status, body: JSON.stringify(failure.body) }
  const given = pick(answers, text)?.(body) ?? { text: "Hello from the fake, said in pieces." }
  if (!body.stream) return { status: 200, body: JSON.stringify(whole(given)) }
  const events = eventsOf(given)
  if (text.startsWith("cut")) return { events: events.slice(0, 4), end: "close" }
  if (text.startsWith("malformed event"))
    return { events: [...events.slice(0, 4), 'data: {"type": [\n\n'], end: "close" }
  if (text.startsWith("stall")) return { events: events.slice(0, 4), end: "stall" }
  if (text.startsWith("reset")) return { events: events.slice(0, 4), end: "reset" }
  if (text.startsWith("error later"))
    return {
      events: [...events.slice(0, 4), `data: ${JSON.stringify({ message: "internal server error" })}\n\n`],
      end: "close",
    }
  return { events: [...events, "data: [DONE]\n\n"], end: "close" }
}

/** The vector of a text: its length, and the place that it had in its call. */
const vectorOf = (input: unknown, index: number): number[] => [JSON.stringify(input).length, index, 0.5]

const base64 = (floats: readonly number[]): string => {
  const view = new DataView(new ArrayBuffer(floats.length * 4))
  for (const [at, float] of floats.entries()) view.setFloat32(at * 4, float, true)
  return Buffer.from(view.buffer).toString("base64")
}

const embed = (body: JsonObject): FakeAnswer => {
  const inputs = (Array.isArray(body.texts) ? body.texts : body.inputs) as readonly unknown[]
  const vectors = inputs.map(vectorOf)
  const [type = "float"] = body.embedding_types as string[]
  return {
    status: 200,
    body: JSON.stringify({
      id: "embed_fake",
      embeddings: { [type]: type === "base64" ? vectors.map(base64) : vectors },
      response_type: "embeddings_by_type",
      meta: { api_version: { version: "2" }, billed_units: { input_tokens: inputs.length * 3 } },
    }),
  }
}

const rerank = (body: JsonObject): FakeAnswer => {
  const documents = body.documents as string[]
  const words = String(body.query).split(" ")
  const results = documents
    .map((document, index) => ({
      index,
      relevance_score: words.filter((word) => document.includes(word)).length / words.length,
    }))
    .sort((one, other) => other.relevance_score - one.relevance_score)
    .slice(0, typeof body.top_n === "number" ? body.top_n : undefined)
  const meta = { api_version: { version: "2" }, billed_units: { search_units: Math.ceil(documents.length / 100) } }
  return { status: 200, body: JSON.stringify({ id: "rerank_fake", results, meta }) }
}

const routes: Readonly<Record<string, { check(body: JsonObject): Refusal; answer(body: JsonObject): FakeAnswer }>> = {
  "/v2/chat": { check: validateChat, answer: chat },
  "/v2/embed": { check: validateEmbed, answer: embed },
  "/v2/rerank": { check: validateRerank, answer: rerank },
}

const answer = ({ path, headers, body }: SeenRequest): FakeAnswer => {
  const fail = (status: number, message: string): FakeAnswer => ({
    status,
    body: JSON.stringify({ id: "err", message }),
  })
  const route = routes[path]
  if (!route) return fail(404, "404 page not found")
  if (!headers.get("authorization")?.startsWith("Bearer ")) return fail(401, "no api key supplied")
  const refusal = route.check(body)
  return refusal === undefined ? route.answer(body) : fail(400, refusal)
}

/**
 * A strict stand-in for api.cohere.com: refuses with 400 what the real one refuses. Chats are answered by the first words of the last user
 * text: text (anything), tool, parallel tools, zero tool, thinking, thinking tool, cite, json, max tokens, stop sequence, cache, empty,
 * failed inside, timed out inside; rate limit, trial month, no money, bad key, missing model, overflow, long output, denied, cancelled,
 * server error, overloaded; cut, malformed event, stall, reset, error later. Embeddings tell the length and the place of each input; rerank counts common words.
 */
export const startFakeCohere = (): FakeUpstream => startWireServer(answer)
