import { afterEach, describe, expect, test } from "bun:test"
import { hear } from "../../kit/clients/all.ts"
import { wholeText } from "../../kit/continuing.ts"
import { inferenceKey } from "../../kit/gateway.ts"
import { chat, closeAll, type Opened, offer, question, recordOf, recoveryRig } from "../../kit/recovery.ts"

const opened: Opened = []
afterEach(() => closeAll(opened))

describe("who says that a stream is gone on with", () => {
  const broken = [offer("chat", "close-5"), offer("chat", "whole", "b")]
  const error = { routing: { stream_recovery: "error" } }

  test("nobody: an error ends it, of a type, after what was said", async () => {
    const { gateway, upstream } = await recoveryRig(opened, broken, { routing: {} })
    const { said, headers } = await hear(gateway, chat, question)
    expect(wholeText.startsWith(said!.text)).toBe(true)
    expect(said!.text.length).toBeGreaterThan(10)
    expect(said!.error).toBeString()
    expect(upstream.requests).toHaveLength(1)
    expect(await recordOf(gateway, headers)).toMatchObject({
      error_code: "stream_interrupted",
      attempts: [{ outcome: "failed", lane: "native" }],
    })
  })

  test("the header, against the configuration, both ways", async () => {
    const one = await recoveryRig(opened, broken, error)
    const wanted = await hear(one.gateway, chat, question, { "x-signalbox-stream-recovery": "continue" })
    expect(wanted.said).toMatchObject({ text: wholeText, error: undefined })
    const other = await recoveryRig(opened, broken)
    const refused = await hear(other.gateway, chat, question, { "x-signalbox-stream-recovery": "error" })
    expect(refused.said!.error).toBeString()
  })

  test("the key, against the configuration", async () => {
    const keys = [{ name: "test", key: inferenceKey, stream_recovery: "continue" }]
    const { gateway } = await recoveryRig(opened, broken, { ...error, keys })
    expect((await hear(gateway, chat, question)).said).toMatchObject({ text: wholeText, error: undefined })
  })

  test("a policy, against key and configuration", async () => {
    const keys = [{ name: "test", key: inferenceKey, stream_recovery: "error" }]
    const policies = { "policy/sure": { fallback: [{ model: "test/model" }], stream_recovery: "continue" } }
    const { gateway } = await recoveryRig(opened, broken, { ...error, keys, policies })
    const { said } = await hear(gateway, chat, { ...question, model: "policy/sure" })
    expect(said).toMatchObject({ text: wholeText, error: undefined })
  })

  test("several choices at once are not gone on with", async () => {
    const { gateway, upstream } = await recoveryRig(opened, broken)
    const { said } = await hear(gateway, chat, { ...question, more: { n: 2 } })
    expect(said!.error).toBeString()
    expect(upstream.requests).toHaveLength(1)
  })
})
