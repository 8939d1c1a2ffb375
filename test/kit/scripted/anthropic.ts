import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
import type { Answer } from "../fake-anthropic/scenarios.ts"
import { signatureOf, validate } from "../fake-anthropic/validate.ts"
import { events, message } from "../fake-anthropic/wire.ts"
import { type FakeAnswer, type SeenRequest, startWireServer } from "../wire-server.ts"
import { nextStep, type OfferedTool } from "./script.ts"
import { newNotes, resultText, type ScriptedUpstream } from "./upstream.ts"

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const toolsOf = (body: JsonObject): OfferedTool[] =>
  list(body.tools).map((tool) => ({
    name: String(tool.name),
    schema: isObject(tool.input_schema) ? tool.input_schema : {},
  }))

const blocks = (body: JsonObject, type: string): JsonObject[] =>
  list(body.messages).flatMap(({ content }) => list(content).filter((block) => block.type === type))

const thinks = ({ thinking }: JsonObject): boolean => isObject(thinking) && thinking.type !== "disabled"

/** api.anthropic.com as the task needs it: strict, and with signed thinking wherever thinking is on. */
export const startScriptedAnthropic = (folder: string): ScriptedUpstream => {
  const notes = newNotes()
  let count = 0
  let thought = false
  const answer = ({ path, headers, body }: SeenRequest): FakeAnswer => {
    const refuse = (status: number, type: string, text: string): FakeAnswer => {
      notes.refusals.push(text)
      return { status, body: JSON.stringify({ type: "error", error: { type, message: text } }) }
    }
    if (path.startsWith("/v1/messages/count_tokens")) return { status: 200, body: JSON.stringify({ input_tokens: 99 }) }
    if (!path.startsWith("/v1/messages")) return refuse(404, "not_found_error", `Not found: ${path}`)
    if (!headers.get("anthropic-version"))
      return refuse(400, "invalid_request_error", "anthropic-version: header is required")
    const refusal = validate(body)
    notes.bodies.push(body)
    if (refusal) return refuse(400, "invalid_request_error", refusal)
    const results = blocks(body, "tool_result").map(({ content }) => resultText(content))
    const step = nextStep({ tools: toolsOf(body), results }, folder)
    notes.turns.push(`${String(body.model)} messages ${results.length}`)
    if (results.length > 0) {
      notes.results = results
      // Signatures were checked above; here they must be there at all, if there were any.
      const turns = list(body.messages).filter(({ role }) => role === "assistant")
      if (thought) notes.kept.push(turns.every(({ content }) => list(content).some(({ type }) => type === "thinking")))
    }
    thought ||= thinks(body)
    const thinking = thinks(body)
      ? [{ type: "thinking", thinking: step.thinking, signature: signatureOf(step.thinking) }]
      : []
    const calls =
      "calls" in step
        ? step.calls.map(({ name, input }) => ({
            type: "tool_use",
            id: `toolu_${++count}`,
            name,
            input: typeof input === "string" ? { input } : input,
          }))
        : [{ type: "text", text: step.text }]
    const given: Answer = { content: [...thinking, ...calls], stop: "calls" in step ? "tool_use" : "end_turn" }
    const model = String(body.model)
    return body.stream === true
      ? { events: events(model, given), end: "close" }
      : { status: 200, body: JSON.stringify(message(model, given)) }
  }
  const server = startWireServer(answer)
  return { url: server.url, notes, stop: server.stop }
}
