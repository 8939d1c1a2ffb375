import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
import { type SignatureCheck, signatureOf, validate } from "../fake-gemini/validate.ts"
import { type FakeAnswer, type SeenRequest, startWireServer } from "../wire-server.ts"
import { nextStep, type OfferedTool } from "./script.ts"
import { newNotes, type ScriptedUpstream } from "./upstream.ts"

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const toolsOf = (body: JsonObject): OfferedTool[] =>
  list(body.tools).flatMap((tool) =>
    list(tool.functionDeclarations).map(({ name, parameters, parametersJsonSchema }) => {
      const schema = parametersJsonSchema ?? parameters
      return { name: String(name), schema: isObject(schema) ? schema : {} }
    }),
  )

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 8, thoughtsTokenCount: 5, totalTokenCount: 23 }

/** The Gemini API as the task needs it: strict about thought signatures, which only the first call of a turn has. */
export const startScriptedGemini = (folder: string): ScriptedUpstream => {
  const notes = newNotes()
  // Clients complete arguments with defaults before they send them back, so a signature is held against the call's id.
  const signed = new Map<string, string>()
  const isSigned: SignatureCheck = (signature, { functionCall }) =>
    signature !== undefined && signed.get(String(isObject(functionCall) ? functionCall.id : "")) === signature
  let count = 0
  const answer = ({ path, body }: SeenRequest): FakeAnswer => {
    const refuse = (status: number, text: string): FakeAnswer => {
      notes.refusals.push(text)
      return { status, body: JSON.stringify({ error: { code: status, message: text, status: "INVALID_ARGUMENT" } }) }
    }
    const route = /^\/v1beta\/models\/([^:/]+):(generateContent|streamGenerateContent|countTokens)/.exec(path)
    if (!route) return refuse(404, `unknown path ${path}`)
    if (route[2] === "countTokens") return { status: 200, body: JSON.stringify({ totalTokens: 99 }) }
    const model = decodeURIComponent(route[1]!)
    notes.bodies.push(body)
    const refusal = validate(model, body, isSigned)
    if (refusal) return refuse(400, refusal)
    const parts = list(body.contents).flatMap(({ parts: own }) => list(own))
    const results = parts.flatMap(({ functionResponse }) =>
      isObject(functionResponse) ? [JSON.stringify(functionResponse.response)] : [],
    )
    notes.turns.push(`${model} gemini ${results.length}`)
    if (results.length > 0) {
      notes.results = results
      const ours = parts.filter((part) => isSigned(part.thoughtSignature, part)).length
      notes.kept.push(ours === list(body.contents).filter(({ role }) => role === "model").length)
    }
    const step = nextStep({ tools: toolsOf(body), results }, folder)
    const config = isObject(body.generationConfig) ? body.generationConfig : {}
    const shows = isObject(config.thinkingConfig) && config.thinkingConfig.includeThoughts === true
    const own: JsonObject[] =
      "calls" in step
        ? step.calls.map(({ name, input }, at) => {
            const args = typeof input === "string" ? { input } : input
            const functionCall = { id: `call_${++count}`, name, args }
            if (at > 0) return { functionCall }
            const thoughtSignature = signatureOf(JSON.stringify(args))
            signed.set(functionCall.id, thoughtSignature)
            return { functionCall, thoughtSignature }
          })
        : [{ text: step.text }, { text: "", thoughtSignature: signatureOf(step.text) }]
    const all = [...(shows ? [{ text: step.thinking, thought: true }] : []), ...own]
    const chunk = (given: JsonObject[], last: boolean) => ({
      candidates: [{ content: { role: "model", parts: given }, index: 0, ...(last ? { finishReason: "STOP" } : {}) }],
      usageMetadata,
      modelVersion: model,
      responseId: "resp_scripted",
    })
    if (route[2] === "generateContent") return { status: 200, body: JSON.stringify(chunk(all, true)) }
    const events = all.map((part, at) => `data: ${JSON.stringify(chunk([part], at === all.length - 1))}\r\n\r\n`)
    return { events, end: "close" }
  }
  const server = startWireServer(answer)
  return { url: server.url, notes, stop: server.stop }
}
