import {
  type ChatRequest,
  type ErrorCode,
  errorCodes,
  type FinishReason,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type Usage,
} from "signalbox/plugin"
import { lastUserText } from "./words.ts"

/** How `mock/script` answers. Everything is optional; the parts come in this order: reasoning, text, images, tool calls. */
export interface Script {
  readonly reasoning?: string
  readonly text?: string
  /** PNG images in base64. */
  readonly images?: readonly string[]
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: string; readonly id?: string }[]
  /** Milliseconds before the first part. */
  readonly delayMs?: number
  /** Milliseconds before each further word. */
  readonly wordMs?: number
  /** Fails instead of answering, or after so many words in the middle of the answer. */
  readonly error?: {
    readonly code?: ErrorCode
    readonly status?: number
    readonly message?: string
    readonly retryAfterMs?: number
    readonly afterWords?: number
  }
  /** The stream breaks off after so many words. */
  readonly cutAfterWords?: number
  /** Never answers; ends only by being aborted. */
  readonly hang?: boolean
  /** Throws this as a plain Error, as a broken plugin would. */
  readonly crash?: string
  readonly finish?: FinishReason
  /** Replaces the counted buckets that it names. */
  readonly usage?: {
    readonly input?: Partial<Usage["input"]>
    readonly output?: Partial<Usage["output"]>
    readonly reportedCostUsd?: number
  }
}

/** The text of a user message that makes `mock/script` follow a script. */
export const scriptText = (script: Script): string => JSON.stringify(script)

const isText = (value: Json): boolean => typeof value === "string"
const isCount = (value: Json): boolean => typeof value === "number" && value >= 0
const isFlag = (value: Json): boolean => typeof value === "boolean"
const finishReasons: readonly string[] = ["stop", "length", "tool-calls", "content-filter", "error", "other"]
const counts = (value: Json): boolean => isObject(value) && Object.values(value).every(isCount)
const fits =
  (fields: Readonly<Record<string, (value: Json) => boolean>>) =>
  (value: Json): boolean =>
    isObject(value) && Object.entries(value).every(([key, field]) => fields[key]?.(field) ?? false)

const isCall = (value: Json): boolean =>
  fits({ name: isText, arguments: isText, id: isText })(value) && isObject(value) && value.name !== undefined

const checks: { readonly [K in keyof Required<Script>]: readonly [(value: Json) => boolean, string] } = {
  reasoning: [isText, "a text"],
  text: [isText, "a text"],
  images: [(value) => Array.isArray(value) && value.every(isText), "a list of base64 texts"],
  toolCalls: [(value) => Array.isArray(value) && value.every(isCall), "a list of { name, arguments?, id? }"],
  delayMs: [isCount, "milliseconds"],
  wordMs: [isCount, "milliseconds"],
  error: [
    fits({
      code: (value) => typeof value === "string" && Object.hasOwn(errorCodes, value),
      status: isCount,
      message: isText,
      retryAfterMs: isCount,
      afterWords: isCount,
    }),
    "{ code?, status?, message?, retryAfterMs?, afterWords? } with a code of the error table",
  ],
  cutAfterWords: [isCount, "a number of words"],
  hang: [isFlag, "true or false"],
  crash: [isText, "a text"],
  finish: [(value) => finishReasons.includes(value as string), `one of ${finishReasons.join(", ")}`],
  usage: [fits({ input: counts, output: counts, reportedCostUsd: isCount }), "{ input?, output?, reportedCostUsd? }"],
}

/**
 * The script of a request: the field `mock` of its body, else `metadata.mock`, else its last user message, where that is a JSON
 * object. Any other last message is itself the text. Throws `invalid_request` for a script that cannot be followed.
 */
export function scriptOf(request: ChatRequest): Script {
  for (const extras of Object.values(request.extras ?? {})) if (isObject(extras.mock)) return checked(extras.mock)
  const text = request.metadata?.mock ?? lastUserText(request)
  if (!text.trimStart().startsWith("{")) return { text }
  let parsed: Json
  try {
    parsed = JSON.parse(text) as Json
  } catch (error) {
    throw refuse(`is not JSON: ${(error as Error).message}`)
  }
  return checked(parsed as JsonObject)
}

function checked(given: JsonObject): Script {
  for (const [key, value] of Object.entries(given)) {
    const check = Object.hasOwn(checks, key) ? checks[key as keyof Script] : undefined
    if (!check) throw refuse(`has the unknown key "${key}" (known: ${Object.keys(checks).join(", ")})`)
    if (!check[0](value)) throw refuse(`needs ${check[1]} as "${key}"`)
  }
  return given as unknown as Script
}

const refuse = (words: string): GatewayError => new GatewayError("invalid_request", `The mock script ${words}.`)

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: "upstream_invalid_request",
  401: "provider_auth",
  402: "provider_quota",
  403: "provider_auth",
  404: "upstream_model_not_found",
  408: "provider_timeout",
  413: "upstream_payload_too_large",
  429: "rate_limited",
  503: "provider_overloaded",
  529: "provider_overloaded",
}

/** The error that a script asks for. */
export function scriptedError({ code, status, message, retryAfterMs }: NonNullable<Script["error"]>): GatewayError {
  const known = code ?? codeOfStatus[status ?? 500] ?? "provider_down"
  return new GatewayError(known, message ?? "The mock provider fails as its script says.", {
    provider: "mock",
    upstreamStatus: status ?? errorCodes[known].status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
