import { afterEach, describe, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { hear } from "../../kit/clients/all.ts"
import { continuingProvider, modelOf, startContinuing, wholeText } from "../../kit/continuing.ts"
import { startGateway } from "../../kit/gateway.ts"
import { chat, closeAll, type Opened, offer, question, recordOf, recoveryRig, tried } from "../../kit/recovery.ts"

const opened: Opened = []
afterEach(() => closeAll(opened))

describe("who goes on", () => {
  const newest = (ending: string) => ({ format: "messages" as const, upstream: `claude-opus-4-8~${ending}~` })

  test("a model that takes a begun answer before one that refuses it", async () => {
    const { gateway } = await recoveryRig(opened, [offer("chat", "close-5"), newest("whole"), offer("gemini", "whole")])
    const { said, headers } = await hear(gateway, chat, question)
    expect(said!.text).toBe(wholeText)
    expect(tried(await recordOf(gateway, headers))).toEqual(["p0 failed", "p2 ok continuation"])
  })

  test("where none takes it, one is asked in words, and the losses say so", async () => {
    const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-5"), newest("whole")])
    const { said, headers } = await hear(gateway, chat, question)
    expect(said!.text).toBe(wholeText)
    const messages = upstream.requests[1]!.body.messages as JsonObject[]
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"])
    const { losses } = await recordOf(gateway, headers)
    expect(losses.filter(({ code }) => code === "answer_continued")).toMatchObject([
      { path: "reply", action: "approximated", reason: expect.stringContaining("asked in words") },
    ])
  })

  test("what refuses a begun answer, which nobody knew of it, leaves it to the next provider of the model", async () => {
    const { gateway } = await recoveryRig(opened, [
      offer("chat", "close-5"),
      offer("chat", "refuse-begun"),
      offer("messages", "whole"),
    ])
    const { said, headers } = await hear(gateway, chat, question)
    expect(said).toMatchObject({ text: wholeText, error: undefined })
    expect(tried(await recordOf(gateway, headers))).toEqual([
      "p0 failed",
      "p1 failed continuation",
      "p2 ok continuation",
    ])
  })

  test.each(["chat", "messages"] as const)(
    "where it is the only one left, it is asked in words: %s",
    async (format) => {
      const { gateway, upstream } = await recoveryRig(opened, [
        offer(format, "reset-5", "a"),
        offer(format, "refuse-begun"),
      ])
      const { said, headers } = await hear(gateway, chat, question)
      expect(said).toMatchObject({ text: wholeText, error: undefined })
      expect((upstream.requests.at(-1)!.body.messages as JsonObject[]).map(({ role }) => role)).toEqual([
        "user",
        "assistant",
        "user",
      ])
      const record = await recordOf(gateway, headers)
      expect(tried(record).at(-1)).toBe("p1 ok continuation")
      expect(record.losses.find(({ code }) => code === "answer_continued")?.reason).toContain("asked in words")
      const costs = record.attempts.map(({ costNano }) => costNano ?? 0)
      expect(Math.round(record.total_cost * 1e9)).toBe(costs.reduce((sum, cost) => sum + cost, 0))
    },
  )

  test("the begun answer goes up without the spaces at its end, and comes down with them once", async () => {
    // Five pieces of seven characters end in a space.
    const text = "one two three four five six seven eight nine"
    const upstream = await startContinuing(text)
    opened.push(() => upstream.stop())
    const gateway = await startGateway({
      providers: [
        continuingProvider("p0", "chat", upstream.url, [{ id: "test/model", upstream: modelOf("chat", "close-2") }]),
        continuingProvider("p1", "messages", upstream.url, [
          { id: "test/model", upstream: modelOf("messages", "whole") },
        ]),
      ],
      strategy: "configured",
      routing: { stream_recovery: "continue" },
    })
    opened.push(() => gateway.stop())
    const { said } = await hear(gateway, chat, question)
    expect(said!.text).toBe(text)
    expect(JSON.stringify(upstream.requests[1]!.body.messages)).toContain('"one two three"')
  })

  test("the only upstream there is, once more", async () => {
    const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-5")])
    const { said, headers } = await hear(gateway, chat, question)
    // It breaks off again and again: ten pieces more, then the error.
    expect(said!.error).toBeString()
    expect(upstream.requests).toHaveLength(3)
    expect(tried(await recordOf(gateway, headers))).toEqual([
      "p0 failed",
      "p0 failed continuation",
      "p0 failed continuation",
    ])
  })

  test("as long as one lives, it finishes what three broke off, and all are paid", async () => {
    const four = [
      offer("chat", "close-4"),
      offer("messages", "reset-4"),
      offer("gemini", "close-4"),
      offer("chat", "whole", "d"),
    ]
    const { gateway, upstream } = await recoveryRig(opened, four)
    const { said, headers } = await hear(gateway, chat, question)
    expect(said).toMatchObject({ text: wholeText, error: undefined })
    expect(upstream.requests).toHaveLength(4)
    const record = await recordOf(gateway, headers)
    const costs = record.attempts.map(({ costNano }) => costNano ?? 0)
    expect(Math.round(record.total_cost * 1e9)).toBe(costs.reduce((sum, cost) => sum + cost, 0))
  })

  test("where all break, each has its turn and no one a second", async () => {
    const three = [offer("chat", "close-2"), offer("messages", "reset-2"), offer("gemini", "close-2")]
    const { gateway, upstream } = await recoveryRig(opened, three)
    const { said, headers } = await hear(gateway, chat, question)
    expect(said!.error).toBeString()
    expect(wholeText.startsWith(said!.text)).toBe(true)
    expect(upstream.requests).toHaveLength(3)
    const record = await recordOf(gateway, headers)
    const costs = record.attempts.map(({ costNano }) => costNano ?? 0)
    expect(Math.round(record.total_cost * 1e9)).toBe(costs.reduce((sum, cost) => sum + cost, 0))
  })

  test("twice broken, twice gone on with: whole", async () => {
    const three = [offer("chat", "close-4"), offer("messages", "reset-4"), offer("gemini", "whole")]
    const { gateway } = await recoveryRig(opened, three)
    const { said, headers } = await hear(gateway, chat, question)
    expect(said).toMatchObject({ text: wholeText, error: undefined })
    expect(tried(await recordOf(gateway, headers))).toEqual([
      "p0 failed",
      "p1 failed continuation",
      "p2 ok continuation",
    ])
  })

  test("those that fail before they say anything are passed over", async () => {
    const { gateway } = await recoveryRig(opened, [
      offer("chat", "close-4"),
      offer("messages", "close-0"),
      offer("gemini", "whole"),
    ])
    const { said, headers } = await hear(gateway, chat, question)
    expect(said!.text).toBe(wholeText)
    expect(tried(await recordOf(gateway, headers))).toEqual([
      "p0 failed",
      "p1 failed continuation",
      "p2 ok continuation",
    ])
  })
})

describe("what the next one is asked for", () => {
  test("no more than what is left of the output limit", async () => {
    const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-5"), offer("messages", "whole")])
    await hear(gateway, chat, { ...question, maxTokens: 100 })
    // 35 characters are ten tokens.
    expect(upstream.requests[1]!.body.max_tokens).toBe(90)
  })

  test("nothing, where the limit is used up: the answer ends there", async () => {
    const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-5"), offer("messages", "whole")])
    const { said } = await hear(gateway, chat, { ...question, maxTokens: 10 })
    expect(said).toMatchObject({ finish: "length", error: undefined })
    expect(upstream.requests).toHaveLength(1)
  })

  test("neither to think nor for a document of its own", async () => {
    const schema = { type: "object", properties: {}, additionalProperties: false }
    const { gateway, upstream } = await recoveryRig(opened, [offer("chat", "close-5"), offer("messages", "whole")])
    const { said } = await hear(gateway, chat, { ...question, effort: "high", schema })
    expect(said!.text).toBe(wholeText)
    const { body } = upstream.requests[1]!
    expect(body.thinking ?? { type: "disabled" }).toMatchObject({ type: "disabled" })
    expect(JSON.stringify(body)).not.toContain("json_schema")
    expect((body.messages as JsonObject[]).at(-1)!.role).toBe("assistant")
  })
})
