import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
import {
  type Ask,
  type Client,
  count,
  eventsIn,
  joined,
  list,
  must,
  object,
  parsed,
  type Said,
  text,
} from "./client.ts"

const body = (ask: Ask): JsonObject => {
  const config: JsonObject = {
    ...(ask.maxTokens === undefined ? {} : { maxOutputTokens: ask.maxTokens }),
    ...(ask.schema ? { responseMimeType: "application/json", responseJsonSchema: ask.schema } : {}),
    ...(ask.effort ? { thinkingConfig: { thinkingLevel: ask.effort, includeThoughts: true } } : {}),
  }
  return {
    ...(ask.system === undefined ? {} : { systemInstruction: { parts: [{ text: ask.system }] } }),
    contents: [
      {
        role: "user",
        parts: [
          ...(ask.png === undefined ? [] : [{ inlineData: { mimeType: "image/png", data: ask.png } }]),
          ...(ask.pdf === undefined ? [] : [{ inlineData: { mimeType: "application/pdf", data: ask.pdf } }]),
          { text: ask.text },
        ],
      },
      ...(ask.turns ?? []).flatMap(({ said, result }): Json[] => [
        { role: "model", parts: [...said.turn] },
        {
          role: "user",
          parts:
            said.calls.length > 0
              ? said.calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { result } } }))
              : [{ text: result }],
        },
      ]),
    ],
    ...(ask.tools
      ? {
          tools: [
            {
              functionDeclarations: ask.tools.map(({ name, parameters }) => ({
                name,
                parametersJsonSchema: parameters,
              })),
            },
          ],
        }
      : {}),
    ...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
    ...ask.more,
  }
}

const saidIn = (parts: readonly JsonObject[], last: JsonObject, usage: JsonObject | undefined): Said => {
  const spoken = parts.filter((part) => typeof part.text === "string")
  const grounding = object(last.groundingMetadata)
  return {
    text: joined(spoken.filter(({ thought }) => thought !== true).map((part) => part.text)),
    reasoning: joined(spoken.filter(({ thought }) => thought === true).map((part) => part.text)),
    refusal: text(last.finishMessage),
    calls: parts.flatMap(({ functionCall }) => {
      if (!isObject(functionCall)) return []
      must(text(functionCall.id) !== "" && text(functionCall.name) !== "", "a call without id or name")
      return [
        {
          id: text(functionCall.id),
          name: text(functionCall.name),
          arguments: JSON.stringify(functionCall.args ?? {}),
        },
      ]
    }),
    finish: text(last.finishReason),
    tokens: usage && {
      input: count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount),
      output: count(usage.candidatesTokenCount) + count(usage.thoughtsTokenCount),
    },
    cited: list(grounding.groundingChunks).map(({ web }) => text(object(web).uri)),
    error: undefined,
    turn: parts,
  }
}

const partsOf = (candidate: JsonObject): JsonObject[] => list(object(candidate.content).parts)

const readWhole = (reply: JsonObject): Said => {
  const [candidate] = list(reply.candidates)
  must(candidate && text(candidate.finishReason) !== "", "no candidate with a finish reason")
  return saidIn(partsOf(candidate), candidate, isObject(reply.usageMetadata) ? reply.usageMetadata : undefined)
}

const readStream = (stream: string): Said => {
  const chunks = eventsIn(stream).map(({ data }) => parsed(data))
  const last = chunks.at(-1)
  must(last, "a stream without an event")
  const failed = chunks.find(({ error }) => error !== undefined)
  if (failed) {
    must(failed === last, "something follows an error")
    const words = text(object(failed.error).message)
    must(words !== "", "an error without a message")
    return { ...saidIn([], {}, undefined), finish: undefined, error: words }
  }
  const candidates = chunks.flatMap((chunk) => list(chunk.candidates)).filter(({ index }) => (index ?? 0) === 0)
  const finished = candidates.filter(({ finishReason }) => finishReason !== undefined)
  must(finished.length === 1, `${finished.length} finish reasons`)
  const usage = chunks.map(({ usageMetadata }) => usageMetadata).findLast(isObject)
  return saidIn(candidates.flatMap(partsOf), finished[0]!, usage)
}

/** Gemini CLI and Google's SDK. */
export const geminiActor: Client = {
  name: "gemini",
  path: ({ model, stream }) =>
    `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  body,
  readWhole,
  readStream,
  readError(reply) {
    const { message, status, code } = object(reply.error)
    must(text(message) !== "" && text(status) !== "" && Number.isInteger(code), "not an error of this API")
    return text(message)
  },
}
