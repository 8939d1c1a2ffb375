import { afterAll, describe, expect, test } from "bun:test"
import { decodeError } from "../../../plugins/bedrock/errors.ts"
import { failures } from "../../kit/fake-bedrock/failures.ts"
import { startFakeBedrock } from "../../kit/fake-bedrock.ts"
import { chat } from "../../kit/wire-client.ts"
import { provider, tell, wireFor } from "./kit.ts"

const fake = startFakeBedrock()
afterAll(() => fake.stop())

const expected: Readonly<Record<string, { readonly code: string; readonly retry?: string; readonly words?: string }>> =
  {
    throttled: { code: "rate_limited", retry: "same" },
    overflow: { code: "context_length_exceeded", words: "Input is too long" },
    "bad request": { code: "upstream_invalid_request", words: "messages.0" },
    unsupported: { code: "unsupported_parameter", retry: "next" },
    "missing model": { code: "upstream_model_not_found", words: "identifier is invalid" },
    "needs profile": { code: "upstream_model_not_found", words: "inference profile" },
    "no access": { code: "upstream_model_not_found", words: "access to the model" },
    denied: { code: "provider_auth" },
    expired: { code: "provider_auth" },
    quota: { code: "rate_limited", retry: "next", words: "service quota" },
    "not ready": { code: "provider_overloaded" },
    timeout: { code: "provider_timeout" },
    "model error": { code: "provider_down", retry: "same" },
    "server error": { code: "provider_down" },
    unavailable: { code: "provider_overloaded" },
    "no resource": { code: "upstream_model_not_found" },
  }

describe("each of Bedrock's exceptions, by Converse and by InvokeModel", () => {
  test("the table is whole", () => expect(Object.keys(expected)).toEqual(Object.keys(failures)))

  for (const [text, { code, retry, words }] of Object.entries(expected))
    for (const model of ["amazon.nova-pro-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"])
      test(`${text}, ${model}`, async () => {
        const error = await tell(wireFor(provider({ url: fake.url }), model), model, chat({ text })).catch(
          (thrown) => thrown,
        )
        expect(error.code).toBe(code)
        if (retry) expect(error.retry).toBe(retry)
        if (words) expect(error.message).toContain(words)
        expect(error.upstreamStatus).toBe(failures[text]?.status)
      })
})

test("credentials are never named as the client's", () => {
  const headers = new Headers({ "x-amzn-errortype": "UnrecognizedClientException" })
  const error = decodeError(
    { status: 403, headers, body: '{"message":"The security token AKIAIOSFODNN7EXAMPLE is invalid"}' },
    "bedrock",
  )
  expect(error.message).toBe("bedrock refuses the gateway's credentials; its operator must check them")
  expect(error.upstreamBody).not.toContain("AKIAIOSFODNN7EXAMPLE")
})

test("a type in the body counts where the header is missing; pages of proxies are read by their status", () => {
  const plain = new Headers()
  const typed = decodeError(
    { status: 400, headers: plain, body: '{"__type":"com.amazon.coral#ModelTimeoutException","Message":"slow"}' },
    "b",
  )
  expect([typed.code, typed.message]).toEqual(["provider_timeout", "slow"])
  expect(decodeError({ status: 502, headers: plain, body: "<html>Bad gateway</html>" }, "b").code).toBe("provider_down")
})
