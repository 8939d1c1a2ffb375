import { afterAll, expect, test } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import {
  BadRequestResponseError,
  ConflictResponseError,
  ForbiddenResponseError,
  InternalServerResponseError,
  NotFoundResponseError,
  TooManyRequestsResponseError,
  UnauthorizedResponseError,
} from "@openrouter/sdk/models/errors"
import { type ErrorCode, GatewayError } from "../../../src/contract/index.ts"
import { openrouterFace } from "../../../src/dialects/faces/index.ts"
import { errorResponse } from "../../../src/http/errors.ts"

/** Failures that the management routes can answer with, in the form in which the SDK has to know them. */
let code: ErrorCode = "internal"
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => errorResponse(new GatewayError(code, "what to do"), openrouterFace, { requestId: "req_1" }),
})
afterAll(() => server.stop(true))
const client = new OpenRouter({ serverURL: server.url.href, apiKey: "x", retryConfig: { strategy: "none" } })
const call = {
  list: () => client.apiKeys.list({}),
  create: () => client.apiKeys.create({ requestBody: { name: "x" } }),
  update: () => client.apiKeys.update({ hash: "x", requestBody: {} }),
  remove: () => client.apiKeys.delete({ hash: "x" }),
  members: () => client.organization.listMembers({}),
  code: () => client.oAuth.createAuthCode({ requestBody: { callbackUrl: "https://x.example" } }),
  exchange: () => client.oAuth.exchangeAuthCodeForAPIKey({ requestBody: { code: "x" } }),
}

test.each<[keyof typeof call, ErrorCode, new (...args: never[]) => Error]>([
  ["list", "invalid_request", BadRequestResponseError],
  ["list", "missing_api_key", UnauthorizedResponseError],
  ["list", "key_expired", UnauthorizedResponseError],
  ["list", "rate_limit_reached", TooManyRequestsResponseError],
  ["list", "internal", InternalServerResponseError],
  ["create", "invalid_json", BadRequestResponseError],
  ["create", "wrong_key_kind", ForbiddenResponseError],
  ["create", "forbidden", ForbiddenResponseError],
  ["create", "account_restricted", ForbiddenResponseError],
  ["create", "rate_limit_reached", TooManyRequestsResponseError],
  ["update", "not_found", NotFoundResponseError],
  ["update", "rate_limit_reached", TooManyRequestsResponseError],
  ["remove", "not_found", NotFoundResponseError],
  ["members", "internal", InternalServerResponseError],
  ["code", "conflict", ConflictResponseError],
  ["code", "forbidden", ForbiddenResponseError],
  ["exchange", "forbidden", ForbiddenResponseError],
  ["exchange", "invalid_request", BadRequestResponseError],
])("%s: %s is its own error", async (name, failure, type) => {
  code = failure
  const thrown = await call[name]().then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(type)
})
