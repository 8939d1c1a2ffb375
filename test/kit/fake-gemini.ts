import { isObject, type JsonObject } from "../../src/contract/index.ts"
import { type Answer, answers, failures } from "./fake-gemini/scenarios.ts"
import { validate } from "./fake-gemini/validate.ts"
import { type FakeAnswer, type FakeUpstream, type SeenRequest, startWireServer } from "./wire-server.ts"

/** The text of the last user turn; undefined after a tool's answer. */
const lastUserText = (body: JsonObject): string | undefined => {
  const contents = (Array.isArray(body.contents) ? body.contents : []).filter(isObject)
  const parts = contents.findLast(({ role }) => role === "user")?.parts
  const found = (Array.isArray(parts) ? parts : []).filter(isObject).findLast((part) => typeof part.text === "string")
  return found?.text as string | undefined
}

const pick = <T>(table: Readonly<Record<string, T>>, text: string): T | undefined =>
  Object.entries(table).find(([start]) => text.toLowerCase().startsWith(start))?.[1]

const usual: JsonObject = { promptTokenCount: 10, candidatesTokenCount: 8, totalTokenCount: 18 }

/** One chunk per part, and the finish with the last of them, as the real API does. */
const chunks = (model: string, { parts = [], finish = "STOP", candidate, usage, feedback }: Answer): JsonObject[] => {
  const frame = { modelVersion: model, responseId: "resp_fake" }
  const usageMetadata = { ...usual, ...usage }
  if (feedback) return [{ promptFeedback: feedback, usageMetadata: { promptTokenCount: 10 }, ...frame }]
  const end = { finishReason: finish, index: 0, ...candidate }
  if (parts.length === 0) return [{ candidates: [end], usageMetadata, ...frame }]
  return parts.map((part, at): JsonObject => {
    const content = { role: "model", parts: [part] }
    const last = at === parts.length - 1
    return {
      candidates: [last ? { content, ...end } : { content, index: 0 }],
      usageMetadata: last
        ? usageMetadata
        : { promptTokenCount: usageMetadata.promptTokenCount ?? 0, candidatesTokenCount: at + 1 },
      ...frame,
    }
  })
}

const whole = (model: string, answer: Answer): JsonObject => {
  const last = chunks(model, { ...answer, parts: [] })[0] as JsonObject
  const candidate = Array.isArray(last.candidates) ? (last.candidates[0] as JsonObject) : undefined
  if (!candidate || !answer.parts) return last
  return { ...last, candidates: [{ content: { role: "model", parts: [...answer.parts] }, ...candidate }] }
}

const event = (data: JsonObject): string => `data: ${JSON.stringify(data)}\r\n\r\n`

const hello: Answer = { parts: ["Hello from ", "the fake, ", "said in pieces."].map((text) => ({ text })) }

const answer = ({ path, headers, body }: SeenRequest): FakeAnswer => {
  const fail = (status: number, error: JsonObject): FakeAnswer => ({ status, body: JSON.stringify(error) })
  const invalid = (message: string) => fail(400, { error: { code: 400, message, status: "INVALID_ARGUMENT" } })
  const route = /^\/v1beta\/models\/([^:/]+):(generateContent|streamGenerateContent)(\?alt=sse)?$/.exec(path)
  if (!route) return fail(404, { error: { code: 404, message: `unknown path ${path}`, status: "NOT_FOUND" } })
  if (!headers.get("x-goog-api-key"))
    return fail(403, {
      error: { code: 403, message: "Method doesn't allow unregistered callers", status: "PERMISSION_DENIED" },
    })
  const model = decodeURIComponent(route[1] ?? "")
  const refusal = validate(model, body)
  if (refusal) return invalid(refusal)
  const text = lastUserText(body) ?? "after tool"
  const failure = pick(failures, text)
  if (failure) return fail(failure.status, failure.body)
  const given = pick(answers, text)?.(body, !/gemini-(?:1|2)|gemma/.test(model)) ?? hello
  const stream = route[2] === "streamGenerateContent"
  const overloaded = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }
  if (text.startsWith("error first") || text.startsWith("error in 200"))
    return stream ? { events: [event(overloaded)], end: "close" } : { status: 200, body: JSON.stringify(overloaded) }
  if (!stream) return { status: 200, body: JSON.stringify(whole(model, given)) }
  const all = chunks(model, given)
  if (!route[3]) return { status: 200, body: JSON.stringify(all) }
  const events = all.map(event)
  if (text.startsWith("cut")) return { events: events.slice(0, 2), end: "close" }
  if (text.startsWith("reset")) return { events: events.slice(0, 2), end: "reset" }
  if (text.startsWith("stall")) return { events: events.slice(0, 2), end: "stall" }
  if (text.startsWith("silent")) return { events: [], end: "stall" }
  if (text.startsWith("error later")) return { events: [...events.slice(0, 2), event(overloaded)], end: "close" }
  if (text.startsWith("malformed event"))
    return { events: [...events.slice(0, 2), 'data: {"candidates": [\r\n\r\n'], end: "close" }
  if (text.startsWith("slow")) return { events, end: "close", everyMs: 20 }
  return { events, end: "close" }
}

/**
 * A strict stand-in for the Gemini API: refuses with 400 what the real one refuses, and answers by the first words of the last user text:
 * text (anything), tool, parallel tools, zero tool, thinking, thinking tool, json, image, web search, code, no content, max tokens, safety,
 * blocked, malformed, cache; rate limit, overloaded, server error, deadline, bad key, forbidden, missing model, overflow, bad request;
 * error first, error in 200, error later, malformed event, cut, reset, stall, silent, slow.
 */
export const startFakeGemini = (): FakeUpstream => startWireServer(answer)
