import { afterAll, describe, expect, test } from "bun:test"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { RequestyManagement } from "../../kit/clients/requesty-management.ts"
import { adminKey, startGateway } from "../../kit/gateway.ts"

const gateway = await startGateway({})
afterAll(() => gateway.stop())

/** As a Go program decodes it: numbers of whole tokens into integers, the rest as it is. */
const model = Type.Object({
  id: Type.String(),
  context_window: Type.Integer(),
  max_output_tokens: Type.Optional(Type.Integer()),
  input_price: Type.Number({ maximum: 0.01 }),
  output_price: Type.Number({ maximum: 0.01 }),
  supports_caching: Type.Boolean(),
  supports_vision: Type.Boolean(),
  supports_reasoning: Type.Boolean(),
})

// Its settings want an address without `/v1`; people give it with one, or with a slash.
describe.each(["", "/", "/v1", "/v1/"])(
  "Requesty's command line, pointed at the gateway with %p behind the address",
  (end) => {
    const base = gateway.url + end

    test("finds its key good, lists models, makes a key and shows what it used", async () => {
      const admin = new RequestyManagement(base, adminKey)
      await admin.check()
      const { data } = (await (await fetch(`${base}/v1/models`)).json()) as { data: unknown[] }
      expect(data.length).toBeGreaterThan(0)
      for (const entry of data) expect([...Value.Errors(model, entry)]).toEqual([])
      const { api_key } = await admin.createKey({ name: "onboarded", monthly_limit: "1" })
      const own = new RequestyManagement(base, api_key)
      await own.check()
      const answer = await gateway.chat(
        { model: "mock/echo", messages: [{ role: "user", content: "hello there" }] },
        { authorization: `Bearer ${api_key}` },
      )
      const { usage: billed } = (await answer.json()) as { usage: { cost: number } }
      // mini-swe-agent and others stop where an answer cost nothing.
      expect(billed.cost).toBeGreaterThan(0)
      const start = new Date(Date.now() - 3_600_000).toISOString()
      const { usage } = await own.keyUsage("self", `start=${start}&resolution=day`)
      const spent = Object.values(usage).reduce((sum, { spend }) => sum + Number(spend), 0)
      expect(spent).toBeCloseTo(billed.cost, 9)
      expect(Number((await own.getKey("self")).monthly_spend)).toBeCloseTo(billed.cost, 9)
    })
  },
)
