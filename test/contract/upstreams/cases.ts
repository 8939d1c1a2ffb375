import { expect } from "bun:test"
import type { ErrorCode } from "../../../src/contract/index.ts"
import { type Heard, hear } from "../../kit/clients/all.ts"
import type { Ask, Client } from "../../kit/clients/client.ts"
import { type Family, modelOf, type Scenario, wordsFor } from "../../kit/families/family.ts"
import { inferenceKey, type TestGateway } from "../../kit/gateway.ts"
import { base64Of, pdfOf } from "../../kit/pdf.ts"

export interface Subject {
  readonly gateway: TestGateway
  readonly family: Family
  readonly client: Client
}

/** A duty of every upstream family, whatever its format. */
export interface UpstreamCase {
  readonly name: string
  readonly scenario: Scenario
  run(subject: Subject): Promise<void>
}

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
const tools = ["get_weather", "weather", "get_time", "now"].map((name) => ({ name, parameters }))
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

const tell = ({ gateway, family, client }: Subject, scenario: Scenario, more: Partial<Ask> = {}): Promise<Heard> =>
  hear(gateway, client, { model: modelOf(family, scenario), text: wordsFor(family, scenario), ...more })

/** The same whole and streamed; what both say is compared. */
async function both(subject: Subject, scenario: Scenario, more: Partial<Ask> = {}) {
  const whole = await tell(subject, scenario, more)
  const streamed = await tell(subject, scenario, { ...more, stream: true })
  expect([whole.refusal, streamed.refusal, streamed.said?.error]).toEqual([undefined, undefined, undefined])
  const [one, other] = [whole.said!, streamed.said!]
  const told = ({ text, reasoning, finish, tokens, cited, calls }: typeof one) => ({
    text,
    reasoning,
    finish,
    tokens,
    cited,
    calls: calls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) as unknown })),
  })
  expect(told(other)).toEqual(told(one))
  return one
}

interface Found {
  readonly error_code: string | null
  readonly cancelled: boolean
}

const record = async (gateway: TestGateway, headers: Headers): Promise<Found> => {
  const found = await gateway.get(`/api/v1/generation?id=${headers.get("x-generation-id")}`)
  return ((await found.json()) as { readonly data: Found }).data
}

const answers: readonly UpstreamCase[] = [
  {
    name: "a plain answer, with what it used",
    scenario: "plain",
    async run(subject) {
      const said = await both(subject, "plain")
      expect(said.text).toMatch(/hello/i)
      expect([said.finish, said.calls.length]).toEqual([expect.stringMatching(/^(?:stop|end_turn)$/), 0])
      expect(said.tokens!.input).toBeGreaterThan(0)
      expect(said.tokens!.output).toBeGreaterThan(0)
    },
  },
  {
    name: "an empty answer is an answer",
    scenario: "empty",
    async run(subject) {
      expect((await both(subject, "empty")).text).toBe("")
    },
  },
  {
    name: "a tool call that comes in pieces",
    scenario: "tool",
    async run(subject) {
      const said = await both(subject, "tool", { tools })
      expect(said.calls).toHaveLength(1)
      expect(JSON.parse(said.calls[0]!.arguments)).toMatchObject({ city: expect.stringMatching(/^(?:Paris|Köln)$/) })
      expect(said.finish).toMatch(/^tool_(?:calls|use)$/)
    },
  },
  {
    name: "parallel tool calls, and their results",
    scenario: "parallel tools",
    async run(subject) {
      const said = await both(subject, "parallel tools", { tools })
      expect(new Set(said.calls.map(({ id }) => id)).size).toBe(2)
      const next = await tell(subject, "parallel tools", { tools, turns: [{ said, result: "sunny" }] })
      expect([next.status, next.refusal]).toEqual([200, undefined])
    },
  },
  {
    name: "a tool call without arguments is called with an empty object",
    scenario: "zero tool",
    async run(subject) {
      expect((await both(subject, "zero tool", { tools })).calls.map((call) => call.arguments)).toEqual(["{}"])
    },
  },
  {
    name: "reasoning is told apart from the answer",
    scenario: "thinking",
    async run(subject) {
      const said = await both(subject, "thinking", { effort: "low" })
      expect(said.reasoning).toMatch(/two|42/i)
      expect(said.text).toMatch(/4/)
      expect(said.text).not.toContain(said.reasoning)
    },
  },
  {
    name: "an answer that was cut says so",
    scenario: "length",
    async run(subject) {
      expect((await both(subject, "length")).finish).toMatch(/^(?:length|max_tokens)$/)
    },
  },
  {
    name: "what was read from a cache is told, and counted once",
    scenario: "cache",
    async run(subject) {
      const said = await both(subject, "cache")
      expect(said.tokens!.input).toBeGreaterThan(400)
    },
  },
]

const media: readonly UpstreamCase[] = [
  ["an image", { png }],
  ["a PDF", { pdf: base64Of(pdfOf(["Profit rose"])) }],
].map(([name, more]) => ({
  name: `${name} is carried, or its loss reported`,
  scenario: "plain",
  async run(subject) {
    const model = modelOf(subject.family, "plain")
    const before = subject.family.bodies(model).length
    const heard = await tell(subject, "plain", more as Partial<Ask>)
    expect([heard.status, heard.refusal]).toEqual([200, undefined])
    const sent = JSON.stringify(subject.family.bodies(model).slice(before))
    const isThere = Object.values(more as Ask).some((data) => sent.includes(String(data)))
    expect(isThere || heard.headers.get("x-signalbox-losses")).toBeTruthy()
  },
}))

/** Codes that each failure may become, and the status that the client gets. */
const failures: Partial<Record<Scenario, { readonly status: number; readonly codes: readonly ErrorCode[] }>> = {
  "rate limit": { status: 429, codes: ["rate_limited"] },
  "no money": { status: 402, codes: ["provider_quota"] },
  overloaded: { status: 503, codes: ["provider_overloaded"] },
  "server error": { status: 502, codes: ["provider_down"] },
  "bad key": { status: 502, codes: ["provider_auth"] },
  forbidden: { status: 502, codes: ["provider_auth"] },
  "missing model": { status: 404, codes: ["upstream_model_not_found"] },
  overflow: { status: 400, codes: ["context_length_exceeded"] },
  "bad request": { status: 400, codes: ["upstream_invalid_request", "unsupported_parameter"] },
}

const refusals = Object.entries(failures).map(
  ([scenario, { status, codes }]): UpstreamCase => ({
    name: `${scenario} becomes ${codes.join(" or ")}`,
    scenario: scenario as Scenario,
    async run(subject) {
      for (const stream of [false, true]) {
        const heard = await tell(subject, scenario as Scenario, { stream })
        expect(heard.refusal).toBeString()
        const { error_code } = await record(subject.gateway, heard.headers)
        expect(codes as readonly (string | null)[]).toContain(error_code)
        // Anthropic's API has a status of its own for an overload.
        const own = subject.client.name === "messages" && status === 503 ? 529 : status
        expect(heard.status).toBe(own)
      }
    },
  }),
)

/** What the end of a broken stream is for the client: an error in its format, after what was produced. */
const breaks = (["cut", "error later", "malformed event"] as const).map(
  (scenario): UpstreamCase => ({
    name: `${scenario}: the stream ends with an error in the client's format`,
    scenario,
    async run(subject) {
      const heard = await tell(subject, scenario, { stream: true })
      expect(heard.said?.error ?? heard.refusal).toBeString()
      expect((await record(subject.gateway, heard.headers)).error_code).not.toBeNull()
    },
  }),
)

const early: readonly UpstreamCase[] = [
  {
    name: "an error as first event is a failure before the answer",
    scenario: "error first",
    async run(subject) {
      const heard = await tell(subject, "error first", { stream: true })
      expect(heard.status).toBeGreaterThanOrEqual(400)
      expect(heard.refusal).toBeString()
    },
  },
  {
    name: "a 200 with an error inside is a failure",
    scenario: "error in 200",
    async run(subject) {
      const heard = await tell(subject, "error in 200")
      expect(heard.status).toBeGreaterThanOrEqual(400)
      expect((await record(subject.gateway, heard.headers)).error_code).not.toBeNull()
    },
  },
  {
    name: "a client that leaves ends the call upstream",
    scenario: "stall",
    async run({ gateway, family, client }) {
      const ask = { model: modelOf(family, "stall"), text: wordsFor(family, "stall"), stream: true }
      const abort = new AbortController()
      const response = await fetch(`${gateway.url}${client.path(ask)}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${inferenceKey}` },
        body: JSON.stringify(client.body(ask)),
        signal: abort.signal,
      })
      await response.body!.getReader().read()
      abort.abort()
      await family.left!()
    },
  },
]

export const upstreamCases: readonly UpstreamCase[] = [...answers, ...media, ...refusals, ...breaks, ...early]
