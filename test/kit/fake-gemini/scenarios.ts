import { isObject, type JsonObject } from "../../../src/contract/index.ts"
import { signatureOf } from "./validate.ts"

export interface Answer {
  readonly parts?: readonly JsonObject[]
  readonly finish?: string
  readonly candidate?: JsonObject
  readonly usage?: JsonObject
  /** The whole answer has no candidate. */
  readonly feedback?: JsonObject
}

const call = (body: JsonObject, args: JsonObject, third: boolean, at = 0, id = "fc_1"): JsonObject => {
  const tools = (Array.isArray(body.tools) ? body.tools : []).filter(isObject)
  const declared = tools.flatMap((tool) => (Array.isArray(tool.functionDeclarations) ? tool.functionDeclarations : []))
  const tool = (declared[at] ?? declared[0]) as JsonObject | undefined
  return {
    functionCall: { ...(third ? { id } : {}), name: tool?.name ?? "get_weather", args },
    ...(third && at === 0 ? { thoughtSignature: signatureOf(JSON.stringify(args)) } : {}),
  }
}

const text = (words: string): JsonObject => ({ text: words })

/** First words of the last user text → what the model answers. `third` = Gemini 3 or later. */
export const answers: Readonly<Record<string, (body: JsonObject, third: boolean) => Answer>> = {
  "parallel tools": (body, third) => ({
    parts: [call(body, { city: "Paris" }, third), call(body, { city: "Oslo" }, third, 1, "fc_2")],
  }),
  "zero tool": (body, third) => ({ parts: [call(body, {}, third)] }),
  "thinking tool": (body, third) => ({
    parts: [{ text: "The user wants the weather.", thought: true }, call(body, { city: "Paris" }, third)],
    usage: { thoughtsTokenCount: 25 },
  }),
  thinking: () => ({
    parts: [
      { text: "Six times seven ", thought: true },
      { text: "is 42.", thought: true },
      text("The answer "),
      text("is 42."),
      { text: "", thoughtSignature: signatureOf("The answer is 42.") },
    ],
    usage: { thoughtsTokenCount: 25 },
  }),
  tool: (body, third) => ({ parts: [text("Let me look."), call(body, { city: "Paris", days: 3 }, third)] }),
  json: () => ({ parts: [text('{"answer":'), text("42}")] }),
  image: () => ({ parts: [text("Here:"), { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }] }),
  "web search": () => ({
    parts: [text("Größe: "), text("the moon is round.")],
    candidate: {
      groundingMetadata: {
        webSearchQueries: ["moon"],
        groundingChunks: [{ web: { uri: "https://example.com/moon", title: "Moon" } }],
        // Offsets in UTF-8 bytes: "Größe: " has seven characters and nine bytes.
        groundingSupports: [
          { segment: { startIndex: 9, endIndex: 27, text: "the moon is round." }, groundingChunkIndices: [0] },
        ],
      },
    },
  }),
  "no content": () => ({ finish: "MAX_TOKENS", usage: { thoughtsTokenCount: 60, candidatesTokenCount: 0 } }),
  "max tokens": () => ({ parts: [text("This goes on and")], finish: "MAX_TOKENS" }),
  safety: () => ({ finish: "SAFETY" }),
  blocked: () => ({ feedback: { blockReason: "PROHIBITED_CONTENT" } }),
  malformed: () => ({
    finish: "MALFORMED_FUNCTION_CALL",
    candidate: { finishMessage: "Malformed function call: print(" },
  }),
  code: () => ({
    parts: [
      { executableCode: { language: "PYTHON", code: "print(6*7)" } },
      { codeExecutionResult: { outcome: "OUTCOME_OK", output: "42" } },
      text("It is 42."),
    ],
  }),
  cache: () => ({
    parts: [text("Read from the cache.")],
    usage: {
      promptTokenCount: 1200,
      cachedContentTokenCount: 1000,
      toolUsePromptTokenCount: 30,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 900 },
        { modality: "IMAGE", tokenCount: 258 },
        { modality: "AUDIO", tokenCount: 42 },
      ],
      cacheTokensDetails: [{ modality: "IMAGE", tokenCount: 158 }],
    },
  }),
}

const error = (code: number, status: string, message: string, details: JsonObject[] = []) => ({
  status: code,
  body: { error: { code, message, status, ...(details.length > 0 ? { details } : {}) } } satisfies JsonObject,
})

/** The same for failures before the first byte. */
export const failures: Readonly<Record<string, { status: number; body: JsonObject }>> = {
  "rate limit": error(
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details.",
    [
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [{ quotaId: "GenerateRequestsPerMinute" }],
      },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "12s" },
    ],
  ),
  overloaded: error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  "server error": error(500, "INTERNAL", "An internal error has occurred."),
  deadline: error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
  "bad key": error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
    { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" },
  ]),
  forbidden: error(403, "PERMISSION_DENIED", "Generative Language API has not been used in project 1 before."),
  "missing model": error(404, "NOT_FOUND", "models/gemini-none is not found for API version v1beta"),
  overflow: error(
    400,
    "INVALID_ARGUMENT",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  ),
  "bad request": error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
}
