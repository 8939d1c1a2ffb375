import { type ErrorCode, type ErrorRule, errorCodes, type Retry } from "./error-codes.ts"

const brand = Symbol.for("signalbox.GatewayError")

/** Why nothing answers, in OpenRouter's words (openrouter.ai/docs, errors: `error.availability`). What does not apply is left out. */
export interface Availability {
  readonly code:
    | "model_not_found"
    | "wrong_endpoint"
    | "no_endpoints"
    | "model_deprecated"
    | "model_unavailable_upstream"
    | "capacity_exhausted"
    | "temporarily_unavailable"
    | "region_restricted"
    | "privacy_restricted"
    | "constraint_filtered"
    | "free_variant_ended"
  readonly retryable: boolean
  readonly requested_models: readonly string[]
  /** A path of the gateway, until it is known by which address the client came. */
  readonly docs_url: string
  /** Seconds. */
  readonly retry_after?: number
  readonly affected_providers?: readonly string[]
  readonly excluded_by?: readonly string[]
  readonly fallback_models?: readonly string[]
  readonly constraint?: { readonly field: string; readonly detail: string }
}

/** A rate that is used up, of the gateway's own. */
export interface RateLimitState {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds UTC. */
  readonly resetsAtMs: number
}

export interface ErrorOptions {
  /** Private: for the log only, never for the client. */
  readonly detail?: string
  readonly cause?: unknown
  /** JSON path of the field at fault, for example `messages[2].content`. */
  readonly param?: string
  readonly retry?: Retry
  readonly retryAfterMs?: number
  /** Slug of the upstream that failed. */
  readonly provider?: string
  readonly upstreamStatus?: number
  /** The upstream's own words, already redacted and capped. */
  readonly upstreamBody?: string
  readonly availability?: Availability
  readonly rateLimit?: RateLimitState
  /** Names of the content filters that refused it. */
  readonly patterns?: readonly string[]
}

/**
 * The one error type of signalbox. `message` is for the client and says what to do; `detail` and `cause` are private.
 * Recognised by a registered symbol, so a plugin that carries its own copy of this file still counts.
 */
export class GatewayError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly param: string | undefined
  readonly retry: Retry
  /** Of the shortest wait, where several upstreams have failed. */
  retryAfterMs: number | undefined
  readonly provider: string | undefined
  readonly upstreamStatus: number | undefined
  readonly upstreamBody: string | undefined
  /** Filled in by whoever knows it, which may be later than who threw. */
  availability: Availability | undefined
  readonly rateLimit: RateLimitState | undefined
  readonly patterns: readonly string[] | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "GatewayError"
    this.code = code
    this.detail = options.detail
    this.param = options.param
    this.retry = options.retry ?? errorCodes[code].retry
    this.retryAfterMs = options.retryAfterMs
    this.provider = options.provider
    this.upstreamStatus = options.upstreamStatus
    this.upstreamBody = options.upstreamBody
    this.availability = options.availability
    this.rateLimit = options.rateLimit
    this.patterns = options.patterns
  }

  get rule(): ErrorRule {
    return errorCodes[this.code]
  }

  static is(value: unknown): value is GatewayError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true
  }
}

/** The same failure, told of the upstream that it happened at; one that names an upstream already, or is not an upstream's, stays as it is. */
export function attributed(error: GatewayError, provider: string, name: string): GatewayError {
  if (error.provider !== undefined || error.rule.origin !== "provider") return error
  const { code, detail, cause, param, retry, retryAfterMs, upstreamStatus, upstreamBody, stack } = error
  const copy = new GatewayError(code, `${name}: ${error.message}`, {
    provider,
    retry,
    cause,
    ...(detail === undefined ? {} : { detail }),
    ...(param === undefined ? {} : { param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
    ...(upstreamBody === undefined ? {} : { upstreamBody }),
  })
  if (stack !== undefined) copy.stack = stack
  return copy
}

/** The text of anything that was thrown. Several errors in one (a module that does not compile) are all told, with their places. */
export const messageOf = (thrown: unknown): string => {
  if (thrown instanceof AggregateError) return [thrown.message, ...thrown.errors.map(placed)].join("; ")
  return thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : written(thrown)
}

/** Plugins throw what they like; reading it must not throw in turn. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** What the runtime's compiler throws knows its line. */
function placed(error: unknown): string {
  const { message, position } = error as { message?: unknown; position?: { line: number; column: number } | null }
  if (typeof message !== "string") return messageOf(error)
  return position ? `${position.line}:${position.column}: ${message}` : message
}

/** What is not a GatewayError is a fault of ours: its words are for the log, and its client learns where to look. */
export function asGatewayError(thrown: unknown): GatewayError {
  if (GatewayError.is(thrown)) return thrown
  return new GatewayError(
    "internal",
    "Something went wrong inside the gateway. The log has the details under the request id.",
    { detail: messageOf(thrown), cause: thrown },
  )
}
