import { type ErrorCode, type ErrorRule, errorCodes, type Retry } from "./error-codes.ts"

const brand = Symbol.for("signalbox.GatewayError")

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
  readonly retryAfterMs: number | undefined
  readonly provider: string | undefined
  readonly upstreamStatus: number | undefined
  readonly upstreamBody: string | undefined

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
  }

  get rule(): ErrorRule {
    return errorCodes[this.code]
  }

  static is(value: unknown): value is GatewayError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true
  }
}

/** The text of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : JSON.stringify(thrown)
