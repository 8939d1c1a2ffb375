/** An answer in OpenAI's error form. */
export interface Refusal {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** The four fields that every error of the real API has. */
export const errorBody = (message: string, type: string, param: string | null, code: string | null): string =>
  JSON.stringify({ error: { message, type, param, code } }, null, 2)

export const badRequest = (message: string, param: string | null = null, code: string | null = null): Refusal => ({
  status: 400,
  body: errorBody(message, "invalid_request_error", param, code),
})

const html = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`

const rateLimit = (message: string, headers: Readonly<Record<string, string>>): Refusal => ({
  status: 429,
  headers,
  body: errorBody(message, "requests", null, "rate_limit_exceeded"),
})

/** Every way to fail with an HTTP status, by name of scenario. */
export const refusals: Readonly<Record<string, Refusal>> = {
  "error-400": badRequest(
    "Invalid value: 'loud'. Supported values are: 'low' and 'high'.",
    "verbosity",
    "invalid_value",
  ),
  "error-context": badRequest(
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130412 tokens. Please reduce the length of the messages.",
    "messages",
    "context_length_exceeded",
  ),
  "error-content-filter": badRequest(
    "Your request was rejected as a result of our safety system.",
    null,
    "content_policy_violation",
  ),
  "error-401": {
    status: 401,
    body: errorBody(
      "Incorrect API key provided: sk-abcde***********wxyz. You can find your API key at https://platform.openai.com/account/api-keys.",
      "invalid_request_error",
      null,
      "invalid_api_key",
    ),
  },
  "error-403": {
    status: 403,
    body: errorBody(
      "Country, region, or territory not supported",
      "request_forbidden",
      null,
      "unsupported_country_region_territory",
    ),
  },
  "error-404": {
    status: 404,
    body: errorBody(
      "The model `gpt-nothing` does not exist or you do not have access to it.",
      "invalid_request_error",
      null,
      "model_not_found",
    ),
  },
  "error-408": { status: 408, body: errorBody("Request timed out.", "server_error", null, "request_timeout") },
  "error-413": { status: 413, headers: { "content-type": "text/html" }, body: html("413 Request Entity Too Large") },
  "error-429-ms": rateLimit(
    "Rate limit reached for gpt-4o in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20ms.",
    { "retry-after-ms": "20", "retry-after": "1" },
  ),
  "error-429": rateLimit(
    "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.",
    { "retry-after": "2", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2s" },
  ),
  "error-429-reset": rateLimit("Rate limit reached.", {
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "6m0s",
  }),
  "error-429-money": {
    status: 429,
    body: errorBody(
      "You exceeded your current quota, please check your plan and billing details.",
      "insufficient_quota",
      null,
      "insufficient_quota",
    ),
  },
  "error-429-large": {
    status: 429,
    body: errorBody(
      "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced in order to run successfully.",
      "tokens",
      null,
      "rate_limit_exceeded",
    ),
  },
  "error-500": {
    status: 500,
    body: errorBody(
      "The server had an error while processing your request. Sorry about that!",
      "server_error",
      null,
      null,
    ),
  },
  "error-502": { status: 502, headers: { "content-type": "text/html" }, body: html("502 Bad Gateway") },
  "error-503": {
    status: 503,
    body: errorBody("The engine is currently overloaded, please try again later.", "server_error", null, null),
  },
  "error-529": { status: 529, body: errorBody("Overloaded", "overloaded_error", null, null) },
  "error-empty": { status: 400, body: "" },
}
