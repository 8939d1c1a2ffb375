import { afterAll, expect, test } from "bun:test"
import { foundryAnthropic } from "../../../plugins/azure/foundry.ts"
import { startFakeAnthropic } from "../../kit/fake-anthropic.ts"
import { askSigned, callsOf, failureOf, runAbility, textOf } from "../../kit/signed-client.ts"
import { chat } from "../../kit/wire-client.ts"
import { type SeenRequest, startWireServer } from "../../kit/wire-server.ts"

const claude = startFakeAnthropic()
const counter = startWireServer(({ path, body }: SeenRequest) =>
  path === "/v1/messages/count_tokens" && body.max_tokens === undefined
    ? { status: 200, body: '{"input_tokens":17}' }
    : { status: 400, body: '{"error":{"message":"max_tokens: Extra inputs are not permitted"}}' },
)
afterAll(() => Promise.all([claude.stop(), counter.stop()]))

const create = (baseUrl: string) =>
  foundryAnthropic({ fetch, clock: { now: () => 0 } }).create({
    id: "foundry",
    apiKey: "key",
    baseUrl: `${baseUrl}/v1`,
    headers: { "Anthropic-Beta": "own" },
    options: { deployments: { mine: "claude-sonnet-4-5" } },
  })
const weather = { type: "function", name: "get_weather", parameters: { type: "object", properties: {} } } as const

test("answers whole and streamed, with tools and errors in Anthropic's words", async () => {
  const provider = create(claude.url)
  for (const stream of [true, false]) {
    expect(textOf((await askSigned(provider, "mine", chat({ text: "hello", stream }))).parts)).toContain("Hello")
    const { parts } = await askSigned(provider, "mine", chat({ text: "parallel tools", stream, tools: [weather] }))
    expect(callsOf(parts)).toHaveLength(2)
  }
  expect(claude.requests.at(-1)).toMatchObject({ path: "/v1/messages", body: { model: "mine" } })
  expect(claude.requests.at(-1)?.headers.get("x-api-key")).toBe("key")
  const error = await failureOf(() => askSigned(provider, "mine", chat({ text: "overloaded" })))
  expect(error.code).toBe("provider_overloaded")
})

test("the client's betas and the operator's go up together, once each", () => {
  const forwarded = { "anthropic-beta": "new, own", "anthropic-version": "2026-10-21; x" }
  const { headers } = create(claude.url).wire!.endpoint({ model: "mine", stream: false, forwarded })
  expect(headers).toMatchObject({ "anthropic-beta": "own,new", "anthropic-version": "2023-06-01" })
})

test("counts tokens at its own route", async () => {
  const { countTokens } = create(counter.url).abilities ?? {}
  expect((await runAbility(countTokens, "mine", chat({ text: "hello" }))).reply).toBe(17)
  expect(counter.requests.at(-1)?.body).toEqual({
    model: "mine",
    messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
  })
})
