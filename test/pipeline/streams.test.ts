import { afterEach, describe, expect, test } from "bun:test"
import { events, inferenceKey } from "../kit/gateway.ts"
import { ask, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

/** Both lanes: a transform-free body goes native; `functions` (legacy) must be translated. */
const lanes = [
  ["native", {}],
  ["translated", { functions: [{ name: "noop", parameters: { type: "object", properties: {} } }] }],
] as const

for (const [lane, more] of lanes) {
  describe(`${lane} lane`, () => {
    for (const failure of ["cut-4", "error-mid-stream-4", "malformed-event"]) {
      test(`${failure}: an error event ends the stream, and the record says so`, async () => {
        rig = await startRig([failure])
        const response = await rig.gateway.chat(ask("hi", { stream: true, ...more }))
        const seen = await events(response)
        const last = JSON.parse(seen.at(-1) === "[DONE]" ? seen.at(-2)! : seen.at(-1)!) as {
          error?: { message: string; code: string }
        }
        expect(last.error?.message).toBeString()
        expect(seen.join("")).toContain("w0 ")
        const record = await generationOf(rig.gateway, response)
        expect(record.attempts.at(-1)).toMatchObject({ outcome: "failed", lane })
        expect(record.error_code).toBeString()
        expect(record.total_cost).toBeGreaterThan(0)
      })
    }

    test("a stall ends with an error after the idle deadline", async () => {
      rig = await startRig(["stall-4"], { timeouts: { idle: 0.2 } })
      const response = await rig.gateway.chat(ask("hi", { stream: true, ...more }))
      const seen = await events(response)
      expect(seen.join("")).toContain('"error"')
      expect((await generationOf(rig.gateway, response)).error_code).toBe("provider_timeout")
    })

    test("usage comes last, once, only when asked for", async () => {
      rig = await startRig(["text"])
      const silent = await events(await rig.gateway.chat(ask("hi", { stream: true, ...more })))
      expect(silent.join("")).not.toContain('"usage"')
      const told = await events(
        await rig.gateway.chat(ask("hi", { stream: true, stream_options: { include_usage: true }, ...more })),
      )
      expect(told.filter((event) => event.includes('"usage"'))).toHaveLength(1)
      expect(told.at(-1)).toBe("[DONE]")
      expect(JSON.parse(told.at(-2)!)).toMatchObject({ choices: [], usage: { cost: expect.any(Number) } })
    })

    test("the client leaves: the upstream is cancelled, what passed is billed and recorded as cancelled", async () => {
      rig = await startRig(["stall-4"])
      const controller = new AbortController()
      const response = await fetch(`${rig.gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
        body: JSON.stringify(ask("hi", { stream: true, ...more })),
        signal: controller.signal,
      })
      const reader = response.body!.getReader()
      await reader.read()
      const upstream = await rig.fakes[0]!.request(0)
      controller.abort()
      expect(await upstream.closed).toBe("aborted")
      const record = await generationOf(rig.gateway, response)
      expect(record).toMatchObject({ cancelled: true, status: 499, usage_estimated: true })
      expect(record.total_cost).toBeGreaterThan(0)
    })

    test("the client leaves before the first part: the upstream is cancelled", async () => {
      rig = await startRig(["hang-headers"])
      const controller = new AbortController()
      const pending = fetch(`${rig.gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
        body: JSON.stringify(ask("hi", { ...more })),
        signal: controller.signal,
      }).catch(() => {})
      const upstream = await rig.fakes[0]!.request(0)
      controller.abort()
      expect(await upstream.closed).toBe("aborted")
      await pending
    })
  })
}

test("native bytes that need no patch are the upstream's own", async () => {
  rig = await startRig(["unicode"])
  const response = await rig.gateway.chat(ask("hi", { stream: true }))
  expect(await response.text()).toContain("👩‍🚀")
})
