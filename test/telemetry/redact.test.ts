import { describe, expect, test } from "bun:test"
import { createRedactor, redactedMark, redactText } from "../../src/telemetry/redact.ts"

const secrets: readonly (readonly [string, string, string])[] = [
  ["OpenAI", "key sk-proj-Abc123_def-456xyz789 is wrong", `key ${redactedMark} is wrong`],
  ["Anthropic", "sk-ant-api03-AAAAAAAAAAAAAAAA-BBBB", redactedMark],
  ["our own", "sk-sbx-admin-v1-0123456789abcdef0123456789abcdef", redactedMark],
  ["Google", "?key=AIzaSyA1234567890abcdefghijklmnopqrstuv", `?key=${redactedMark}`],
  ["Requesty", "rqsty-sk-abcdefgh/ijkl+mn==", redactedMark],
  ["Slack", "xoxb-123456789012-abcdef", redactedMark],
  ["Groq", "gsk_0123456789abcdefghij", redactedMark],
  ["GitHub", "ghp_0123456789abcdefghijABCDEFGHIJ012345", redactedMark],
  ["AWS", "AKIAIOSFODNN7EXAMPLE", redactedMark],
  ["JSON web token", "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK", redactedMark],
  ["bearer header", "authorization: Bearer abc.def-123", `authorization: Bearer ${redactedMark}`],
  ["basic header", "Authorization: Basic dXNlcjpwYXNz", `Authorization: Basic ${redactedMark}`],
  ["URL with a password", "postgres://me:hunter2@host/db", `postgres://me:${redactedMark}@host/db`],
  ["signed URL", "https://x/y?a=1&X-Amz-Signature=deadbeef&b=2", `https://x/y?a=1&X-Amz-Signature=${redactedMark}&b=2`],
  ["JSON field", '{"api_key":"short","model":"m"}', `{"api_key":"${redactedMark}","model":"m"}`],
  ["JSON field with escapes", '{"password":"a\\"b"}', `{"password":"${redactedMark}"}`],
  ["PEM", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", redactedMark],
]

describe("what looks like a credential", () => {
  test.each(secrets.map((entry) => [...entry]))("%s", (_, text, clean) => {
    expect(redactText(text)).toBe(clean)
  })

  test.each([
    "request req_01JABCDEFGHJKMNPQ took 812 ms at openai/gpt-4o-mini",
    "gen-1763636400-AbCdEfGhIjKlMnOpQrSt",
    "sk-sbx-v1-808...fb6a",
    "max_tokens 12, prompt_tokens: 7, key_name dev",
    "https://api.openai.com/v1/chat/completions?beta=1",
    '{"input_tokens":12,"keyId":"a","token_count":3}',
  ])("left alone: %s", (text) => {
    expect(redactText(text)).toBe(text)
  })
})

describe("registered values", () => {
  test("are taken out as they are, inside JSON and inside URLs", () => {
    const redactor = createRedactor()
    const secret = 'pa"ss/word \\é'
    redactor.add(secret)
    expect(redactor.text(`a ${secret} b`)).toBe(`a ${redactedMark} b`)
    expect(redactor.text(JSON.stringify({ value: secret }))).toBe(`{"value":"${redactedMark}"}`)
    expect(redactor.text(`https://x/?q=${encodeURIComponent(secret)}`)).toBe(`https://x/?q=${redactedMark}`)
  })

  test("of two that begin alike the longer one goes whole", () => {
    const redactor = createRedactor()
    redactor.add("abcdefgh", "abcdefgh-longer")
    expect(redactor.text("abcdefgh-longer abcdefgh")).toBe(`${redactedMark} ${redactedMark}`)
  })

  test("short words are not taken, special characters mean nothing", () => {
    const redactor = createRedactor()
    redactor.add("none", "a.b*c+d(")
    expect(redactor.text("none axbbcdd( a.b*c+d(")).toBe(`none axbbcdd( ${redactedMark}`)
  })
})
