import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Tool } from "../../../src/contract/index.ts"
import { type Aimock, startAimock } from "../../kit/aimock.ts"
import { foldParts } from "../../kit/fold-parts.ts"
import { chat } from "../../kit/wire-client.ts"
import { provider, tell, wireFor } from "./kit.ts"

let mock: Aimock
beforeAll(async () => {
  mock = await startAimock()
})
afterAll(() => mock.stop())

const weather: Tool = { type: "function", name: "get_weather", parameters: { type: "object" } }

/** A judge that other people wrote: its frames and answers, where it is true to Bedrock. */
describe("against a mock of other people's", () => {
  for (const model of ["amazon.nova-pro-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"])
    for (const stream of [false, true]) {
      const ask = async (text: string, tools?: readonly Tool[]) =>
        foldParts(
          (
            await tell(
              wireFor(provider({ url: mock.origin }), model),
              model,
              chat({ text, stream, ...(tools ? { tools } : {}) }),
            )
          ).parts,
        )

      test(`${model}, ${stream ? "streamed" : "whole"}: text, and two calls`, async () => {
        const plain = await ask("hello")
        expect(plain.blocks.map(({ text }) => text)).toEqual(["Hello from aimock."])
        expect(plain.finish[0]).toMatchObject({ reason: "stop" })
        const calls = await ask("two cities", [weather])
        expect(calls.blocks.map(({ arguments: input }) => input)).toEqual(['{"city":"Köln"}', '{"city":"Oslo"}'])
        expect(calls.finish[0]).toMatchObject({ reason: "tool-calls" })
      })
    }
})
