import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
import { badRequest, errorBody } from "../fake-openai/refusal.ts"
import { type FakeReply, streamEvents, wholeReply } from "../fake-openai/reply.ts"
import { validateRequest } from "../fake-openai/validate.ts"
import { type FakeAnswer, type SeenRequest, startWireServer } from "../wire-server.ts"
import { keptReasoning, refusalOf, replyOf, resultsOf, sealOf, toolsOf } from "./openai-responses.ts"
import { nextStep, type OfferedTool, type Step } from "./script.ts"
import { newNotes, resultText, type ScriptedUpstream } from "./upstream.ts"

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const chatTools = (body: JsonObject): OfferedTool[] =>
  list(body.tools).map((tool) => {
    const own = isObject(tool.function) ? tool.function : isObject(tool.custom) ? tool.custom : {}
    const schema = isObject(own.parameters) ? own.parameters : {}
    return { name: String(own.name), schema: tool.type === "custom" ? undefined : schema }
  })

const chatReply = (step: Step, id: () => string): FakeReply => ({
  ...("calls" in step
    ? {
        calls: step.calls.map(({ name, input }) => ({
          id: `call_${id()}`,
          name,
          arguments: JSON.stringify(typeof input === "string" ? { input } : input).match(/.{1,9}/gsu) ?? [],
        })),
        finish: "tool_calls",
      }
    : { content: step.text.match(/.{1,9}/gsu) ?? [], finish: "stop" }),
  usage: { prompt: 30, completion: 20, reasoning: 8 },
})

/** api.openai.com as the task needs it, both of its APIs, strict about fields, pairs and sealed reasoning. */
export const startScriptedOpenAi = (folder: string): ScriptedUpstream => {
  const notes = newNotes()
  const seals = new Set<string>()
  let count = 0
  const id = () => String(++count)
  const refuse = ({ status, body }: { readonly status: number; readonly body: string }): FakeAnswer => {
    notes.refusals.push(body)
    return { status, body }
  }
  const chat = (body: JsonObject): FakeAnswer => {
    const refusal = validateRequest(body)
    if (refusal) return refuse(refusal)
    const results = list(body.messages).flatMap(({ role, content }) => (role === "tool" ? [resultText(content)] : []))
    notes.turns.push(`${String(body.model)} chat ${results.length}`)
    if (results.length > 0) notes.results = results
    const reply = chatReply(nextStep({ tools: chatTools(body), results }, folder), id)
    const context = {
      id: `chatcmpl-${id()}`,
      createdSeconds: 1790000000,
      model: String(body.model),
      choices: 1,
      includeUsage: isObject(body.stream_options) && body.stream_options.include_usage === true,
      obfuscate: true,
      logprobs: false,
      quirks: new Set<never>(),
    }
    return body.stream === true
      ? { events: streamEvents(reply, context), end: "close" }
      : { status: 200, body: JSON.stringify(wholeReply(reply, context)) }
  }
  const responses = (body: JsonObject): FakeAnswer => {
    const refusal = refusalOf(body, seals)
    if (refusal !== undefined) return refuse(badRequest(refusal))
    const results = resultsOf(body)
    notes.turns.push(`${String(body.model)} responses ${results.length}`)
    if (results.length > 0) {
      notes.results = results
      notes.kept.push(keptReasoning(body))
    }
    const step = nextStep({ tools: toolsOf(body), results }, folder)
    seals.add(sealOf(step.thinking))
    const { whole, events } = replyOf(body, step, id)
    return body.stream === true ? { events, end: "close" } : { status: 200, body: JSON.stringify(whole) }
  }
  const server = startWireServer(({ path, headers, body }: SeenRequest): FakeAnswer => {
    if (!headers.get("authorization"))
      return refuse({ status: 401, body: errorBody("No key.", "invalid_request_error", null, null) })
    notes.bodies.push(body)
    if (path === "/v1/chat/completions") return chat(body)
    if (path === "/v1/responses") return responses(body)
    return refuse({ status: 404, body: errorBody(`Invalid URL (${path})`, "invalid_request_error", null, null) })
  })
  return { url: server.url, notes, stop: server.stop }
}
