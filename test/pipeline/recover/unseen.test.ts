import { afterEach, describe, expect, test } from "bun:test"
import { clients, hear } from "../../kit/clients/all.ts"
import { closeAll, cut, done, event, type Opened, question, recordOf, scriptedRig, tried } from "../../kit/recovery.ts"
import type { FakeAnswer } from "../../kit/wire-server.ts"

const opened: Opened = []
afterEach(() => closeAll(opened))

describe("before the first word", () => {
  const sound = cut(event({ content: "At seven." }), event({}, "stop"), done)
  const broken: readonly (readonly [string, FakeAnswer])[] = [
    ["only openers, and the end", cut(event({ role: "assistant", content: "" }))],
    ["only openers, and silence", { events: [event({ role: "assistant", content: "" })], end: "stall" }],
    ["only comments", { events: [": ping\n\n", ": ping\n\n"], end: "stall" }],
    ["nothing at all", cut()],
    ["nothing but the end", cut(done)],
  ]
  for (const recovery of ["error", "continue"])
    for (const [what, answer] of broken)
      for (const client of clients)
        test(`${what}: the next one takes over unseen (${client.name}, ${recovery})`, async () => {
          const { gateway } = await scriptedRig(opened, [answer, sound], { routing: { stream_recovery: recovery } })
          const { said, headers } = await hear(gateway, client, question)
          expect(said).toMatchObject({ text: "At seven.", error: undefined })
          expect(tried(await recordOf(gateway, headers))).toEqual(["p0 failed", "p1 ok"])
        })
})

describe("whole answers", () => {
  const sound = cut(event({ content: "At seven." }), event({}, "stop"), done)
  for (const client of clients)
    test(`that come as a stream and break off: the next attempt runs (${client.name})`, async () => {
      const { gateway } = await scriptedRig(opened, [cut(event({ content: "At se" })), sound], { routing: {} })
      const { said, headers, status } = await hear(gateway, client, { ...question, stream: false })
      expect(status).toBe(200)
      expect(said!.text).toBe("At seven.")
      const record = await recordOf(gateway, headers)
      expect(record.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
        ["p0", "failed"],
        ["p1", "ok"],
      ])
      const costs = record.attempts.reduce((sum, { costNano }) => sum + (costNano ?? 0), 0)
      expect(costs === 0 || Math.round(record.total_cost * 1e9) >= costs).toBe(true)
    })
})
