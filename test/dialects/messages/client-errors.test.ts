import { describe, expect, test } from "bun:test"
import Anthropic from "@anthropic-ai/sdk"
import { type ErrorCode, errorCodes, GatewayError } from "../../../src/contract/index.ts"
import { faces, messagesClient, openrouterFace, requestyFace } from "../../../src/dialects/index.ts"
import { eventsOf, identity } from "../../kit/messages.ts"

const context = { requestId: "req_1" }
const bodyOf = (error: GatewayError, more = context) => messagesClient.errorBody(error, openrouterFace, more)

describe("errors in Anthropic's words", () => {
  const rows: readonly (readonly [ErrorCode, string, number])[] = [
    ["missing_api_key", "authentication_error", 401],
    ["invalid_api_key", "authentication_error", 401],
    ["wrong_key_kind", "permission_error", 403],
    ["spend_limit_reached", "billing_error", 402],
    ["provider_quota", "billing_error", 402],
    ["model_not_found", "not_found_error", 404],
    ["not_found", "not_found_error", 404],
    ["rate_limited", "rate_limit_error", 429],
    ["provider_overloaded", "overloaded_error", 529],
    ["server_stopping", "overloaded_error", 529],
    ["provider_timeout", "timeout_error", 504],
    ["payload_too_large", "request_too_large", 413],
    ["context_length_exceeded", "invalid_request_error", 400],
    ["invalid_request", "invalid_request_error", 400],
    ["provider_down", "api_error", 502],
    ["provider_auth", "api_error", 502],
    ["bad_provider_response", "api_error", 502],
    ["internal", "api_error", 500],
  ]
  for (const [code, type, status] of rows)
    test(`${code} is ${type}`, () => {
      const error = new GatewayError(code, "words")
      expect(bodyOf(error)).toMatchObject({ type: "error", error: { type, code }, request_id: "req_1" })
      expect(messagesClient.errorStatus?.(error, openrouterFace)).toBe(status)
    })

  test("a budget has the status of its face", () => {
    const error = new GatewayError("spend_limit_reached", "words")
    expect(messagesClient.errorStatus?.(error, requestyFace)).toBe(412)
  })

  test("every code has a type that the SDK knows, and a failing status", () => {
    const known = new Set(
      "invalid_request_error authentication_error permission_error not_found_error billing_error request_too_large rate_limit_error timeout_error overloaded_error api_error".split(
        " ",
      ),
    )
    for (const code of Object.keys(errorCodes) as ErrorCode[])
      for (const face of Object.values(faces)) {
        const error = new GatewayError(code, "words")
        expect(known).toContain((bodyOf(error).error as { type: string }).type)
        expect(messagesClient.errorStatus?.(error, face)).toBeGreaterThanOrEqual(400)
      }
  })

  test("what is at fault, and who was tried", () => {
    const attempts = [{ provider: "acme", code: "provider_down", status: 503 }]
    const error = new GatewayError("upstream_invalid_request", "No.", { param: "messages[0]", provider: "acme" })
    expect(bodyOf(error, { ...context, attempts } as typeof context)).toMatchObject({
      error: { message: "No.", param: "messages[0]", provider: "acme", attempts, error_type: "invalid_request" },
    })
  })

  test("a fault of ours says nothing but where to look", () => {
    const error = new GatewayError("internal", "secret details")
    expect(JSON.stringify(bodyOf(error))).not.toContain("secret")
  })

  test("an overflow has the words that Claude Code compacts at", () => {
    const words = (message: string) =>
      (bodyOf(new GatewayError("context_length_exceeded", message)).error as { message: string }).message
    expect(words("Input is too long for the model: 213462 tokens, limit 200000")).toBe(
      "prompt is too long: 213462 tokens > 200000 maximum",
    )
    expect(words("Input is too long for the model")).toBe("prompt is too long: Input is too long for the model")
  })
})

describe("Anthropic's SDK", () => {
  const client = (answer: () => Response) =>
    new Anthropic({ apiKey: "k", maxRetries: 0, fetch: (async () => answer()) as unknown as typeof fetch })
  const ask = { model: "a/b", max_tokens: 10, messages: [{ role: "user" as const, content: "hi" }] }

  test.each([
    ["invalid_api_key", Anthropic.AuthenticationError],
    ["model_not_found", Anthropic.NotFoundError],
    ["rate_limited", Anthropic.RateLimitError],
    ["invalid_request", Anthropic.BadRequestError],
    ["provider_overloaded", Anthropic.InternalServerError],
  ] as const)("throws its own class for %s", async (code, kind) => {
    const error = new GatewayError(code, "words")
    const answer = () =>
      Response.json(messagesClient.errorBody(error, requestyFace, context), {
        status: messagesClient.errorStatus!(error, requestyFace),
      })
    const thrown = await client(answer)
      .messages.create(ask)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(thrown).toBeInstanceOf(kind)
  })

  test("throws what ends a stream", async () => {
    const error = new GatewayError("provider_overloaded", "Busy.")
    const text = messagesClient.streamError(error, identity, requestyFace, context)
    expect(eventsOf(text)).toHaveLength(1)
    const answer = () => new Response(text, { headers: { "content-type": "text/event-stream" } })
    await expect(client(answer).messages.stream(ask).finalMessage()).rejects.toThrow("Busy.")
  })
})

test("ids, silences and headers", () => {
  expect(messagesClient.newId(requestyFace, "a".repeat(30), 0)).toBe(`msg_${"a".repeat(24)}`)
  expect(messagesClient.keepAlive(requestyFace)).toBe('event: ping\ndata: {"type":"ping"}\n\n')
  expect(messagesClient.forwardedHeaders).toEqual(["anthropic-beta", "anthropic-version"])
})
