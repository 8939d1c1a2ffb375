import { isObject, type JsonObject } from "../../../src/contract/index.ts"

export interface Answer {
  readonly thinking?: string
  readonly text?: string
  readonly plan?: string
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly citations?: readonly JsonObject[]
  readonly finish?: string
  readonly usage?: JsonObject
}

const nameAt = (body: JsonObject, at: number): string => {
  const tools = (Array.isArray(body.tools) ? body.tools : []).filter(isObject)
  const tool = tools[at] ?? tools[0]
  return isObject(tool?.function) ? String(tool.function.name) : "get_weather"
}

const call = (body: JsonObject, at: number, args: string) => ({
  id: `get_weather_${at}`,
  name: nameAt(body, at),
  arguments: args,
})

/** First words of the last user text → what the model answers. */
export const answers: Readonly<Record<string, (body: JsonObject) => Answer>> = {
  "parallel tools": (body) => ({
    plan: "I will look up both cities.",
    calls: [call(body, 0, '{"city":"Paris"}'), call(body, 1, '{"city":"Oslo","days":1.0}')],
    finish: "TOOL_CALL",
  }),
  "zero tool": (body) => ({ calls: [call(body, 0, "")], finish: "TOOL_CALL" }),
  "thinking tool": (body) => ({
    thinking: "The user wants the weather.",
    plan: "I will look.",
    calls: [call(body, 0, '{"city":"Paris"}')],
    finish: "TOOL_CALL",
  }),
  thinking: () => ({ thinking: "Six times seven is 42.", text: "The answer is 42." }),
  tool: (body) => ({ plan: "I will look.", calls: [call(body, 0, '{"city":"Paris","days":3}')], finish: "TOOL_CALL" }),
  cite: () => ({
    text: "Größe 🙂: the moon is round, they say.",
    citations: [
      {
        // Counted in characters: the emoji is one of them, and two units of UTF-16.
        start: 9,
        end: 26,
        text: "the moon is round",
        content_index: 0,
        sources: [
          { type: "tool", id: "t:0", tool_output: { url: "https://example.com/moon", title: "Moon" } },
          { type: "document", id: "doc:1", document: { id: "doc:1", text: "The moon is round." } },
        ],
      },
      {
        start: 28,
        end: 36,
        text: "they say",
        content_index: 0,
        sources: [{ type: "document", id: "doc:1", document: { id: "doc:1", text: "They say so." } }],
      },
    ],
  }),
  json: () => ({ text: '{"answer":42}' }),
  "max tokens": () => ({ text: "This goes on and", finish: "MAX_TOKENS" }),
  "stop sequence": () => ({ text: "One, two", finish: "STOP_SEQUENCE" }),
  cache: () => ({
    text: "Read from the cache.",
    usage: { billed_units: { input_tokens: 1000, output_tokens: 5, search_units: 2 }, cached_tokens: 800 },
  }),
  empty: () => ({}),
  "failed inside": () => ({ text: "Half an", finish: "ERROR" }),
  "timed out inside": () => ({ text: "Half an", finish: "TIMEOUT" }),
}

const error = (status: number, message: string) => ({ status, body: { id: "err_1", message } satisfies JsonObject })

/** The same for failures before the first byte (docs.cohere.com/reference/errors). */
export const failures: Readonly<Record<string, { readonly status: number; readonly body: JsonObject }>> = {
  "rate limit": error(429, "You are past the per minute request limit, please wait and try again later."),
  "trial month": error(429, "You are using a Trial key, which is limited to 1000 API calls / month."),
  "no money": error(402, "Maximum billing reached for this API key as set in your dashboard"),
  "bad key": error(401, "invalid api token"),
  "missing model": error(404, "model 'xyz' not found, make sure the correct model ID was used"),
  overflow: error(
    400,
    "too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 130042. Try using a shorter prompt.",
  ),
  "long output": error(
    400,
    "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 8192.",
  ),
  denied: error(498, "request contains a deny-listed token"),
  cancelled: error(499, "request cancelled"),
  "server error": error(500, "internal server error"),
  overloaded: error(503, "the service is unavailable"),
}
