import { afterEach, describe, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { hear } from "../../kit/clients/all.ts"
import {
  call,
  chat,
  closeAll,
  cut,
  done,
  event,
  type Opened,
  question,
  recordOf,
  scriptedRig,
  tried,
} from "../../kit/recovery.ts"

const opened: Opened = []
afterEach(() => closeAll(opened))

const tools = [{ name: "look", parameters: { type: "object", properties: { at: { type: "string" } } } }]

describe("calls of tools", () => {
  const anew = cut(call(0, '{"at":"Olten"}', "look"), event({}, "tool_calls"), done)

  test("half a call is dropped and made anew", async () => {
    const { gateway, servers } = await scriptedRig(opened, [
      cut(event({ content: "Let me see." }), call(0, '{"at":"Ol', "look")),
      anew,
    ])
    const { said } = await hear(gateway, chat, { ...question, tools })
    expect(said).toMatchObject({ text: "Let me see.", error: undefined })
    expect(said!.calls.map(({ name, arguments: args }) => [name, args])).toEqual([["look", '{"at":"Olten"}']])
    expect((servers[1]!.requests[0]!.body.messages as JsonObject[]).at(-1)).toMatchObject({
      role: "assistant",
      content: "Let me see.",
    })
  })

  test("without a word before it, the answer is made anew", async () => {
    const { gateway, servers } = await scriptedRig(opened, [
      cut(call(0, '{"at":"A"}', "look"), call(1, '{"at', "look")),
      anew,
    ])
    const { said, headers } = await hear(gateway, chat, { ...question, tools })
    expect(said!.calls.map(({ arguments: args }) => args)).toEqual(['{"at":"Olten"}'])
    expect((servers[1]!.requests[0]!.body.messages as JsonObject[]).at(-1)!.role).toBe("user")
    const record = await recordOf(gateway, headers)
    expect(tried(record)).toEqual(["p0 failed", "p1 ok continuation"])
    expect(record.losses).toEqual([])
  })
})

describe("reasoning", () => {
  const think = (text: string) => event({ reasoning_content: text })
  const answer = cut(think("Again."), event({ content: "At seven." }), event({}, "stop"), done)

  test("cut before the answer began: it cannot be gone on with", async () => {
    const { gateway, servers } = await scriptedRig(opened, [cut(think("Let me th")), answer])
    const { said } = await hear(gateway, chat, question)
    expect(said).toMatchObject({ reasoning: "Let me th", text: "" })
    expect(said!.error).toBeString()
    expect(servers[1]!.requests).toHaveLength(0)
  })

  test("that the client does not see: made anew", async () => {
    const { gateway } = await scriptedRig(opened, [cut(think("Let me th")), answer])
    const { said } = await hear(gateway, chat, { ...question, more: { reasoning: { exclude: true } } })
    expect(said).toMatchObject({ reasoning: "", text: "At seven.", error: undefined })
  })

  test("behind it, the answer is gone on with, and not thought about again", async () => {
    const { gateway } = await scriptedRig(opened, [
      cut(think("Hm."), event({ content: "At " })),
      cut(think("Again."), event({ content: "seven." }), event({}, "stop"), done),
    ])
    const { said } = await hear(gateway, chat, question)
    expect(said).toMatchObject({ reasoning: "Hm.", text: "At seven.", error: undefined })
  })
})

describe("a model that says everything again", () => {
  const begun = "The train to Basel leaves at "
  const again = `${begun}seven.`.match(/.{1,5}/g)!.map((content) => event({ content }))
  for (const noPrefill of [true, false])
    test(`is not heard twice (${noPrefill ? "asked in words" : "given the begun answer"})`, async () => {
      const options = { profile: { noPrefill } }
      const answers = [cut(event({ content: begun })), cut(...again, event({}, "stop"), done)]
      const { gateway } = await scriptedRig(opened, answers, {}, options)
      const { said } = await hear(gateway, chat, question)
      expect(said).toMatchObject({ text: `${begun}seven.`, error: undefined })
    })
})
