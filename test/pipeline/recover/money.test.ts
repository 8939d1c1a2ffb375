import { afterEach, describe, expect, test } from "bun:test"
import { hear } from "../../kit/clients/all.ts"
import { inferenceKey } from "../../kit/gateway.ts"
import { chat, closeAll, type Opened, offer, question, recordOf, recoveryRig } from "../../kit/recovery.ts"

const opened: Opened = []
afterEach(() => closeAll(opened))

describe("money", () => {
  test("a budget that does not pay for the rest ends the stream with the error", async () => {
    // What is held pays for one answer of a thousand tokens at most.
    const keys = [{ name: "test", key: inferenceKey, limit: 0.00016 }]
    const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-18"), offer("messages", "whole")], {
      keys,
    })
    const { said, headers } = await hear(gateway, chat, { ...question, maxTokens: 1000 })
    expect(said!.error).toBeString()
    expect(upstream.requests).toHaveLength(1)
    expect((await recordOf(gateway, headers)).total_cost).toBeLessThanOrEqual(0.00016)
  })

  test("what is held is let go at the end", async () => {
    const keys = [{ name: "test", key: inferenceKey, limit: 1 }]
    const { gateway } = await recoveryRig(opened, [offer("chat", "close-5"), offer("messages", "whole")], { keys })
    const { headers } = await hear(gateway, chat, question)
    const { data } = (await (await gateway.get("/api/v1/key")).json()) as {
      data: { usage: number; limit_held: number }
    }
    expect(data.limit_held).toBe(0)
    expect(data.usage).toBe((await recordOf(gateway, headers)).total_cost)
  })
})
