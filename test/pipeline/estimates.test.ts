import { afterEach, describe, expect, test } from "bun:test"
import { events } from "../kit/gateway.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

const lanes = [
  ["native", {}],
  ["translated", { functions: [{ name: "noop", parameters: { type: "object", properties: {} } }] }],
] as const
const faces = [
  ["/v1/chat/completions", { stream_options: { include_usage: true } }],
  ["/api/v1/chat/completions", {}],
] as const

for (const [lane, more] of lanes) {
  describe(`an upstream that reports no usage, ${lane} lane`, () => {
    for (const [path, wish] of faces) {
      test(`${path}: an estimate comes last, before [DONE]`, async () => {
        rig = await startRig(["text+no-usage"])
        const response = await rig.gateway.post(path, ask("hi", { stream: true, ...wish, ...more }))
        const seen = await events(response)
        expect(seen.filter((event) => event.includes('"usage"'))).toHaveLength(1)
        expect(seen.at(-1)).toBe("[DONE]")
        const { choices, usage } = JSON.parse(seen.at(-2)!)
        expect(choices).toEqual([])
        expect(usage.prompt_tokens).toBeGreaterThan(0)
        expect(usage.completion_tokens).toBeGreaterThan(0)
        expect(usage.cost).toBeGreaterThan(0)
        const record = await generationOf(rig.gateway, response)
        expect(record).toMatchObject({ usage_estimated: true, total_cost: usage.cost })
        expect(record.attempts[0]).toMatchObject({ lane })
      })

      test(`${path}: a whole answer has one too`, async () => {
        rig = await startRig(["text+no-usage"])
        const response = await rig.gateway.post(path, ask("hi", more))
        const { usage } = (await response.json()) as { usage: { cost: number; prompt_tokens: number } }
        expect(usage.prompt_tokens).toBeGreaterThan(0)
        expect(await generationOf(rig.gateway, response)).toMatchObject({
          usage_estimated: true,
          total_cost: usage.cost,
        })
      })
    }

    test("an estimate is never longer than the answer was allowed to be", async () => {
      rig = await startRig(["text+no-usage"])
      const response = await rig.gateway.chat(ask("hi", { max_tokens: 1, ...more }))
      expect(await response.json()).toMatchObject({ usage: { completion_tokens: 1 } })
    })

    test("nobody asked: no usage is shown, and the estimate is billed", async () => {
      rig = await startRig(["text+no-usage"])
      const response = await rig.gateway.chat(ask("hi", { stream: true, ...more }))
      expect((await events(response)).join("")).not.toContain('"usage"')
      const record = await generationOf(rig.gateway, response)
      expect(record.usage_estimated).toBe(true)
      expect(record.total_cost).toBeGreaterThan(0)
    })
  })
}

describe("what a decoder finds wrong", () => {
  const more = lanes[1][1]
  test("names the upstream in the error and its message", async () => {
    rig = await startRig(["error-first-event"], { retries: { same_upstream: 0 } })
    const response = await rig.gateway.post("/api/v1/chat/completions", ask("hi", { stream: true, ...more }))
    const body = (await response.json()) as { error: { metadata: { provider_name?: string }; message: string } }
    expect(body.error.metadata.provider_name).toBe("p0")
    expect(body.error.message).toContain("p0")
  })

  test("in the middle of a stream as well", async () => {
    rig = await startRig(["malformed-event"])
    const response = await rig.gateway.post("/api/v1/chat/completions", ask("hi", { stream: true, ...more }))
    const last = JSON.parse((await events(response)).at(-1)!)
    expect(last.error.metadata.provider_name).toBe("p0")
    const [attempt] = (await generationOf(rig.gateway, response)).attempts
    expect(attempt).toMatchObject({ provider: "p0", outcome: "failed", reason: expect.stringContaining("p0") })
  })

  test("an error inside a 200", async () => {
    rig = await startRig(["error-object-in-200"], { retries: { same_upstream: 0 } })
    const { provider, message } = (await errorOf(await rig.gateway.chat(ask("hi", more)))) as unknown as {
      provider: string
      message: string
    }
    expect(provider).toBe("p0")
    expect(message).toContain("p0")
  })
})
