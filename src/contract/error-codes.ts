/** Who is at fault, in Requesty's words: the gateway's own rules, or the upstream. */
export type ErrorOrigin = "router" | "provider"

/**
 * What an attempt may do after this failure: give up (`no`), try the same upstream once more (`same`, which also allows the
 * next one), or only move on (`next`).
 */
export type Retry = "no" | "same" | "next"

export interface ErrorRule {
  /** HTTP status on the OpenAI/Requesty face. */
  readonly status: number
  /** HTTP status on the OpenRouter face, where it differs. */
  readonly openrouterStatus?: number
  /** OpenAI's `error.type`. */
  readonly type: string
  /** OpenRouter's `error.metadata.error_type` (openrouter.ai/docs errors-and-debugging). */
  readonly errorType: string
  readonly origin: ErrorOrigin
  readonly retry: Retry
  /** One sentence for the README: when it happens and what to do. */
  readonly help: string
}

const rule = (
  status: number,
  type: string,
  errorType: string,
  origin: ErrorOrigin,
  retry: Retry,
  help: string,
  openrouterStatus?: number,
): ErrorRule => ({ status, type, errorType, origin, retry, help, ...(openrouterStatus ? { openrouterStatus } : {}) })

/** Every error that leaves signalbox has one of these codes. README.md lists them; a test compares. */
export const errorCodes = {
  invalid_json: rule(
    400,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "The body is not JSON. The message says where it broke.",
  ),
  invalid_request: rule(
    400,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "A field is missing or has the wrong type. The message names its path.",
  ),
  losses_refused: rule(
    400,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "Strict mode: the upstream cannot carry the fields that the message names. Leave them out or drop `x-signalbox-strict`.",
  ),
  unsupported_parameter: rule(
    400,
    "invalid_request_error",
    "invalid_request",
    "provider",
    "next",
    "The upstream refuses a parameter. The message holds its words.",
  ),
  key_in_query: rule(
    400,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "Keys in URLs end up in logs. Send `Authorization: Bearer KEY`.",
  ),
  missing_api_key: rule(
    401,
    "authentication_error",
    "authentication",
    "router",
    "no",
    "Send `Authorization: Bearer KEY` (or `x-api-key: KEY`).",
  ),
  invalid_api_key: rule(
    403,
    "authentication_error",
    "authentication",
    "router",
    "no",
    "The key is unknown here. Check it, or make one with `signalbox keys create`.",
    401,
  ),
  key_disabled: rule(
    403,
    "authentication_error",
    "authentication",
    "router",
    "no",
    "The key was disabled. Ask its owner.",
    401,
  ),
  key_expired: rule(
    403,
    "authentication_error",
    "authentication",
    "router",
    "no",
    "The key has expired. Make a new one.",
    401,
  ),
  wrong_key_kind: rule(
    403,
    "permission_error",
    "permission_denied",
    "router",
    "no",
    "Management keys manage, inference keys infer. Use the other kind.",
  ),
  spend_limit_reached: rule(
    412,
    "insufficient_quota",
    "payment_required",
    "router",
    "no",
    "The key's limit does not pay for even a short answer. The message says what is left and when it resets.",
    402,
  ),
  model_not_found: rule(
    404,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "No provider offers this model. The message names the nearest ones.",
    400,
  ),
  no_endpoints: rule(
    404,
    "invalid_request_error",
    "not_found",
    "router",
    "no",
    "The model exists, but the request's own restrictions exclude every provider of it.",
  ),
  not_found: rule(404, "invalid_request_error", "not_found", "router", "no", "No such route or object."),
  method_not_allowed: rule(
    405,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "The route exists with another method.",
  ),
  request_timeout: rule(
    408,
    "invalid_request_error",
    "timeout",
    "router",
    "no",
    "The request body did not arrive in time.",
  ),
  payload_too_large: rule(
    413,
    "invalid_request_error",
    "payload_too_large",
    "router",
    "no",
    "The body is over `limits.body_bytes`.",
  ),
  context_length_exceeded: rule(
    400,
    "invalid_request_error",
    "context_length_exceeded",
    "provider",
    "next",
    "The input is too long for the model. The message holds both numbers where the upstream gave them.",
  ),
  upstream_invalid_request: rule(
    400,
    "invalid_request_error",
    "invalid_request",
    "provider",
    "no",
    "The upstream refuses the request. The message holds its words.",
  ),
  upstream_payload_too_large: rule(
    413,
    "invalid_request_error",
    "payload_too_large",
    "provider",
    "next",
    "The upstream refuses a body of this size.",
  ),
  content_filter: rule(
    400,
    "invalid_request_error",
    "content_policy_violation",
    "provider",
    "no",
    "The upstream's content policy refuses the request.",
    403,
  ),
  guardrail_blocked: rule(
    403,
    "permission_error",
    "content_policy_violation",
    "router",
    "no",
    "A guardrail of this gateway objects to the content. The message names it and what it found.",
  ),
  upstream_model_not_found: rule(
    404,
    "invalid_request_error",
    "not_found",
    "provider",
    "next",
    "The upstream does not know the model. Check `upstream:` in the configuration.",
  ),
  provider_auth: rule(
    502,
    "server_error",
    "provider_unavailable",
    "provider",
    "next",
    "The upstream refuses the gateway's own credentials. The operator must check `api_key`.",
  ),
  provider_quota: rule(
    402,
    "insufficient_quota",
    "payment_required",
    "provider",
    "next",
    "The gateway's account at the upstream has no money left.",
  ),
  rate_limited: rule(
    429,
    "rate_limit_error",
    "rate_limit_exceeded",
    "provider",
    "same",
    "The upstream limits the rate. Wait as `Retry-After` says.",
  ),
  provider_overloaded: rule(
    503,
    "server_error",
    "provider_overloaded",
    "provider",
    "same",
    "The upstream is overloaded. Try again.",
  ),
  provider_timeout: rule(
    503,
    "server_error",
    "timeout",
    "provider",
    "same",
    "The upstream did not answer in time.",
    408,
  ),
  provider_down: rule(
    502,
    "server_error",
    "provider_unavailable",
    "provider",
    "same",
    "The upstream cannot be reached or answers 5xx.",
  ),
  bad_provider_response: rule(
    424,
    "server_error",
    "provider_unavailable",
    "provider",
    "same",
    "The upstream's answer cannot be read.",
    502,
  ),
  stream_interrupted: rule(
    502,
    "server_error",
    "provider_unavailable",
    "provider",
    "same",
    "The upstream's stream ended in the middle.",
  ),
  client_closed: rule(
    499,
    "invalid_request_error",
    "unmapped",
    "router",
    "no",
    "The client went away before the answer was complete.",
  ),
  plugin_failed: rule(
    502,
    "server_error",
    "provider_unavailable",
    "router",
    "next",
    "A plugin threw, hung, is switched off, or is named by `plugins.use` and does not run. `GET /admin/plugins` says which and why.",
  ),
  conflict: rule(
    409,
    "invalid_request_error",
    "invalid_request",
    "router",
    "no",
    "The object is in a state that forbids this.",
  ),
  server_stopping: rule(
    503,
    "server_error",
    "provider_overloaded",
    "router",
    "no",
    "The gateway is shutting down. Try again.",
  ),
  internal: rule(
    500,
    "server_error",
    "server",
    "router",
    "no",
    "A fault in signalbox. The log has the details under the request id.",
  ),
} as const satisfies Record<string, ErrorRule>

export type ErrorCode = keyof typeof errorCodes
