import { isObject, type JsonObject } from "../../../src/contract/index.ts"
import { encryptedOf } from "./validate.ts"

export interface Answer {
  readonly output: readonly JsonObject[]
  /** `response.incomplete`, and why. */
  readonly incomplete?: string
  readonly usage?: JsonObject
}

const say = (words: string, annotations: readonly JsonObject[] = []): JsonObject => ({
  id: "msg_fake1",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: words, annotations: [...annotations], logprobs: [] }],
})

const think = (words: string): JsonObject => ({
  id: "rs_fake1",
  type: "reasoning",
  summary: [{ type: "summary_text", text: words }],
  encrypted_content: encryptedOf(words),
})

const call = (body: JsonObject, id: string, written: string, at = 0): JsonObject => {
  const tools = (Array.isArray(body.tools) ? body.tools : []).filter(isObject)
  const name = (tools[at] ?? tools[0])?.name ?? "get_weather"
  return { id: `fc_${id}`, type: "function_call", status: "completed", call_id: `call_${id}`, name, arguments: written }
}

const thinking = { output_tokens: 40, output_tokens_details: { reasoning_tokens: 25 } }

/** First words of the last user text → what the model answers. */
export const answers: Readonly<Record<string, (body: JsonObject) => Answer>> = {
  "parallel tools": (body) => ({
    output: [say("Looking at both."), call(body, "a", '{"city":"Paris"}'), call(body, "b", '{"city":"Oslo"}', 1)],
  }),
  "zero tool": (body) => ({ output: [call(body, "z", "{}")] }),
  "thinking tool": (body) => ({
    output: [think("The user wants the weather."), call(body, "t", '{"city":"Paris"}')],
    usage: thinking,
  }),
  thinking: () => ({ output: [think("Six times seven is 42."), say("The answer is 42.")], usage: thinking }),
  tool: (body) => ({ output: [call(body, "c", '{"city":"Paris","days":3}')] }),
  json: () => ({ output: [say('{"answer":42}')] }),
  "web search": () => ({
    output: [
      { id: "ws_fake1", type: "web_search_call", status: "completed", action: { type: "search", query: "moon" } },
      say("As is known, the moon is round.", [
        { type: "url_citation", start_index: 13, end_index: 31, title: "Moon", url: "https://example.com/moon" },
      ]),
    ],
  }),
  "max tokens": () => ({ output: [say("This goes on and")], incomplete: "max_output_tokens" }),
  safety: () => ({ output: [say("I")], incomplete: "content_filter" }),
  "empty answer": () => ({ output: [] }),
  cache: () => ({
    output: [say("Read from the cache.")],
    usage: { input_tokens: 1200, input_tokens_details: { cached_tokens: 1000 }, output_tokens: 12 },
  }),
}

const error = (status: number, code: string | null, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { error: { message, type: "invalid_request_error", param: null, code } } satisfies JsonObject,
})

/** The same for failures before the first byte. */
export const failures: Readonly<
  Record<string, { readonly status: number; readonly headers: Record<string, string>; readonly body: JsonObject }>
> = {
  "rate limit": error(429, "rate_limit_exceeded", "Rate limit reached for gpt-5.6 on requests per min.", {
    "retry-after": "7",
  }),
  "no money": error(429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing."),
  overloaded: error(503, null, "The engine is currently overloaded, please try again later."),
  "server error": error(500, null, "The server had an error while processing your request."),
  "bad key": error(401, "invalid_api_key", "Incorrect API key provided: sk-abc***."),
  forbidden: error(403, "unsupported_country_region_territory", "Country, region, or territory not supported"),
  "missing model": error(404, "model_not_found", "The model `gpt-nothing` does not exist."),
  overflow: error(
    400,
    "context_length_exceeded",
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
  ),
  "bad request": error(400, "invalid_value", "Invalid value: 'loud'. Supported values are: 'low' and 'high'."),
}
